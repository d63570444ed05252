//! Who may frame a tenant's dashboards. Without a row nobody may.

use insula_model::policy::action::EmbeddingUpdate;
use insula_model::{Embedding, Mode, Result, Write};
use serde_json::json;

use super::expect_version;
use crate::{Permit, TenantTx};

/// Who may frame the dashboards of a transaction's tenant.
pub struct Framing<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// Who may frame its dashboards.
    pub fn embedding(&mut self) -> Framing<'_, 'op, M> {
        Framing(self)
    }
}

impl<M: Mode> Framing<'_, '_, M> {
    /// The list.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn view(&mut self) -> Result<Embedding> {
        let row = self.0.row("SELECT origins, version FROM embedding", &[]).await?;
        Ok(row.map_or_else(
            || Embedding { origins: Vec::new(), version: 1 },
            |row| Embedding { origins: row.get(0), version: row.get(1) },
        ))
    }
}

impl Framing<'_, '_, Write> {
    /// Puts another list in its place.
    ///
    /// # Errors
    /// `version.required`, `version.stale`.
    pub async fn update(
        &mut self,
        permit: &Permit<'_, EmbeddingUpdate>,
        expected: Option<i64>,
        origins: &[String],
    ) -> Result<Embedding> {
        self.0.hold_catalogue().await?;
        let before = self.view().await?;
        expect_version(expected, before.version)?;
        let version = before.version + 1;
        self.0
            .execute(
                "INSERT INTO embedding (tenant_id, origins, version) VALUES (wall.tenant(), $1, $2) \
                 ON CONFLICT (tenant_id) DO UPDATE SET origins = excluded.origins, version = excluded.version, \
                     updated_at = clock_timestamp()",
                &[&origins, &version],
            )
            .await?;
        self.0.used(permit, "embedding", &json!({ "origins": origins, "version": version }))?;
        Ok(Embedding { origins: origins.to_vec(), version })
    }
}
