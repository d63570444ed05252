//! `GET /public-links`.

use axum::extract::State;
use insula_model::{Page, PublicLink};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query, limit};

/// Public links, without their secrets.
#[utoipa::path(
    get, path = "/public-links", tag = "embedding", params(Paging),
    responses((status = 200, description = "A page.", body = Page<PublicLink>))
)]
pub(super) async fn public_link_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<PublicLink>> {
    let pager = app.cursors().of("public_links", &caller.scope(), &())?;
    let after: Option<String> = pager.open(query.cursor.as_deref())?;
    let page =
        app.platform().public_link_list(&caller.tenant()?, after.as_deref(), limit(query.limit)?).await?;
    Ok(shown(pager.sealed(page)?))
}
