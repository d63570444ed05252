//! `/tables`: rows of texts that datasets look something up in.

mod create;
mod delete;
mod list;
mod rows;
mod update;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::table_list, create::table_create))
        .routes(routes!(view::table_view, update::table_update, delete::table_delete))
        .merge(rows::api())
}
