//! `GET /api-keys`.

use axum::extract::State;
use insula_model::{ApiKey, Page};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query, limit};

/// API keys, without their secrets.
#[utoipa::path(
    get, path = "/api-keys", tag = "api-keys", params(Paging),
    responses((status = 200, description = "A page.", body = Page<ApiKey>))
)]
pub(super) async fn api_key_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<ApiKey>> {
    let pager = app.cursors().of("api_keys", &caller.scope(), &())?;
    let after: Option<String> = pager.open(query.cursor.as_deref())?;
    let page = app.platform().api_key_list(&caller.tenant()?, after.as_deref(), limit(query.limit)?).await?;
    Ok(shown(pager.sealed(page)?))
}
