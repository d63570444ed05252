//! `POST /tenants/{tenant}/delete`.

use axum::extract::State;
use insula_platform::DeleteTenantInput;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, accepted};
use crate::request::{Json, Posted, Text};
use crate::wire::Operation;

/// How a tenant is to be deleted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteInput {
    /// The tenant's slug, to be sure.
    confirm: String,
    /// For good and at once. Otherwise it can be brought back until its quarantine ends.
    #[serde(default)]
    now: bool,
    /// For the record.
    reason: Option<String>,
}

/// Deletes a tenant: softly, with a quarantine, or for good and at once.
#[utoipa::path(
    post, path = "/tenants/{tenant}/delete", tag = "tenants", request_body = DeleteInput,
    params(("tenant" = String, Path, description = "Its id or its slug.")),
    responses((status = 202, description = "The operation that does it.", body = Operation))
)]
pub(super) async fn tenant_delete(
    State(app): State<App>,
    Text(selector): Text,
    Posted(operator, Json(input)): Posted<Operator, Json<DeleteInput>>,
) -> Answer<Operation> {
    let (platform, op) = (app.platform(), &operator.ctx);
    let (record, _) = platform.tenant_view(op, &selector).await?;
    let DeleteInput { confirm, now, reason } = input;
    let id = platform.tenant_delete(op, &record, &DeleteTenantInput { confirm, now, reason }).await?;
    Ok(accepted(platform.operation_view(op, id).await?.into()))
}
