//! `GET /audit/verify`.

use axum::extract::State;
use insula_store::AuditVerdict;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};

/// Recomputes the chain of hashes and compares it with the log, its head, and the heads that were kept apart.
#[utoipa::path(
    get, path = "/audit/verify", tag = "audit",
    responses((status = 200, description = "What was found.", body = AuditVerdict))
)]
pub(super) async fn audit_verify(State(app): State<App>, caller: Caller) -> Answer<AuditVerdict> {
    Ok(shown(app.platform().audit_verify(&caller.tenant()?).await?))
}
