//! `POST /dashboards`.

use axum::extract::State;
use insula_model::{Dashboard, DashboardInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Makes a dashboard.
#[utoipa::path(
    post, path = "/dashboards", tag = "dashboards", request_body = DashboardInput,
    responses((status = 201, description = "Made.", body = Dashboard,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn dashboard_create(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<DashboardInput>>,
) -> Answer<Dashboard> {
    let dashboard = app.platform().dashboard_create(&caller.tenant()?, &input).await?;
    let version = dashboard.version;
    Ok(created(dashboard).at(version))
}
