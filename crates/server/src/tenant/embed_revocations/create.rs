//! `POST /embed-revocations`.

use axum::extract::State;
use insula_model::{EmbedRevocation, EmbedRevocationInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Ends every embed token that was made until now and matches. They are refused within a second, on every node.
#[utoipa::path(
    post, path = "/embed-revocations", tag = "embedding", request_body = EmbedRevocationInput,
    responses((status = 201, description = "Revoked.", body = EmbedRevocation))
)]
pub(super) async fn embed_revocation_create(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<EmbedRevocationInput>>,
) -> Answer<EmbedRevocation> {
    Ok(created(app.platform().embed_revocation_create(&caller.tenant()?, &input).await?))
}
