//! Entries of audit logs.

use insula_model::{Page, Result};
use insula_store::{AuditEntry as Stored, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::operation::Actor;
use crate::app::App;
use crate::cursor::Pager;
use crate::request::{Paging, limit};

/// One entry of a workspace's audit log.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// Its number: 1, 2, 3, … without gaps.
    seq: i64,
    /// When.
    at: Timestamp,
    /// `noun.verb`.
    action: String,
    /// Who.
    actor: Actor,
    /// Why an operator looked in.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The request.
    request: String,
    /// More about it.
    #[schema(value_type = Object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Value>,
}

impl From<Stored> for AuditEntry {
    fn from(stored: Stored) -> Self {
        let filled = |text: String| Some(text).filter(|t| !t.is_empty());
        Self {
            seq: stored.seq,
            at: stored.at,
            action: stored.action,
            actor: Actor { kind: stored.actor_kind, id: stored.actor_id, name: stored.actor_name },
            reason: filled(stored.reason),
            subject: filled(stored.subject),
            request: stored.request_id,
            detail: serde_json::from_str(&stored.detail).ok(),
        }
    }
}

/// A page of a tenant's audit log, for whoever may read it.
///
/// # Errors
/// `page.cursor`; `input.invalid`; `auth.forbidden`.
pub(crate) async fn audit_page(
    app: &App,
    tenant: &Tenant<'_>,
    pager: &Pager<'_>,
    query: &Paging,
) -> Result<Page<AuditEntry>> {
    let limit = limit(query.limit)?;
    let before: Option<i64> = pager.open(query.cursor.as_deref())?;
    let mut entries = app.platform().audit_list(tenant, before, limit + 1).await?;
    let next = super::next(&mut entries, limit, |entry| entry.seq);
    pager.page(entries.into_iter().map(AuditEntry::from).collect(), next, None)
}
