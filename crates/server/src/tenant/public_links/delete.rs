//! `DELETE /public-links/{id}`.

use axum::extract::State;
use insula_model::PublicLinkId;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Withdraws a link. It is refused within a second, on every node.
#[utoipa::path(
    delete, path = "/public-links/{id}", tag = "embedding",
    params(("id" = PublicLinkId, Path, description = "The link.")),
    responses((status = 204, description = "Withdrawn."))
)]
pub(super) async fn public_link_delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<PublicLinkId>,
) -> Answer<()> {
    app.platform().public_link_delete(&caller.tenant()?, id).await?;
    Ok(nothing())
}
