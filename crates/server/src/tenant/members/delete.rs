//! `DELETE /members/{id}`.

use axum::extract::State;
use insula_model::MemberId;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Removes a member. Their sign-ins here end.
#[utoipa::path(
    delete, path = "/members/{id}", tag = "members",
    params(("id" = MemberId, Path, description = "The member.")),
    responses((status = 204, description = "Removed."))
)]
pub(super) async fn member_delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<MemberId>,
) -> Answer<()> {
    app.platform().member_delete(&caller.tenant()?, id).await?;
    Ok(nothing())
}
