//! `PUT /dashboards/{id}`.

use axum::extract::State;
use insula_model::{Dashboard, DashboardId, DashboardInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Json, Sent, Version};

/// Changes a dashboard as a whole.
#[utoipa::path(
    put, path = "/dashboards/{id}", tag = "dashboards", request_body = DashboardInput,
    params(
        ("id" = DashboardId, Path, description = "The dashboard."),
        ("If-Match" = String, Header, description = "The `ETag` that was read."),
    ),
    responses((status = 200, description = "The dashboard as it is now.", body = Dashboard,
               headers(("ETag" = String, description = "For the next `If-Match`."))))
)]
pub(super) async fn dashboard_update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DashboardId>,
    Version(version): Version,
    Sent(Json(input)): Sent<Json<DashboardInput>>,
) -> Answer<Dashboard> {
    let dashboard = app.platform().dashboard_update(&caller.tenant()?, id, Some(version), &input).await?;
    let version = dashboard.version;
    Ok(shown(dashboard).at(version))
}
