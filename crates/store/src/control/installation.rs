//! The installation as a whole: what all nodes share, and whether everything that a node needs answers.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use insula_model::policy::operator_action::{StatusView, TenantList};
use insula_model::{Error, Result, TenantRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Alarm;
use crate::Store;
use crate::scope::OperatorPermit;

/// The state of the installation, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstallationStatus {
    /// The server of the control database.
    pub postgres: PostgresStatus,
    /// Tenants.
    pub tenants: TenantCounts,
    /// Jobs.
    pub jobs: JobCounts,
    /// Operations.
    pub operations: OperationCounts,
    /// What needs a person, the oldest first; at most 100.
    pub alarms: Vec<Alarm>,
}

/// A PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostgresStatus {
    /// `15.20`.
    pub version: String,
}

/// How many tenants there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantCounts {
    /// Of each status.
    pub by_status: BTreeMap<String, i64>,
    /// Of each tier.
    pub by_tier: BTreeMap<String, i64>,
}

/// How many jobs there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobCounts {
    /// Waiting or under way.
    pub queued: i64,
    /// Given up.
    pub failed: i64,
}

/// How many operations there are that have not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationCounts {
    /// Waiting or under way.
    pub running: i64,
    /// That need a person.
    pub stuck: i64,
}

impl Store {
    /// The secret that cursors of lists are sealed with. The same on every node.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn cursor_secret(&self) -> Result<String> {
        let mut tx = self.control().await?;
        tx.row("SELECT secrets ->> 'cursor' FROM installation", &[])
            .await?
            .and_then(|row| row.get(0))
            .ok_or_else(|| Error::internal("the installation has no secret for cursors"))
    }

    /// Whether this node can serve: the control database and every cell answer, and nothing that it serves lacks a
    /// migration. (The control database's own were applied when the store was opened.)
    ///
    /// # Errors
    /// `database.down` or what else is the matter; which server it is stands in the private half.
    pub async fn ready(&self) -> Result<()> {
        let mut tx = self.control().await?;
        tx.row("SELECT 1 FROM installation", &[]).await.map_err(|e| e.context("the control database"))?;
        let cells = self.inner.cells.read().unwrap_or_else(PoisonError::into_inner).clone();
        for (name, cell) in cells {
            cell.ready().await.map_err(|e| e.context(format!("cell {name}")))?;
        }
        Ok(())
    }

    /// The state of the installation.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn status_view(&self, permit: &OperatorPermit<'_, StatusView>) -> Result<InstallationStatus> {
        let alarms = self.alarm_list(permit).await?;
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "SELECT split_part(current_setting('server_version'), ' ', 1), \
                        (SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')), \
                        (SELECT count(*) FROM jobs WHERE state = 'failed'), \
                        (SELECT count(*) FROM operations WHERE status IN ('queued', 'running', 'unwinding')), \
                        (SELECT count(*) FROM operations WHERE status = 'stuck')",
                &[],
            )
            .await?
            .ok_or_else(|| Error::internal("no row"))?;
        let counts = tx
            .rows(
                "SELECT t.status, p.tier, count(*) FROM tenants t JOIN placements p ON p.tenant_id = t.id \
                  GROUP BY t.status, p.tier",
                &[],
            )
            .await?;
        let mut tenants = TenantCounts::default();
        for count in counts {
            let (status, tier, n): (String, String, i64) = (count.get(0), count.get(1), count.get(2));
            *tenants.by_status.entry(status).or_default() += n;
            *tenants.by_tier.entry(tier).or_default() += n;
        }
        Ok(InstallationStatus {
            postgres: PostgresStatus { version: row.get(0) },
            tenants,
            jobs: JobCounts { queued: row.get(1), failed: row.get(2) },
            operations: OperationCounts { running: row.get(3), stuck: row.get(4) },
            alarms,
        })
    }

    /// The migration that a tenant's tables are at.
    ///
    /// # Errors
    /// `database.down`; `cell.unknown`.
    pub async fn schema_version(
        &self,
        _: &OperatorPermit<'_, TenantList>,
        record: &TenantRecord,
    ) -> Result<i32> {
        self.cell(&record.placement.cell).await?.schema_version(&record.placement).await
    }
}
