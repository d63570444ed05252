//! `GET /embedding`.

use axum::extract::State;
use insula_model::Embedding;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};

/// The origins whose pages may frame dashboards. Without any, no page may.
#[utoipa::path(
    get, path = "/embedding", tag = "embedding",
    responses((status = 200, description = "The list.", body = Embedding,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn embedding_view(State(app): State<App>, caller: Caller) -> Answer<Embedding> {
    let list = app.platform().embedding_view(&caller.tenant()?).await?;
    let version = list.version;
    Ok(shown(list).at(version))
}
