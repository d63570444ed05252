//! Heads of the tenants' audit chains that were kept apart from the chains: cutting off a tail, or writing all of it
//! anew, shows against them. An anchor is written once and never changed.

use insula_model::policy::action::AuditView;
use insula_model::{Result, TenantId};

use crate::{Permit, Store};

/// How many anchors of a tenant are kept. The newest stands for the whole chain before it; the others tell later how
/// far back somebody went.
const KEPT: i64 = 50;

/// What keeping a head found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchored {
    /// It is kept now, or was before.
    Kept,
    /// Another hash was kept for that number: the chain was written anew.
    Contrary,
    /// The tenant is gone.
    Gone,
}

impl Store {
    /// The kept heads of the permit's tenant, the oldest first: number and hash.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn audit_anchor_list(&self, permit: &Permit<'_, AuditView>) -> Result<Vec<(i64, Vec<u8>)>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT seq, hash FROM audit_anchors WHERE tenant_id = $1 ORDER BY seq",
                &[&permit.tenant().id.uuid()],
            )
            .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Keeps a head of the permit's tenant.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn audit_anchor_keep(
        &self,
        permit: &Permit<'_, AuditView>,
        seq: i64,
        hash: &[u8],
    ) -> Result<Anchored> {
        let id = permit.tenant().id.uuid();
        let mut tx = self.control().await?;
        // The lock on the tenant's row keeps an erasure from leaving an anchor behind.
        if tx.row("SELECT 1 FROM tenants WHERE id = $1 FOR KEY SHARE", &[&id]).await?.is_none() {
            return Ok(Anchored::Gone);
        }
        tx.execute(
            "INSERT INTO audit_anchors (tenant_id, seq, hash, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            &[&id, &seq, &hash, &self.inner.world.now()],
        )
        .await?;
        let kept = tx
            .row("SELECT hash = $3 FROM audit_anchors WHERE tenant_id = $1 AND seq = $2", &[&id, &seq, &hash])
            .await?;
        tx.execute(
            "DELETE FROM audit_anchors WHERE tenant_id = $1 AND seq < (SELECT min(seq) FROM ( \
                 SELECT seq FROM audit_anchors WHERE tenant_id = $1 ORDER BY seq DESC LIMIT $2) AS newest)",
            &[&id, &KEPT],
        )
        .await?;
        tx.commit().await?;
        Ok(if kept.is_some_and(|row| row.get(0)) { Anchored::Kept } else { Anchored::Contrary })
    }

    /// Takes the `most` tenants whose audit chains nobody has followed for the longest time.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn audit_patrol(&self, most: i64) -> Result<Vec<TenantId>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "WITH due AS (SELECT t.id FROM tenants t LEFT JOIN audit_patrols p ON p.tenant_id = t.id \
                               WHERE t.status IN ('active', 'suspended', 'deleted') \
                               ORDER BY p.looked_at NULLS FIRST, t.id LIMIT $1 FOR KEY SHARE OF t) \
                 INSERT INTO audit_patrols (tenant_id, looked_at) SELECT id, $2 FROM due \
                 ON CONFLICT (tenant_id) DO UPDATE SET looked_at = excluded.looked_at RETURNING tenant_id",
                &[&most, &self.inner.world.now()],
            )
            .await?;
        let tenants = rows.iter().map(|row| TenantId::from_uuid(row.get(0))).collect();
        tx.commit().await?;
        Ok(tenants)
    }
}
