//! What a tenant's dashboards were before.
//!
//! What must always hold: whatever a dashboard shows is kept as a version in the transaction that made it so; of one
//! dashboard at most [`MAX_DASHBOARD_VERSIONS`] are kept; versions go with their dashboard. Tested in
//! `platform/tests/it/dashboard_versions.rs`.

use insula_model::dashboard_version::MAX_DASHBOARD_VERSIONS;
use insula_model::policy::action::DashboardRestore as Restore;
use insula_model::{
    Dashboard, DashboardConfig, DashboardId, DashboardInput, DashboardRestore, DashboardVersion, Error, Mode,
    Result, Write,
};
use jiff::Timestamp;
use serde_json::json;
use tokio_postgres::Row;

use super::dashboards::{Dashboards, absent};
use super::json_of;
use crate::Permit;

/// Columns 0 to 5.
fn version(row: &Row, config: Option<DashboardConfig>) -> DashboardVersion {
    DashboardVersion {
        version: row.get(0),
        name: row.get(1),
        description: row.get(2),
        note: row.get(3),
        author: row.get(4),
        created_at: row.get(5),
        config,
    }
}

impl<M: Mode> Dashboards<'_, '_, M> {
    /// The versions of one dashboard without what they showed, the newest first, below number `before`.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn versions(
        &mut self,
        id: DashboardId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<DashboardVersion>> {
        let rows = self
            .0
            .rows(
                "SELECT v.version, v.name, v.description, v.note, v.author, v.created_at FROM dashboards b \
                   LEFT JOIN LATERAL (SELECT * FROM dashboard_versions v WHERE v.dashboard_id = b.id \
                               AND ($2::bigint IS NULL OR v.version < $2) ORDER BY v.version DESC LIMIT $3) v ON true \
                  WHERE b.id = $1 ORDER BY v.version DESC",
                &[&id.uuid(), &before, &i64::from(limit)],
            )
            .await?;
        if rows.is_empty() {
            // A template of which nothing was changed has no past here.
            let reaches = self.0.templates().await.of(id).is_some_and(|p| p.reaches(self.0.tenant_record()));
            return if reaches { Ok(Vec::new()) } else { Err(absent(id)) };
        }
        // A dashboard without versions is one row that has nothing of a version.
        Ok(rows
            .iter()
            .filter(|row| row.get::<_, Option<i64>>(0).is_some())
            .map(|r| version(r, None))
            .collect())
    }

    /// One version with what it showed.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn version(&mut self, id: DashboardId, number: i64) -> Result<DashboardVersion> {
        let row = self
            .0
            .row(
                "SELECT version, name, description, note, author, created_at, config FROM dashboard_versions \
                  WHERE dashboard_id = $1 AND version = $2",
                &[&id.uuid(), &number],
            )
            .await?;
        match row {
            Some(row) => Ok(version(&row, Some(json_of(&row, 6)?))),
            // The same words for a dashboard that is not there whether or not a version is asked for.
            None => self.view(id).await.and(Err(Error::not_found("version", number))),
        }
    }
}

impl Dashboards<'_, '_, Write> {
    /// Shows a version again: what is there now becomes a version as well.
    ///
    /// # Errors
    /// `not_found`; `version.required`, `version.stale`.
    pub async fn restore(
        &mut self,
        permit: &Permit<'_, Restore>,
        id: DashboardId,
        expected: Option<i64>,
        wanted: &DashboardRestore,
        now: Timestamp,
    ) -> Result<Dashboard> {
        let DashboardVersion { name, description, config, .. } = self.version(id, wanted.version).await?;
        let config = config.ok_or_else(|| Error::internal("a version without a configuration"))?;
        let note = wanted.note.clone().unwrap_or_else(|| format!("As in version {}", wanted.version));
        let input = DashboardInput { name, description, config, note: Some(note) };
        let changed = self.change(id, expected, &input, now).await?;
        let detail = json!({ "name": input.name, "version": changed.version, "restored": wanted.version });
        self.0.used(permit, id, &detail)?;
        Ok(changed)
    }

    /// Keeps what a dashboard is now as a version, unless it is kept already. For those who hold the dashboard's row.
    pub(super) async fn keep(
        &mut self,
        id: DashboardId,
        note: Option<&str>,
        author: Option<&str>,
    ) -> Result<()> {
        self.0
            .execute(
                "INSERT INTO dashboard_versions (tenant_id, dashboard_id, version, name, description, config, note, \
                                                 author, created_at) \
                 SELECT wall.tenant(), id, version, name, description, config, $2, $3, updated_at FROM dashboards \
                  WHERE id = $1 ON CONFLICT (tenant_id, dashboard_id, version) DO NOTHING",
                &[&id.uuid(), &note, &author],
            )
            .await?;
        let most = i64::try_from(MAX_DASHBOARD_VERSIONS).unwrap_or(i64::MAX);
        self.0
            .execute(
                "DELETE FROM dashboard_versions WHERE dashboard_id = $1 AND version <= \
                   (SELECT version FROM dashboard_versions WHERE dashboard_id = $1 \
                     ORDER BY version DESC OFFSET $2 LIMIT 1)",
                &[&id.uuid(), &most],
            )
            .await?;
        // It may have another name.
        self.0.datasets().raise_counted().await
    }

    /// Forgets what hangs on dashboards that are gone: their versions, whose favourites they were, which one opened first,
    /// and what was answered with their names. For those who hold the catalogue.
    pub(super) async fn forget(&mut self, of: &[uuid::Uuid]) -> Result<()> {
        self.0.execute("DELETE FROM dashboard_versions WHERE dashboard_id = ANY($1)", &[&of]).await?;
        self.0.execute("DELETE FROM favourites WHERE dashboard_id = ANY($1)", &[&of]).await?;
        self.appoint_first().await?;
        self.0.datasets().raise_counted().await
    }
}
