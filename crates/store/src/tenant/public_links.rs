//! Public links to a tenant's dashboards. Of a link's secret only the SHA-256 is kept; it is compared in constant time.
//! Tested in `server/tests/it/embeds.rs`.

use insula_model::policy::action::{PublicLinkCreate, PublicLinkDelete};
use insula_model::public_link::MAX_PUBLIC_LINKS;
use insula_model::{DashboardId, Error, Mode, PublicLink, PublicLinkId, Result, Write, problem};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::json_of;
use crate::{Permit, TenantTx};

/// The public links of a transaction's tenant.
pub struct PublicLinks<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The public links.
    pub fn public_links(&mut self) -> PublicLinks<'_, 'op, M> {
        PublicLinks(self)
    }
}

/// Columns 0 to 6.
fn link(row: &Row) -> Result<PublicLink> {
    Ok(PublicLink {
        id: PublicLinkId::from_uuid(row.get(0)),
        dashboard: DashboardId::from_uuid(row.get(1)),
        name: row.get(2),
        filters: json_of(row, 3)?,
        created_at: row.get(4),
        created_by: row.get(5),
        expires_at: row.get(6),
    })
}

impl<M: Mode> PublicLinks<'_, '_, M> {
    /// Links in the order in which they were made, after `after`.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self, after: Option<PublicLinkId>, limit: u32) -> Result<Vec<PublicLink>> {
        let rows = self
            .0
            .rows(
                "SELECT id, dashboard_id, name, filters, created_at, created_by, expires_at FROM public_links \
                  WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2",
                &[&after.map(PublicLinkId::uuid), &i64::from(limit)],
            )
            .await?;
        rows.iter().map(link).collect()
    }

    /// The link of a text whose shape was read already, if the text is the right one; and whether its dashboard is
    /// still there.
    pub(crate) async fn of_text(
        &mut self,
        id: PublicLinkId,
        text: &str,
    ) -> Result<Option<(PublicLink, bool)>> {
        let row = self
            .0
            .row(
                "SELECT id, dashboard_id, name, filters, created_at, created_by, expires_at, secret_hash, \
                        EXISTS (SELECT FROM dashboards d WHERE d.id = l.dashboard_id) \
                   FROM public_links l WHERE id = $1",
                &[&id.uuid()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let right: bool = Sha256::digest(text.as_bytes()).as_slice().ct_eq(row.get::<_, &[u8]>(7)).into();
        if !right {
            return Ok(None);
        }
        let link = link(&row)?;
        let there = row.get(8) || self.0.is_published(link.dashboard).await;
        Ok(Some((link, there)))
    }
}

impl PublicLinks<'_, '_, Write> {
    /// Writes a link down.
    ///
    /// # Errors
    /// `limit.reached` when the tenant has its number.
    pub async fn create(
        &mut self,
        permit: &Permit<'_, PublicLinkCreate>,
        new: &PublicLink,
        text: &str,
    ) -> Result<()> {
        self.0.hold_catalogue().await?;
        let count = self.0.row("SELECT count(*) FROM public_links", &[]).await?;
        let count = count.map_or(0, |row| row.get::<_, i64>(0));
        if usize::try_from(count).unwrap_or_default() >= MAX_PUBLIC_LINKS {
            let detail =
                format!("A workspace has at most {MAX_PUBLIC_LINKS} public links. Withdraw one first.");
            return Err(Error::new(problem::LIMIT, detail));
        }
        self.0
            .execute(
                "INSERT INTO public_links (tenant_id, id, dashboard_id, name, secret_hash, filters, created_by, created_at, \
                        expires_at) VALUES (wall.tenant(), $1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    &new.id.uuid(),
                    &new.dashboard.uuid(),
                    &new.name,
                    &Sha256::digest(text.as_bytes()).as_slice(),
                    &Json(&new.filters),
                    &new.created_by,
                    &new.created_at,
                    &new.expires_at,
                ],
            )
            .await?;
        let detail = json!({ "name": new.name, "dashboard": new.dashboard, "expires_at": new.expires_at });
        self.0.used(permit, new.id, &detail)
    }

    /// Withdraws a link. The caller tells the nodes after the commit.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete(&mut self, permit: &Permit<'_, PublicLinkDelete>, id: PublicLinkId) -> Result<()> {
        let row = self
            .0
            .row("DELETE FROM public_links WHERE id = $1 RETURNING name", &[&id.uuid()])
            .await?
            .ok_or_else(|| Error::not_found("public link", id))?;
        self.0.used(permit, id, &json!({ "name": row.get::<_, &str>(0) }))
    }
}
