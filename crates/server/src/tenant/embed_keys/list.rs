//! `GET /embed-keys`.

use axum::extract::State;
use insula_model::{EmbedKey, Page};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query};

/// The keys that embed tokens are signed with, without their private halves.
#[utoipa::path(
    get, path = "/embed-keys", tag = "embedding", params(Paging),
    responses((status = 200, description = "All of them.", body = Page<EmbedKey>))
)]
pub(super) async fn embed_key_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<EmbedKey>> {
    query.one_page()?;
    Ok(shown(app.platform().embed_key_list(&caller.tenant()?).await?))
}
