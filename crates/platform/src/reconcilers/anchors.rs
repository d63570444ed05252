//! Heads of audit chains, kept apart from the chains in the control database.
//!
//! What must always hold: a head is kept only after the chain was followed to it from the last one that was kept; a
//! chain that does not lead on from there raises an alarm, and its anchor stays what it is. The alarm is over when
//! somebody has had the whole chain checked and it is good. Tested in `testkit/tests/it/anchors.rs`.

use std::collections::HashSet;

use insula_model::policy::action::AuditView;
use insula_model::{RequestId, Result, TenantId, TenantStatus};
use insula_store::{AlarmKind, Anchored, Followed, OpCtx};

use crate::Platform;

/// How many tenants whose logs grew here are looked after in one run; the others in the next.
const REMEMBERED: usize = 1_000;
/// How many others, whatever node their logs grew on.
const PATROL: i64 = 20;
/// How many rows of one tenant are followed in one run.
const ROWS: i64 = 20_000;

impl Platform {
    /// Keeps the heads of the audit logs that grew on this node, and looks in on a few others. Says how many heads were
    /// kept.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn audit_anchor(&self) -> Result<usize> {
        let remembered = self.store().audited_take(REMEMBERED);
        let mut due: HashSet<TenantId> = remembered.iter().copied().collect();
        due.extend(self.store().audit_patrol(PATROL).await?);
        let mut kept = 0;
        for tenant in due {
            match self.audit_anchor_tenant(tenant).await {
                Ok(true) => kept += 1,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%tenant, ?error, "the head of an audit log could not be kept");
                    self.store().audited_again(tenant);
                }
            }
        }
        Ok(kept)
    }

    async fn audit_anchor_tenant(&self, tenant: TenantId) -> Result<bool> {
        let Some(record) = self.store().tenant_of_id(tenant).await? else { return Ok(false) };
        if matches!(record.status, TenantStatus::Provisioning | TenantStatus::Erasing) {
            return Ok(false);
        }
        let op = OpCtx::of_anchoring(tenant, RequestId::from_uuid(self.world().uuid()));
        let permit = self.store().tenant(&op, record)?.authorize::<AuditView>()?;
        // Before the log is read, so that no anchor is newer than what is read.
        let anchors = self.store().audit_anchor_list(&permit).await?;
        let mut tx = self.store().begin(&permit).await?;
        let followed = tx.audit().follow(anchors.last(), ROWS).await?;
        drop(tx);
        let (seq, hash, end) = match followed {
            Followed::Whole { seq, hash, end } => (seq, hash, end),
            Followed::Broken { seq, what } => {
                self.audit_alarm(tenant, seq, &what).await?;
                return Ok(false);
            }
        };
        if anchors.last().is_some_and(|(last, _)| *last == seq) || seq == 0 {
            return Ok(false);
        }
        match self.store().audit_anchor_keep(&permit, seq, &hash).await? {
            Anchored::Gone => return Ok(false),
            Anchored::Contrary => {
                let what = "another hash was anchored for this row meanwhile";
                self.audit_alarm(tenant, seq, what).await?;
                return Ok(false);
            }
            Anchored::Kept => {}
        }
        if !end {
            self.store().audited_again(tenant);
        }
        Ok(true)
    }

    pub(crate) async fn audit_alarm(&self, tenant: TenantId, seq: i64, what: &str) -> Result<()> {
        let detail = format!("The audit log is not what it was: at row {seq}, {what}.");
        self.store().alarm_raise_tenant(AlarmKind::Audit, tenant, &detail).await.map(drop)
    }
}
