//! `/public-links`: links to dashboards for those who do not sign in.

mod create;
mod delete;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::public_link_list, create::public_link_create))
        .routes(routes!(delete::public_link_delete))
}
