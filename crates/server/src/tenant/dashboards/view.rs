//! `GET /dashboards/{id}`.

use axum::extract::State;
use insula_model::{Dashboard, DashboardId};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::Id;

/// One dashboard with its configuration.
#[utoipa::path(
    get, path = "/dashboards/{id}", tag = "dashboards",
    params(("id" = DashboardId, Path, description = "The dashboard.")),
    responses((status = 200, description = "The dashboard.", body = Dashboard,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn dashboard_view(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DashboardId>,
) -> Answer<Dashboard> {
    let dashboard = app.platform().dashboard_view(&caller.tenant()?, id).await?;
    let version = dashboard.version;
    Ok(shown(dashboard).at(version))
}
