//! `GET /operations/{id}`.

use axum::extract::State;
use insula_model::OperationId;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::Id;
use crate::wire::Operation;

/// One operation with its steps.
#[utoipa::path(
    get, path = "/operations/{id}", tag = "operations",
    params(("id" = OperationId, Path, description = "The operation.")),
    responses((status = 200, description = "The operation.", body = Operation))
)]
pub(super) async fn operation_view(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<OperationId>,
) -> Answer<Operation> {
    Ok(shown(app.platform().operation_view(&operator.ctx, id).await?.into()))
}
