//! `DELETE /settings/logo`.

use axum::extract::State;
use insula_model::{BrandImageKind, TenantSettings};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::MaybeVersion;

/// Takes the logo away.
#[utoipa::path(
    delete, path = "/settings/logo", tag = "settings",
    params(("If-Match" = Option<String>, Header, description = "The `ETag` of the settings, if it is to be checked.")),
    responses((status = 200, description = "The settings as they are now.", body = TenantSettings))
)]
pub(super) async fn logo_delete(
    State(app): State<App>,
    caller: Caller,
    MaybeVersion(version): MaybeVersion,
) -> Answer<TenantSettings> {
    let (tenant, kind) = (caller.tenant()?, BrandImageKind::Logo);
    let settings = app.platform().brand_image_delete(&tenant, kind, version).await?;
    let version = settings.version;
    Ok(shown(settings).at(version))
}
