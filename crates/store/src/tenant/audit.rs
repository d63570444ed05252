//! The tenant's audit log. Nothing here writes: rows are appended by `TenantTx::commit`. Its chain of hashes is
//! checked in `audit_chain`.

use insula_model::{Mode, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::TenantTx;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number: 1, 2, 3, … without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `noun.verb`.
    pub action: String,
    /// `member`, `api_key`, `operator` or `system`.
    pub actor_kind: String,
    /// The actor's id.
    pub actor_id: String,
    /// The actor's name then.
    pub actor_name: String,
    /// Why an operator looked in; else empty.
    pub reason: String,
    /// What it was done to.
    pub subject: String,
    /// The request.
    pub request_id: String,
    /// More, as JSON text; else empty.
    pub detail: String,
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditHead {
    /// The last number.
    pub seq: i64,
    /// The last hash, hexadecimal.
    pub hash: String,
}

/// What checking a chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditVerdict {
    /// Whether every row is what it was when it was written, and none is missing.
    pub ok: bool,
    /// How many rows were checked.
    pub rows: i64,
    /// The head that the rows lead to.
    pub head: AuditHead,
    /// The last number whose hash was kept apart from the log before this check; 0 while there is none.
    #[serde(default)]
    pub anchored: i64,
    /// The first number at which something is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_bad: Option<i64>,
    /// What is wrong there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// The audit log of a transaction's tenant.
pub struct Audit<'t, 'op, M: Mode>(pub(super) &'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The audit log.
    pub fn audit(&mut self) -> Audit<'_, 'op, M> {
        Audit(self)
    }
}

pub(super) fn entry(row: &Row) -> AuditEntry {
    AuditEntry {
        seq: row.get(0),
        at: row.get(1),
        action: row.get(2),
        actor_kind: row.get(3),
        actor_id: row.get(4),
        actor_name: row.get(5),
        reason: row.get(6),
        subject: row.get(7),
        request_id: row.get(8),
        detail: row.get(9),
    }
}

impl<M: Mode> Audit<'_, '_, M> {
    /// The newest first, before `before`.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self, before: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows = self
            .0
            .rows(
                "SELECT seq, at, action, actor_kind, actor_id, actor_name, reason, subject, request_id, detail \
                   FROM audit WHERE $1::bigint IS NULL OR seq < $1 ORDER BY seq DESC LIMIT $2",
                &[&before, &i64::from(limit)],
            )
            .await?;
        Ok(rows.iter().map(entry).collect())
    }
}
