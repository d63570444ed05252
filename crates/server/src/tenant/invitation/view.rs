//! `GET /invitation/{token}`: what the link is for.

use axum::extract::State;
use insula_model::InvitationView;

use crate::app::App;
use crate::credential::Nobody;
use crate::reply::{Answer, shown};
use crate::request::Text;

/// What an invitation is for, as whoever holds its link sees it.
#[utoipa::path(
    get, path = "/invitation/{token}", tag = "invitation", security(()),
    params(("token" = String, Path, description = "The secret of the link.")),
    responses((status = 200, description = "The invitation.", body = InvitationView))
)]
pub(super) async fn invitation_view(
    State(app): State<App>,
    nobody: Nobody,
    Text(token): Text,
) -> Answer<InvitationView> {
    let view = app.platform().invitation_view(nobody.record()?, &token, nobody.visit.request).await?;
    Ok(shown(view))
}
