//! `DELETE /api-keys/{id}`.

use axum::extract::State;
use insula_model::ApiKeyId;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Revokes an API key. It is refused within a second, on every node.
#[utoipa::path(
    delete, path = "/api-keys/{id}", tag = "api-keys",
    params(("id" = ApiKeyId, Path, description = "The key.")),
    responses((status = 204, description = "Revoked."))
)]
pub(super) async fn api_key_delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ApiKeyId>,
) -> Answer<()> {
    app.platform().api_key_delete(&caller.tenant()?, id).await?;
    Ok(nothing())
}
