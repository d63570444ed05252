//! `POST /invitation/{token}`: accepts.

use axum::extract::State;
use axum::response::Response;
use insula_model::{InvitationAccept, Session};

use crate::app::App;
use crate::credential::{Nobody, signed_in};
use crate::problem::Refusal;
use crate::request::{Json, Posted, Text};

/// Accepts an invitation and signs in.
///
/// Whoever has an account shows its password; anybody else chooses a name and a password.
#[utoipa::path(
    post, path = "/invitation/{token}", tag = "invitation", security(()), request_body = InvitationAccept,
    params(("token" = String, Path, description = "The secret of the link.")),
    responses((status = 200, description = "Now a member, and signed in.", body = Session))
)]
pub(super) async fn invitation_accept(
    State(app): State<App>,
    Text(token): Text,
    Posted(nobody, Json(input)): Posted<Nobody, Json<InvitationAccept>>,
) -> Result<Response, Refusal> {
    let record = nobody.record()?;
    let from = nobody.arrival();
    let made = Box::pin(app.platform().invitation_accept(record, &token, &input, &from)).await?;
    signed_in(&nobody.visit, &made.token, made.session)
}
