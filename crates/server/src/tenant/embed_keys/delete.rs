//! `DELETE /embed-keys/{id}`.

use axum::extract::State;
use insula_model::EmbedKeyId;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Ends a key at once, with every token that it signed. If it was the one that signs, a new one takes its place.
#[utoipa::path(
    delete, path = "/embed-keys/{id}", tag = "embedding",
    params(("id" = EmbedKeyId, Path, description = "The key.")),
    responses((status = 204, description = "Ended."))
)]
pub(super) async fn embed_key_delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EmbedKeyId>,
) -> Answer<()> {
    app.platform().embed_key_delete(&caller.tenant()?, id).await?;
    Ok(nothing())
}
