//! `PUT /embedding`.

use axum::extract::State;
use insula_model::{Embedding, EmbeddingInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Json, Sent, Version};

/// Puts another list of origins in the place of the one that was there. Every node goes by it within a second.
#[utoipa::path(
    put, path = "/embedding", tag = "embedding", request_body = EmbeddingInput,
    params(("If-Match" = String, Header, description = "The `ETag` that was read.")),
    responses((status = 200, description = "The list as it is now.", body = Embedding,
               headers(("ETag" = String, description = "For the next `If-Match`."))))
)]
pub(super) async fn embedding_update(
    State(app): State<App>,
    caller: Caller,
    Version(version): Version,
    Sent(Json(input)): Sent<Json<EmbeddingInput>>,
) -> Answer<Embedding> {
    let list = app.platform().embedding_update(&caller.tenant()?, Some(version), &input).await?;
    let version = list.version;
    Ok(shown(list).at(version))
}
