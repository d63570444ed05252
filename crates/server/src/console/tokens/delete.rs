//! `DELETE /tokens/{id}`.

use axum::extract::State;
use insula_model::OperatorTokenId;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Revokes one of your tokens. The next request with it is refused, on every node.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "tokens",
    params(("id" = OperatorTokenId, Path, description = "The token.")),
    responses((status = 204, description = "Revoked."))
)]
pub(super) async fn operator_token_delete(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<OperatorTokenId>,
) -> Answer<()> {
    app.platform().operator_token_delete(&operator.ctx, id).await?;
    Ok(nothing())
}
