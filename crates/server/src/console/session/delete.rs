//! `DELETE /session`: signs an operator out.

use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::credential::{Leaving, signed_out};
use crate::problem::Refusal;

/// Signs out. A token that is sent as a bearer ends too.
#[utoipa::path(
    delete, path = "/session", tag = "session",
    responses((status = 204, description = "Signed out; the cookie is taken away."))
)]
pub(super) async fn operator_session_delete(
    State(app): State<App>,
    leaving: Leaving,
) -> Result<Response, Refusal> {
    app.platform().operator_session_delete(&leaving.token).await?;
    signed_out(&leaving.visit)
}
