//! `GET /session`: which operator is signed in.

use axum::extract::State;
use insula_model::OperatorSession;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};

/// The operator who is signed in, and the installation.
#[utoipa::path(
    get, path = "/session", tag = "session",
    responses((status = 200, description = "The operator and what is allowed.", body = OperatorSession))
)]
pub(super) async fn operator_session_view(
    State(app): State<App>,
    operator: Operator,
) -> Answer<OperatorSession> {
    Ok(shown(app.platform().operator_session_view(&operator.ctx).await?))
}
