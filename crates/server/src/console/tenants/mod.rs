//! `/tenants`: all of them.

mod api_keys;
mod audit;
mod check_slug;
mod create;
mod dashboards;
mod delete;
mod list;
mod operations;
mod resume;
mod suspend;
mod update;
mod usage;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::tenant_list, create::tenant_create))
        .routes(routes!(check_slug::slug_check))
        .routes(routes!(view::tenant_view, update::tenant_update))
        .routes(routes!(suspend::tenant_suspend))
        .routes(routes!(resume::tenant_resume))
        .routes(routes!(delete::tenant_delete))
        .routes(routes!(operations::tenant_operation_list))
        .routes(routes!(audit::list::tenant_audit_list))
        .routes(routes!(audit::verify::tenant_audit_verify))
        .routes(routes!(dashboards::list::tenant_dashboard_list))
        .routes(routes!(dashboards::view::tenant_dashboard_view))
        .routes(routes!(usage::tenant_usage))
        .routes(routes!(api_keys::create::tenant_api_key_create))
}
