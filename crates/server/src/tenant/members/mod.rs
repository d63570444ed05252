//! `/members`: who is here.

mod delete;
mod list;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::member_list))
        .routes(routes!(update::member_update, delete::member_delete))
}
