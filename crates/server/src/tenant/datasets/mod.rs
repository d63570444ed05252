//! `/datasets`: what events are about.

mod delete;
mod list;
mod update;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::dataset_list)).routes(routes!(
        view::dataset_view,
        update::dataset_update,
        delete::dataset_delete
    ))
}
