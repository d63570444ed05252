//! `/templates`: dashboards that are published to many tenants.

mod conflicts;
mod create;
mod list;
mod update;
mod versions;
mod view;
mod withdraw;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::template_list, create::template_create))
        .routes(routes!(view::template_view, update::template_update, withdraw::template_withdraw))
        .routes(routes!(versions::list::template_version_list))
        .routes(routes!(versions::view::template_version_view))
        .routes(routes!(conflicts::template_conflict_list))
}
