//! `GET /audit`.

use axum::extract::State;
use insula_model::Page;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query};
use crate::wire::{AuditEntry, audit_page};

/// The audit log, the newest first.
#[utoipa::path(
    get, path = "/audit", tag = "audit", params(Paging),
    responses((status = 200, description = "A page.", body = Page<AuditEntry>))
)]
pub(super) async fn audit_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<AuditEntry>> {
    let pager = app.cursors().of("audit", &caller.scope(), &())?;
    Ok(shown(audit_page(&app, &caller.tenant()?, &pager, &query).await?))
}
