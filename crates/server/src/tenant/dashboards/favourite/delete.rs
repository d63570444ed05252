//! `DELETE /dashboards/{id}/favourite`.

use axum::extract::State;
use insula_model::DashboardId;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Takes the mark away again.
#[utoipa::path(
    delete, path = "/dashboards/{id}/favourite", tag = "dashboards",
    params(("id" = DashboardId, Path, description = "The dashboard.")),
    responses((status = 204, description = "Not marked any more."))
)]
pub(in crate::tenant::dashboards) async fn favourite_delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DashboardId>,
) -> Answer<()> {
    app.platform().favourite_delete(&caller.tenant()?, id).await?;
    Ok(nothing())
}
