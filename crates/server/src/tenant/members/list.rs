//! `GET /members`.

use axum::extract::State;
use insula_model::{Member, Page};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query, limit};

/// Members, in the order in which they joined.
#[utoipa::path(
    get, path = "/members", tag = "members", params(Paging),
    responses((status = 200, description = "A page.", body = Page<Member>))
)]
pub(super) async fn member_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<Member>> {
    let pager = app.cursors().of("members", &caller.scope(), &())?;
    let after: Option<String> = pager.open(query.cursor.as_deref())?;
    let page = app.platform().member_list(&caller.tenant()?, after.as_deref(), limit(query.limit)?).await?;
    Ok(shown(pager.sealed(page)?))
}
