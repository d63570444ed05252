//! `POST /tenants/{tenant}/suspend`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, accepted};
use crate::request::{MaybeJson, Posted, Text};
use crate::wire::Operation;

/// Why.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuspendInput {
    /// For the record.
    reason: Option<String>,
}

/// Closes a tenant: sign-in, API keys and background work are refused within a second. Nothing is deleted.
#[utoipa::path(
    post, path = "/tenants/{tenant}/suspend", tag = "tenants", request_body = Option<SuspendInput>,
    params(("tenant" = String, Path, description = "Its id or its slug.")),
    responses((status = 202, description = "The operation that does it.", body = Operation))
)]
pub(super) async fn tenant_suspend(
    State(app): State<App>,
    Text(selector): Text,
    Posted(operator, MaybeJson(input)): Posted<Operator, MaybeJson<SuspendInput>>,
) -> Answer<Operation> {
    let (platform, op) = (app.platform(), &operator.ctx);
    let (record, _) = platform.tenant_view(op, &selector).await?;
    let id = platform.tenant_suspend(op, record.id, input.reason).await?;
    Ok(accepted(platform.operation_view(op, id).await?.into()))
}
