//! `GET /dashboards/{id}/versions/{version}`.

use axum::extract::State;
use insula_model::{DashboardId, DashboardVersion};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::Numbered;

/// One version of a dashboard with what it showed.
#[utoipa::path(
    get, path = "/dashboards/{id}/versions/{version}", tag = "dashboards",
    params(
        ("id" = DashboardId, Path, description = "The dashboard."),
        ("version" = i64, Path, description = "The version's number."),
    ),
    responses((status = 200, description = "The version.", body = DashboardVersion))
)]
pub(in crate::tenant::dashboards) async fn dashboard_version_view(
    State(app): State<App>,
    caller: Caller,
    Numbered(id, number): Numbered<DashboardId>,
) -> Answer<DashboardVersion> {
    Ok(shown(app.platform().dashboard_version_view(&caller.tenant()?, id, number).await?))
}
