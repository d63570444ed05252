//! `GET /tenants/{tenant}/audit/verify`.

use std::sync::Arc;

use axum::extract::State;
use insula_store::AuditVerdict;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Query, Text};

/// Why.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TenantAuditVerifyQuery {
    /// Why you look: 8 to 500 characters.
    reason: Option<String>,
}

/// Recomputes the chain of hashes of a tenant's audit log and compares it with the log, its head, and the heads that
/// were kept apart.
#[utoipa::path(
    get, path = "/tenants/{tenant}/audit/verify", tag = "tenants",
    params(("tenant" = String, Path, description = "Its id or its slug."), TenantAuditVerifyQuery),
    responses((status = 200, description = "What was found.", body = AuditVerdict))
)]
pub(in crate::console) async fn tenant_audit_verify(
    State(app): State<App>,
    operator: Operator,
    Text(selector): Text,
    Query(query): Query<TenantAuditVerifyQuery>,
) -> Answer<AuditVerdict> {
    let (record, _) = app.platform().tenant_view(&operator.ctx, &selector).await?;
    let reason = query.reason.as_deref().unwrap_or("Checking the audit log's chain of hashes");
    let ctx = operator.ctx.with_reason(reason)?;
    let tenant = app.platform().store().tenant(&ctx, Arc::new(record))?;
    Ok(shown(app.platform().audit_verify(&tenant).await?))
}
