//! `GET /session`: who is signed in.

use axum::extract::State;
use insula_model::Session;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};

/// Who is signed in, and what they may do here.
#[utoipa::path(
    get, path = "/session", tag = "session",
    responses((status = 200, description = "The member, the workspace, and the actions that are allowed.", body = Session))
)]
pub(super) async fn session_view(State(app): State<App>, caller: Caller) -> Answer<Session> {
    Ok(shown(app.platform().session_view(&caller.tenant()?).await?))
}
