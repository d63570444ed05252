//! `GET /invitations`.

use axum::extract::State;
use insula_model::{Invitation, Page};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query, limit};

/// Invitations that wait to be accepted.
#[utoipa::path(
    get, path = "/invitations", tag = "invitations", params(Paging),
    responses((status = 200, description = "A page.", body = Page<Invitation>))
)]
pub(super) async fn invitation_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<Invitation>> {
    let pager = app.cursors().of("invitations", &caller.scope(), &())?;
    let after: Option<String> = pager.open(query.cursor.as_deref())?;
    let page =
        app.platform().invitation_list(&caller.tenant()?, after.as_deref(), limit(query.limit)?).await?;
    Ok(shown(pager.sealed(page)?))
}
