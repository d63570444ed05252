//! `POST /tokens`.

use axum::extract::State;
use insula_model::{OperatorTokenCreated, OperatorTokenInput};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Makes a token that may do what you may. Its secret is in this reply and nowhere else.
#[utoipa::path(
    post, path = "/tokens", tag = "tokens", request_body = OperatorTokenInput,
    responses((status = 201, description = "Made.", body = OperatorTokenCreated))
)]
pub(super) async fn operator_token_create(
    State(app): State<App>,
    Posted(operator, Json(input)): Posted<Operator, Json<OperatorTokenInput>>,
) -> Answer<OperatorTokenCreated> {
    Ok(created(app.platform().operator_token_create(&operator.ctx, &input).await?))
}
