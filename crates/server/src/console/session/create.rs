//! `POST /session`: signs an operator in.

use axum::extract::State;
use axum::response::Response;
use insula_model::{OperatorSession, SessionInput};
use insula_store::OperatorSessionKind;

use crate::app::App;
use crate::credential::{Nobody, signed_in};
use crate::problem::Refusal;
use crate::request::{Json, Posted};

/// Signs an operator in with e-mail and password. The reply sets the session cookie.
///
/// An `Idempotency-Key` changes nothing here: what the reply sets is secret and is not kept to be given twice, and signing
/// in again harms nobody.
#[utoipa::path(
    post, path = "/session", tag = "session", security(()), request_body = SessionInput,
    responses((status = 200, description = "Signed in.", body = OperatorSession))
)]
pub(super) async fn operator_session_create(
    State(app): State<App>,
    Posted(nobody, Json(input)): Posted<Nobody, Json<SessionInput>>,
) -> Result<Response, Refusal> {
    let kind = OperatorSessionKind::Browser;
    let made = app.platform().operator_session_create(&input, kind, &nobody.arrival()).await?;
    signed_in(&nobody.visit, &made.token, made.session)
}
