//! `POST /operations/{id}/retry`.

use axum::extract::State;
use insula_model::OperationId;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, accepted};
use crate::request::{Id, Nothing, Posted};
use crate::wire::Operation;

/// Tries an operation again that needs a person, or does not wait for its next try.
#[utoipa::path(
    post, path = "/operations/{id}/retry", tag = "operations",
    params(("id" = OperationId, Path, description = "The operation.")),
    responses((status = 202, description = "The operation as it is now.", body = Operation))
)]
pub(super) async fn operation_retry(
    State(app): State<App>,
    Id(id): Id<OperationId>,
    Posted(operator, Nothing): Posted<Operator, Nothing>,
) -> Answer<Operation> {
    let (platform, op) = (app.platform(), &operator.ctx);
    platform.operation_retry(op, id).await?;
    Ok(accepted(platform.operation_view(op, id).await?.into()))
}
