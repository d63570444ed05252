//! `PATCH /members/{id}`.

use axum::extract::State;
use insula_model::{Member, MemberId, MemberUpdate};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Json, Sent};

/// Changes a member's role. It counts within a second, on every node.
#[utoipa::path(
    patch, path = "/members/{id}", tag = "members", request_body = MemberUpdate,
    params(("id" = MemberId, Path, description = "The member.")),
    responses((status = 200, description = "The member as they are now.", body = Member))
)]
pub(super) async fn member_update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<MemberId>,
    Sent(Json(input)): Sent<Json<MemberUpdate>>,
) -> Answer<Member> {
    Ok(shown(app.platform().member_update(&caller.tenant()?, id, input.role).await?))
}
