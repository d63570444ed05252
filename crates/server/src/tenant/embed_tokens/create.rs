//! `POST /embed-tokens`.

use axum::extract::State;
use insula_model::{EmbedTokenCreated, EmbedTokenInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Makes a token with which a page of yours shows one dashboard, or one widget of it, to one viewer.
///
/// Ask for it on your server, for the viewer who is signed in there, and give it to the viewer's browser.
#[utoipa::path(
    post, path = "/embed-tokens", tag = "embedding", request_body = EmbedTokenInput,
    responses((status = 201, description = "Made.", body = EmbedTokenCreated))
)]
pub(super) async fn embed_token_create(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<EmbedTokenInput>>,
) -> Answer<EmbedTokenCreated> {
    Ok(created(app.platform().embed_token_create(&caller.tenant()?, &input).await?))
}
