//! `PUT /settings/logo`.

use axum::extract::State;
use insula_model::{BrandImageKind, TenantSettings};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{MaybeVersion, Picture, Sent};

/// Puts a logo in the place of the one that was there.
///
/// What kind of picture it is, is read from its bytes; whatever is not picture is left out.
#[utoipa::path(
    put, path = "/settings/logo", tag = "settings",
    request_body(content_type = "application/octet-stream", content = Vec<u8>,
                 description = "A PNG, JPEG or WebP of at most 256 KB and 2,000 pixels a side."),
    params(("If-Match" = Option<String>, Header, description = "The `ETag` of the settings, if it is to be checked.")),
    responses((status = 200, description = "The settings as they are now.", body = TenantSettings))
)]
pub(super) async fn logo_update(
    State(app): State<App>,
    caller: Caller,
    MaybeVersion(version): MaybeVersion,
    Sent(Picture(bytes)): Sent<Picture>,
) -> Answer<TenantSettings> {
    let (tenant, kind) = (caller.tenant()?, BrandImageKind::Logo);
    let settings = app.platform().brand_image_update(&tenant, kind, &bytes, version).await?;
    let version = settings.version;
    Ok(shown(settings).at(version))
}
