//! `POST /dashboards/{id}/restore`.

use axum::extract::State;
use insula_model::{Dashboard, DashboardId, DashboardRestore};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Json, Posted, Version};

/// Shows an older version of a dashboard again. That is a change like any other: it makes a new version.
#[utoipa::path(
    post, path = "/dashboards/{id}/restore", tag = "dashboards", request_body = DashboardRestore,
    params(
        ("id" = DashboardId, Path, description = "The dashboard."),
        ("If-Match" = String, Header, description = "The `ETag` that was read."),
    ),
    responses((status = 200, description = "The dashboard as it is now.", body = Dashboard,
               headers(("ETag" = String, description = "For the next `If-Match`."))))
)]
pub(super) async fn dashboard_restore(
    State(app): State<App>,
    Id(id): Id<DashboardId>,
    Version(version): Version,
    Posted(caller, Json(wanted)): Posted<Caller, Json<DashboardRestore>>,
) -> Answer<Dashboard> {
    let tenant = caller.tenant()?;
    let dashboard = app.platform().dashboard_restore(&tenant, id, Some(version), &wanted).await?;
    let version = dashboard.version;
    Ok(shown(dashboard).at(version))
}
