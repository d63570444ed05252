//! `PUT /password`: changes one's own password.

use axum::extract::State;
use axum::response::Response;
use insula_model::{PasswordUpdate, Session};
use insula_platform::Arrival;

use crate::app::App;
use crate::credential::{Caller, signed_in};
use crate::problem::Refusal;
use crate::request::{Json, Sent};

/// Changes one's own password.
///
/// All sign-ins of this person end, in every workspace; the reply sets a new session cookie.
#[utoipa::path(
    put, path = "/password", tag = "session", request_body = PasswordUpdate,
    responses((status = 200, description = "Changed, and signed in anew.", body = Session))
)]
pub(super) async fn password_update(
    State(app): State<App>,
    caller: Caller,
    Sent(Json(input)): Sent<Json<PasswordUpdate>>,
) -> Result<Response, Refusal> {
    let visit = &caller.visit;
    let from = Arrival { address: visit.client, request: visit.request, replaces: None };
    let tenant = caller.tenant()?;
    let made = Box::pin(app.platform().password_update(&tenant, &input, &from)).await?;
    signed_in(visit, &made.token, made.session)
}
