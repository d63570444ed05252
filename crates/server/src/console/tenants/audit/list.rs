//! `GET /tenants/{tenant}/audit`.

use std::sync::Arc;

use axum::extract::State;
use insula_model::Page;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query, Text};
use crate::wire::{AuditEntry, audit_page};

/// Which part of the log, and why.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TenantAuditQuery {
    /// Why you look: 8 to 500 characters.
    reason: Option<String>,
    /// How many items: 1 to 200, 50 unless given.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A tenant's audit log, the newest first.
#[utoipa::path(
    get, path = "/tenants/{tenant}/audit", tag = "tenants",
    params(("tenant" = String, Path, description = "Its id or its slug."), TenantAuditQuery),
    responses((status = 200, description = "A page.", body = Page<AuditEntry>))
)]
pub(in crate::console) async fn tenant_audit_list(
    State(app): State<App>,
    operator: Operator,
    Text(selector): Text,
    Query(query): Query<TenantAuditQuery>,
) -> Answer<Page<AuditEntry>> {
    let (record, _) = app.platform().tenant_view(&operator.ctx, &selector).await?;
    let pager = app.cursors().of("tenant audit", &operator.scope(), &record.id)?;
    let reason = query.reason.as_deref().unwrap_or("Looking at the audit log in the console");
    let ctx = operator.ctx.with_reason(reason)?;
    let tenant = app.platform().store().tenant(&ctx, Arc::new(record))?;
    let query = Paging { limit: query.limit, cursor: query.cursor };
    Ok(shown(audit_page(&app, &tenant, &pager, &query).await?))
}
