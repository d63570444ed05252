//! `/embed-keys`: what embed tokens are signed with.

mod create;
mod delete;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::embed_key_list, create::embed_key_create))
        .routes(routes!(delete::embed_key_delete))
}
