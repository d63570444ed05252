//! `POST /session`: signs in.

use axum::extract::State;
use axum::response::Response;
use insula_model::{Session, SessionInput};

use crate::app::App;
use crate::credential::{Nobody, signed_in};
use crate::problem::Refusal;
use crate::request::{Json, Posted};

/// Signs in with e-mail and password.
///
/// The reply sets the session cookie. The reply to an unknown e-mail and to a wrong password is the same. After
/// several failures there is a wait. An `Idempotency-Key` changes nothing here: what the reply sets is secret and is not
/// kept to be given twice, and signing in again harms nobody.
#[utoipa::path(
    post, path = "/session", tag = "session", security(()), request_body = SessionInput,
    responses((status = 200, description = "Signed in.", body = Session))
)]
pub(super) async fn session_create(
    State(app): State<App>,
    Posted(nobody, Json(input)): Posted<Nobody, Json<SessionInput>>,
) -> Result<Response, Refusal> {
    let (record, from) = (nobody.record()?, nobody.arrival());
    let made = Box::pin(app.platform().session_create(record, &input, &from)).await?;
    signed_in(&nobody.visit, &made.token, made.session)
}
