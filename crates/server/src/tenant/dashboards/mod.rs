//! `/dashboards`: questions with pictures.

mod asked;
mod create;
mod data;
mod delete;
mod favourite;
mod list;
mod reset;
mod restore;
mod update;
mod versions;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(crate) use asked::DataQuery;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::dashboard_list, create::dashboard_create))
        .routes(routes!(view::dashboard_view, update::dashboard_update, delete::dashboard_delete))
        .routes(routes!(data::dashboard_data))
        .routes(routes!(favourite::create::favourite_create, favourite::delete::favourite_delete))
        .routes(routes!(versions::list::dashboard_version_list))
        .routes(routes!(versions::view::dashboard_version_view))
        .routes(routes!(restore::dashboard_restore))
        .routes(routes!(reset::dashboard_reset))
}
