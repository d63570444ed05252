//! `GET /settings`.

use axum::extract::State;
use insula_model::TenantSettings;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};

/// The workspace's name, time zone, locale and branding.
#[utoipa::path(
    get, path = "/settings", tag = "settings",
    responses((status = 200, description = "The settings.", body = TenantSettings,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn settings_view(State(app): State<App>, caller: Caller) -> Answer<TenantSettings> {
    let settings = app.platform().settings_view(&caller.tenant()?).await?;
    let version = settings.version;
    Ok(shown(settings).at(version))
}
