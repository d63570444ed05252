//! `/cells`: the PostgreSQL servers that hold tenants' data.

mod create;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::cell_list, create::cell_create))
}
