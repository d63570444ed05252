//! `/api-keys`: keys for programs.

mod create;
mod delete;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::api_key_list, create::api_key_create))
        .routes(routes!(delete::api_key_delete))
}
