//! `/tables/{id}/rows`: what is in a table.

mod list;
mod replace;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(
        list::table_row_list,
        replace::table_row_replace,
        update::table_row_update
    ))
}
