//! `PUT /dashboards/{id}/favourite`.

use axum::extract::State;
use insula_model::DashboardId;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Marks a dashboard as one's own favourite: it comes first in lists, for this member only.
#[utoipa::path(
    put, path = "/dashboards/{id}/favourite", tag = "dashboards",
    params(("id" = DashboardId, Path, description = "The dashboard.")),
    responses((status = 204, description = "Marked."))
)]
pub(in crate::tenant::dashboards) async fn favourite_create(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DashboardId>,
) -> Answer<()> {
    app.platform().favourite_create(&caller.tenant()?, id).await?;
    Ok(nothing())
}
