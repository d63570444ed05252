//! `/settings/logo`: the picture itself is at `/brand/logo`.

mod delete;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(update::logo_update, delete::logo_delete))
}
