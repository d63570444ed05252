//! `DELETE /invitations/{id}`.

use axum::extract::State;
use insula_model::InvitationId;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Withdraws an invitation. Its link no longer works.
#[utoipa::path(
    delete, path = "/invitations/{id}", tag = "invitations",
    params(("id" = InvitationId, Path, description = "The invitation.")),
    responses((status = 204, description = "Withdrawn."))
)]
pub(super) async fn invitation_delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<InvitationId>,
) -> Answer<()> {
    app.platform().invitation_delete(&caller.tenant()?, id).await?;
    Ok(nothing())
}
