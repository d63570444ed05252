//! `/settings/favicon`: the picture itself is at `/brand/favicon`.

mod delete;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(update::favicon_update, delete::favicon_delete))
}
