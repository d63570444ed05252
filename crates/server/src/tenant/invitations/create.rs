//! `POST /invitations`.

use axum::extract::State;
use insula_model::{InvitationCreated, InvitationInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Invites somebody.
///
/// The reply does not tell whether the address has an account. Where mail is not sent, it has the link, once.
#[utoipa::path(
    post, path = "/invitations", tag = "invitations", request_body = InvitationInput,
    responses((status = 201, description = "Invited.", body = InvitationCreated))
)]
pub(super) async fn invitation_create(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<InvitationInput>>,
) -> Answer<InvitationCreated> {
    let tenant = caller.tenant()?;
    Ok(created(Box::pin(app.platform().invitation_create(&tenant, &input)).await?))
}
