//! What operations write into the catalogue about a tenant's life. Every change names the lease, so that a worker
//! that was taken over changes nothing.

use insula_model::{Error, Result, TenantId, TenantRecord, TenantStatus};
use jiff::Timestamp;

use super::operations::hold;
use super::{LeasedOperation, NewTenant};
use crate::Store;
use crate::scope::ControlTx;

impl Store {
    async fn held(&self, op: &LeasedOperation) -> Result<ControlTx> {
        let mut tx = self.control().await?;
        hold(&mut tx, op).await?;
        Ok(tx)
    }

    /// The tenant that an operation is about, read past every cache.
    ///
    /// # Errors
    /// `not_found` when its record is gone.
    pub async fn operation_tenant(&self, op: &LeasedOperation) -> Result<TenantRecord> {
        let id = op.tenant.ok_or_else(|| Error::internal("an operation without a tenant"))?;
        self.read_tenant(id).await?.ok_or_else(|| Error::not_found("tenant", id))
    }

    /// Makes sure that a tenant's record and placement are there.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn tenant_record(&self, op: &LeasedOperation, new: &NewTenant) -> Result<()> {
        // As a rule it is there since it was asked for, and nothing is written.
        if self.read_tenant(new.id).await?.is_some() {
            return Ok(());
        }
        let mut tx = self.held(op).await?;
        super::tenants::reserve(&mut tx, self, new, self.inner.world.now()).await?;
        tx.commit().await
    }

    /// Takes a tenant's record away, with placement, addresses, sessions and memberships, and keeps its slug from
    /// others until `hold_slug_until`. People who belong to no other tenant go with it.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn tenant_forget(
        &self,
        op: &LeasedOperation,
        tenant: TenantId,
        hold_slug_until: Option<Timestamp>,
    ) -> Result<()> {
        let id = tenant.uuid();
        let mut tx = self.held(op).await?;
        if let Some(until) = hold_slug_until {
            tx.execute(
                "INSERT INTO slug_holds (slug, tenant_id, free_at) SELECT slug, id, $2 FROM tenants WHERE id = $1 \
                 ON CONFLICT (slug) DO UPDATE SET tenant_id = excluded.tenant_id, free_at = excluded.free_at",
                &[&id, &until],
            )
            .await?;
        }
        tx.execute(
            "DELETE FROM identities i USING identity_tenants m WHERE m.identity_id = i.id AND m.tenant_id = $1 \
                AND NOT EXISTS (SELECT FROM identity_tenants o WHERE o.identity_id = i.id AND o.tenant_id <> $1)",
            &[&id],
        )
        .await?;
        for sql in [
            "DELETE FROM jobs WHERE tenant_id = $1",
            "DELETE FROM job_turns WHERE tenant_id = $1",
            "DELETE FROM outbox_hints WHERE tenant_id = $1",
            "DELETE FROM mails WHERE tenant_id = $1",
            "DELETE FROM audit_anchors WHERE tenant_id = $1",
            "DELETE FROM tenants WHERE id = $1",
        ] {
            tx.execute(sql, &[&id]).await?;
        }
        tx.commit().await
    }

    /// Gives the tenant its address.
    ///
    /// # Errors
    /// `tenant.slug_taken` when another tenant has it; `operation.fenced`.
    pub async fn domain_create(
        &self,
        op: &LeasedOperation,
        tenant: TenantId,
        host: &str,
        certificate: &str,
    ) -> Result<()> {
        let mut tx = self.held(op).await?;
        tx.execute("DELETE FROM domains WHERE host = $1 AND tenant_id = $2", &[&host, &tenant.uuid()])
            .await?;
        tx.execute(
            "INSERT INTO domains (host, tenant_id, kind, certificate) VALUES ($1, $2, 'subdomain', $3)",
            &[&host, &tenant.uuid(), &certificate],
        )
        .await?;
        tx.commit().await
    }

    /// Notes how the address is protected: `not_needed` on plain HTTP, `wildcard` under a wildcard certificate.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn domain_certificate(
        &self,
        op: &LeasedOperation,
        tenant: TenantId,
        certificate: &str,
    ) -> Result<()> {
        let mut tx = self.control().await?;
        let other = "SELECT 1 FROM domains WHERE tenant_id = $1 AND certificate <> $2 LIMIT 1";
        if tx.row(other, &[&tenant.uuid(), &certificate]).await?.is_none() {
            return Ok(());
        }
        hold(&mut tx, op).await?;
        tx.execute(
            "UPDATE domains SET certificate = $2 WHERE tenant_id = $1",
            &[&tenant.uuid(), &certificate],
        )
        .await?;
        tx.commit().await
    }

    /// Takes the tenant's addresses away.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn domain_delete(&self, op: &LeasedOperation, tenant: TenantId) -> Result<()> {
        let mut tx = self.held(op).await?;
        tx.execute("DELETE FROM domains WHERE tenant_id = $1", &[&tenant.uuid()]).await?;
        tx.commit().await
    }

    /// Changes where a tenant is in its life. Doing it again changes nothing.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn tenant_status(
        &self,
        op: &LeasedOperation,
        tenant: TenantId,
        to: TenantStatus,
        purge_at: Option<Timestamp>,
    ) -> Result<()> {
        let mut tx = self.held(op).await?;
        tx.execute(
            "UPDATE tenants SET before_deletion = CASE WHEN $2 IN ('deleted', 'erasing') THEN status END, status = $2, \
                    status_at = $3, purge_at = CASE $2 WHEN 'erasing' THEN purge_at ELSE $4::timestamptz END, \
                    version = version + 1 WHERE id = $1 AND status <> $2",
            &[&tenant.uuid(), &to.as_str(), &self.inner.world.now(), &purge_at],
        )
        .await?;
        if to != TenantStatus::Active {
            // Whoever is signed in is signed out, on every node, by what the deletion announces.
            tx.execute("DELETE FROM sessions WHERE tenant_id = $1", &[&tenant.uuid()]).await?;
        }
        tx.commit().await
    }

    /// Puts back the status that a deletion found, if it was changed.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn tenant_status_back(&self, op: &LeasedOperation, tenant: TenantId) -> Result<()> {
        let mut tx = self.held(op).await?;
        tx.execute(
            "UPDATE tenants SET status = before_deletion, before_deletion = NULL, status_at = $2, version = version + 1 \
              WHERE id = $1 AND before_deletion IS NOT NULL",
            &[&tenant.uuid(), &self.inner.world.now()],
        )
        .await?;
        tx.commit().await
    }
}
