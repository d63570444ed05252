//! `DELETE /session`: signs out.

use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::credential::{Leaving, signed_out};
use crate::problem::Refusal;

/// Signs out. Also a session that has ended already is left this way.
#[utoipa::path(
    delete, path = "/session", tag = "session",
    responses((status = 204, description = "Signed out; the cookie is taken away."))
)]
pub(super) async fn session_delete(State(app): State<App>, leaving: Leaving) -> Result<Response, Refusal> {
    let record = leaving.record()?;
    app.platform().session_delete(&leaving.token, record, leaving.visit.request).await?;
    signed_out(&leaving.visit)
}
