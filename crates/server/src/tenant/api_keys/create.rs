//! `POST /api-keys`.

use axum::extract::State;
use insula_model::{ApiKeyCreated, ApiKeyInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Makes an API key. Its secret is in this reply and nowhere else.
#[utoipa::path(
    post, path = "/api-keys", tag = "api-keys", request_body = ApiKeyInput,
    responses((status = 201, description = "Made.", body = ApiKeyCreated))
)]
pub(super) async fn api_key_create(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<ApiKeyInput>>,
) -> Answer<ApiKeyCreated> {
    Ok(created(app.platform().api_key_create(&caller.tenant()?, &input).await?))
}
