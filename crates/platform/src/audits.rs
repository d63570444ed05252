//! A tenant's audit log, as its people and helping operators read it.

use insula_model::Result;
use insula_model::policy::action::AuditView;
use insula_store::{AlarmKind, AuditEntry, AuditVerdict, Tenant};

use crate::Platform;

impl Platform {
    /// Entries, the newest first, below number `before`.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn audit_list(
        &self,
        tenant: &Tenant<'_>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        let permit = tenant.authorize::<AuditView>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.audit().list(before, limit).await
    }

    /// Recomputes the chain and compares it with its head and with the heads that were kept apart. What it finds
    /// raises an alarm; that it finds nothing ends one.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn audit_verify(&self, tenant: &Tenant<'_>) -> Result<AuditVerdict> {
        let permit = tenant.authorize::<AuditView>()?;
        // Before the log is read, so that no anchor is newer than what is read.
        let anchors = self.store().audit_anchor_list(&permit).await?;
        let mut tx = self.store().begin(&permit).await?;
        let verdict = tx.audit().verify(&anchors).await?;
        drop(tx);
        let id = tenant.id();
        if verdict.ok {
            self.store().alarm_clear(AlarmKind::Audit, &id.to_string()).await?;
        } else {
            let at = verdict.first_bad.unwrap_or(verdict.rows);
            self.audit_alarm(id, at, verdict.what.as_deref().unwrap_or("the chain is broken")).await?;
        }
        Ok(verdict)
    }
}
