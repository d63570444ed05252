//! `POST /operations/{id}/cancel`.

use axum::extract::State;
use insula_model::OperationId;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, accepted};
use crate::request::{Id, Nothing, Posted};
use crate::wire::Operation;

/// Asks for an operation to be cancelled: it undoes what it did, unless it has passed its pivot.
#[utoipa::path(
    post, path = "/operations/{id}/cancel", tag = "operations",
    params(("id" = OperationId, Path, description = "The operation.")),
    responses((status = 202, description = "The operation as it is now.", body = Operation))
)]
pub(super) async fn operation_cancel(
    State(app): State<App>,
    Id(id): Id<OperationId>,
    Posted(operator, Nothing): Posted<Operator, Nothing>,
) -> Answer<Operation> {
    let (platform, op) = (app.platform(), &operator.ctx);
    platform.operation_cancel(op, id).await?;
    Ok(accepted(platform.operation_view(op, id).await?.into()))
}
