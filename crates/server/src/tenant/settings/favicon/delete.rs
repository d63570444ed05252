//! `DELETE /settings/favicon`.

use axum::extract::State;
use insula_model::{BrandImageKind, TenantSettings};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::MaybeVersion;

/// Takes the favicon away.
#[utoipa::path(
    delete, path = "/settings/favicon", tag = "settings",
    params(("If-Match" = Option<String>, Header, description = "The `ETag` of the settings, if it is to be checked.")),
    responses((status = 200, description = "The settings as they are now.", body = TenantSettings))
)]
pub(super) async fn favicon_delete(
    State(app): State<App>,
    caller: Caller,
    MaybeVersion(version): MaybeVersion,
) -> Answer<TenantSettings> {
    let (tenant, kind) = (caller.tenant()?, BrandImageKind::Favicon);
    let settings = app.platform().brand_image_delete(&tenant, kind, version).await?;
    let version = settings.version;
    Ok(shown(settings).at(version))
}
