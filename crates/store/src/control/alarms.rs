//! What the platform found by itself and a person has to look at: a changed audit log, a place that cannot be
//! migrated, something in a cell that is nobody's. That an alarm was raised or is over stands in the control plane's
//! audit log for ever.

use std::collections::BTreeMap;

use insula_model::policy::operator_action::StatusView;
use insula_model::{RequestId, Result, TenantId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::Store;
use crate::scope::{Actor, ControlEntry, OperatorPermit};

/// How many an operator is shown at once.
const SHOWN: i64 = 100;

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmKind {
    /// A tenant's audit log is not what it was.
    Audit,
    /// A tenant's own schema or database cannot be brought to the newest version.
    Schema,
    /// Something in a cell looks like a tenant's and is nobody's.
    Orphan,
}

impl AlarmKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Audit, Self::Schema, Self::Orphan];

    /// As in the API and in PostgreSQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Schema => "schema",
            Self::Orphan => "orphan",
        }
    }
}

/// Something that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alarm {
    /// `audit`, `schema` or `orphan`.
    pub kind: String,
    /// The tenant's id, or what the thing is called in its cell.
    pub subject: String,
    /// What is the matter.
    pub detail: String,
    /// Since when it is known.
    pub raised_at: Timestamp,
    /// When it was last seen to be so.
    pub seen_at: Timestamp,
}

fn alarm(row: &Row) -> Alarm {
    Alarm {
        kind: row.get(0),
        subject: row.get(1),
        detail: row.get(2),
        raised_at: row.get(3),
        seen_at: row.get(4),
    }
}

impl Store {
    /// Raises an alarm about a tenant, unless the tenant is being made or erased. `true`: nobody knew of it before.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn alarm_raise_tenant(&self, kind: AlarmKind, tenant: TenantId, detail: &str) -> Result<bool> {
        self.alarm_raise_any(kind, &tenant.to_string(), Some(tenant), detail).await
    }

    /// Raises an alarm about something that is no tenant's. `true`: nobody knew of it before.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn alarm_raise(&self, kind: AlarmKind, subject: &str, detail: &str) -> Result<bool> {
        self.alarm_raise_any(kind, subject, None, detail).await
    }

    async fn alarm_raise_any(
        &self,
        kind: AlarmKind,
        subject: &str,
        tenant: Option<TenantId>,
        detail: &str,
    ) -> Result<bool> {
        let now = self.inner.world.now();
        let mut tx = self.control().await?;
        // `xmax` is 0 in a row that was inserted and not updated.
        let raised = tx
            .row(
                "INSERT INTO alarms (kind, subject, tenant_id, detail, raised_at, seen_at) \
                 SELECT $1, $2, $3::uuid, $4, $5, $5 WHERE $3::uuid IS NULL OR EXISTS ( \
                     SELECT FROM tenants WHERE id = $3 AND status IN ('active', 'suspended', 'deleted') FOR KEY SHARE) \
                 ON CONFLICT (kind, subject) DO UPDATE SET detail = excluded.detail, seen_at = excluded.seen_at \
                 RETURNING xmax = 0",
                &[&kind.as_str(), &subject, &tenant.map(TenantId::uuid), &detail, &now],
            )
            .await?;
        let is_new = raised.is_some_and(|row| row.get(0));
        if !is_new {
            tx.commit().await?;
            return Ok(false);
        }
        tracing::error!(kind = kind.as_str(), subject, detail, "alarm.raised");
        tx.commit_with(&self.alarm_entry("alarm.raise", kind, subject, detail)).await?;
        Ok(true)
    }

    /// Says that what an alarm says is no longer so. `true`: there was one.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn alarm_clear(&self, kind: AlarmKind, subject: &str) -> Result<bool> {
        let mut tx = self.control().await?;
        let delete = "DELETE FROM alarms WHERE kind = $1 AND subject = $2";
        if tx.execute(delete, &[&kind.as_str(), &subject]).await? == 0 {
            tx.commit().await?;
            return Ok(false);
        }
        tracing::warn!(kind = kind.as_str(), subject, "alarm.over");
        tx.commit_with(&self.alarm_entry("alarm.clear", kind, subject, "")).await?;
        Ok(true)
    }

    fn alarm_entry(
        &self,
        action: &'static str,
        kind: AlarmKind,
        subject: &str,
        detail: &str,
    ) -> ControlEntry<'static> {
        static WATCH: std::sync::LazyLock<Actor> = std::sync::LazyLock::new(|| Actor::system("watch"));
        ControlEntry {
            action,
            actor: &WATCH,
            subject: subject.to_owned(),
            request: RequestId::from_uuid(self.inner.world.uuid()).to_string(),
            detail: serde_json::json!({ "kind": kind.as_str(), "detail": detail }).to_string(),
        }
    }

    /// How many there are of each kind, also of those of which there are none.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn alarm_counts(&self) -> Result<BTreeMap<&'static str, i64>> {
        let mut tx = self.control().await?;
        let rows = tx.rows("SELECT kind, count(*) FROM alarms GROUP BY kind", &[]).await?;
        let mut counts: BTreeMap<_, _> = AlarmKind::ALL.iter().map(|kind| (kind.as_str(), 0)).collect();
        for row in rows {
            if let Some(count) = counts.get_mut(row.get::<_, &str>(0)) {
                *count = row.get(1);
            }
        }
        Ok(counts)
    }

    /// What needs a person, the oldest first.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn alarm_list(&self, _: &OperatorPermit<'_, StatusView>) -> Result<Vec<Alarm>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT kind, subject, detail, raised_at, seen_at FROM alarms ORDER BY raised_at, kind, subject LIMIT $1",
                &[&SHOWN],
            )
            .await?;
        Ok(rows.iter().map(alarm).collect())
    }
}
