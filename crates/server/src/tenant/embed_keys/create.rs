//! `POST /embed-keys`.

use axum::extract::State;
use insula_model::EmbedKey;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created};
use crate::request::{Nothing, Posted};

/// Makes a new key, which signs from now on. Tokens that the one before signed stay valid until they end.
#[utoipa::path(
    post, path = "/embed-keys", tag = "embedding",
    responses((status = 201, description = "Made.", body = EmbedKey))
)]
pub(super) async fn embed_key_create(
    State(app): State<App>,
    Posted(caller, Nothing): Posted<Caller, Nothing>,
) -> Answer<EmbedKey> {
    Ok(created(app.platform().embed_key_create(&caller.tenant()?).await?))
}
