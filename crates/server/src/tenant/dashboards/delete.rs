//! `DELETE /dashboards/{id}`.

use axum::extract::State;
use insula_model::DashboardId;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Deletes a dashboard. The data that it shows stays.
#[utoipa::path(
    delete, path = "/dashboards/{id}", tag = "dashboards",
    params(("id" = DashboardId, Path, description = "The dashboard.")),
    responses((status = 204, description = "Deleted."))
)]
pub(super) async fn dashboard_delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DashboardId>,
) -> Answer<()> {
    app.platform().dashboard_delete(&caller.tenant()?, id).await?;
    Ok(nothing())
}
