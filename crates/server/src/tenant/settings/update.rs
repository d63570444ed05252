//! `PATCH /settings`.

use axum::extract::State;
use insula_model::{SettingsPatch, TenantSettings};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Json, Sent, Version};

/// Changes settings; what is absent stays. Shown on every node within a second.
#[utoipa::path(
    patch, path = "/settings", tag = "settings", request_body = SettingsPatch,
    params(("If-Match" = String, Header, description = "The `ETag` that was read.")),
    responses((status = 200, description = "The settings as they are now.", body = TenantSettings,
               headers(("ETag" = String, description = "For the next `If-Match`."))))
)]
pub(super) async fn settings_update(
    State(app): State<App>,
    caller: Caller,
    Version(version): Version,
    Sent(Json(patch)): Sent<Json<SettingsPatch>>,
) -> Answer<TenantSettings> {
    let settings = app.platform().settings_update(&caller.tenant()?, Some(version), &patch).await?;
    let version = settings.version;
    Ok(shown(settings).at(version))
}
