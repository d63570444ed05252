//! `POST /dashboards/{id}/reset`.

use axum::extract::State;
use insula_model::{Dashboard, DashboardId};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Nothing, Posted, Version};

/// Takes back the workspace's changes to a dashboard that the operator publishes. They stay among its versions.
#[utoipa::path(
    post, path = "/dashboards/{id}/reset", tag = "dashboards",
    params(
        ("id" = DashboardId, Path, description = "The dashboard."),
        ("If-Match" = String, Header, description = "The `ETag` that was read."),
    ),
    responses((status = 200, description = "The dashboard as it is published.", body = Dashboard,
               headers(("ETag" = String, description = "For the next `If-Match`."))))
)]
pub(super) async fn dashboard_reset(
    State(app): State<App>,
    Id(id): Id<DashboardId>,
    Version(version): Version,
    Posted(caller, Nothing): Posted<Caller, Nothing>,
) -> Answer<Dashboard> {
    let dashboard = app.platform().dashboard_reset(&caller.tenant()?, id, Some(version)).await?;
    let version = dashboard.version;
    Ok(shown(dashboard).at(version))
}
