//! Every place of every cell brought to the newest version, or looked at: what `insula migrate` and `insula up` do.
//!
//! What must always hold: one target that cannot be brought up to date holds up no other; a run that was interrupted is
//! simply run again; a tenant that is just being made is left to its operation. Tested in
//! `testkit/tests/it/migrate.rs`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};
use insula_model::{Result, TenantId, Tier};
use serde::Serialize;

use crate::Store;
use crate::cell::{CellSpec, POOLED, TENANT_SCHEMA};
use crate::dial::dial;
use crate::failure::failure;
use crate::install::{migrate_control, migrate_data};
use crate::migrate::{Target, TargetFailure, versions};
use crate::name::Name;

/// Databases that are worked on at once: each needs a connection of its own.
pub(crate) const AT_ONCE: usize = 4;

/// What a run did, or what a look found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MigrationReport {
    /// The newest version of tenants' tables.
    pub latest: i32,
    /// By cell and database.
    pub databases: Vec<DatabaseReport>,
    /// Targets that are kept aside for a person.
    pub failed: Vec<TargetFailure>,
}

/// One database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DatabaseReport {
    /// The cell.
    pub cell: String,
    /// The database.
    pub database: String,
    /// Schemas in it that have tenants' tables.
    pub targets: u64,
    /// How many of them got a migration.
    pub changed: u64,
    /// How many are not at the newest version.
    pub behind: u64,
}

impl MigrationReport {
    /// Targets that were looked at.
    #[must_use]
    pub fn targets(&self) -> u64 {
        self.databases.iter().map(|d| d.targets).sum()
    }

    /// Targets that got a migration.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.databases.iter().map(|d| d.changed).sum()
    }

    pub(crate) fn collect(
        latest: i32,
        reports: Vec<Result<(DatabaseReport, Vec<TargetFailure>)>>,
    ) -> Result<Self> {
        let mut whole = Self { latest, ..Self::default() };
        for report in reports {
            let (database, failed) = report?;
            whole.databases.push(database);
            whole.failed.extend(failed);
        }
        whole.databases.sort();
        Ok(whole)
    }
}

/// One database and the targets in it.
pub(crate) struct Job {
    pub(crate) cell: CellSpec,
    pub(crate) database: Name,
    pub(crate) targets: Vec<Target>,
    /// Whose they are, by schema; the pooled one is nobody's.
    pub(crate) tenants: HashMap<String, TenantId>,
}

impl Store {
    /// Brings the control database, and every target of every cell, to the newest version. `progress` hears how many
    /// targets are done, and of how many.
    ///
    /// # Errors
    /// `database.down`; `settings.invalid` when the data belongs to another binary. Targets that fail by themselves are
    /// listed in the report.
    pub async fn migrate_all(&self, progress: impl Fn(usize, usize)) -> Result<MigrationReport> {
        migrate_control(&self.inner.control_spec, &self.inner.tasks).await?;
        let jobs = self.migration_jobs().await?;
        let total = jobs.iter().map(|job| job.targets.len()).sum();
        let done = AtomicUsize::new(0);
        let (done, progress) = (&done, &progress);
        let working = stream::iter(jobs).map(async |job| {
            let mut before = 0;
            self.migrate_job(job, |now| {
                let sum = done.fetch_add(now - before, Ordering::Relaxed) + now - before;
                before = now;
                progress(sum, total);
            })
            .await
        });
        MigrationReport::collect(
            self.inner.migrations.latest(),
            working.buffer_unordered(AT_ONCE).collect().await,
        )
    }

    /// Says what [`Store::migrate_all`] would have to do, and changes nothing.
    ///
    /// # Errors
    /// `database.down`; `settings.invalid` when the data belongs to another binary.
    pub async fn migration_status(&self) -> Result<MigrationReport> {
        let jobs = self.migration_jobs().await?;
        let looking = stream::iter(jobs).map(async |job| self.look_at_job(job).await);
        let looks = looking.buffer_unordered(AT_ONCE).collect().await;
        let mut report = MigrationReport::collect(self.inner.migrations.latest(), looks)?;
        report.failed = self.place_failures().await?;
        Ok(report)
    }

    /// The databases of all cells: the template, the shared one, and those of tenants with an own database.
    async fn migration_jobs(&self) -> Result<Vec<Job>> {
        let mut jobs = Vec::new();
        let pooled = || Ok(Target { schema: Name::new(TENANT_SCHEMA)?, role: Name::new(POOLED)? });
        for cell in self.read_cells().await? {
            let mut databases: BTreeMap<String, (Vec<Target>, HashMap<String, TenantId>)> = BTreeMap::new();
            databases.insert(cell.template_database.clone(), (vec![pooled()?], HashMap::new()));
            databases.insert(cell.shared_database.clone(), (vec![pooled()?], HashMap::new()));
            let mut tx = self.control().await?;
            let placements = tx
                .rows(
                    "SELECT p.database_name, p.schema_name, p.role_name, p.tenant_id FROM placements p \
                       JOIN tenants t ON t.id = p.tenant_id \
                      WHERE p.cell = $1 AND p.tier <> $2 AND t.status NOT IN ('provisioning', 'erasing') \
                      ORDER BY p.tenant_id",
                    &[&cell.name, &Tier::Pooled.as_str()],
                )
                .await?;
            for row in placements {
                let target = Target {
                    schema: Name::new(row.get::<_, String>(1))?,
                    role: Name::new(row.get::<_, String>(2))?,
                };
                let (targets, tenants) = databases.entry(row.get(0)).or_default();
                tenants.insert(target.schema.to_string(), TenantId::from_uuid(row.get(3)));
                targets.push(target);
            }
            for (database, (targets, tenants)) in databases {
                jobs.push(Job { cell: cell.clone(), database: Name::new(&database)?, targets, tenants });
            }
        }
        Ok(jobs)
    }

    pub(crate) async fn migrate_job(
        &self,
        job: Job,
        progress: impl FnMut(usize),
    ) -> Result<(DatabaseReport, Vec<TargetFailure>)> {
        let Job { cell, database, targets, tenants } = job;
        let client =
            dial(&cell.address, &cell.admin, database.as_str(), "insula migrate", &self.inner.tasks).await?;
        let set = &self.inner.migrations;
        let outcome = migrate_data(&client, database.as_str(), &targets, set, progress).await?;
        self.place_versions_note(&tenants, &outcome.failed).await?;
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let report = DatabaseReport {
            cell: cell.name,
            database: database.to_string(),
            targets: count(targets.len()),
            changed: count(outcome.changed),
            behind: count(outcome.failed.iter().map(|f| &f.target).collect::<HashSet<_>>().len()),
        };
        Ok((report, outcome.failed))
    }

    async fn look_at_job(&self, job: Job) -> Result<(DatabaseReport, Vec<TargetFailure>)> {
        let Job { cell, database, targets, .. } = job;
        let client =
            dial(&cell.address, &cell.admin, database.as_str(), "insula migrate", &self.inner.tasks).await?;
        let set = &*self.inner.migrations;
        let there: bool = client
            .query_one("SELECT to_regclass('book.migrations') IS NOT NULL", &[])
            .await
            .map_err(|e| failure(&e))?
            .get(0);
        let at = if there { versions(&client, set, None).await? } else { Default::default() };
        let behind =
            targets.iter().filter(|t| at.get(t.schema.as_str()).copied() != Some(set.latest())).count();
        let report = DatabaseReport {
            cell: cell.name,
            database: database.to_string(),
            targets: u64::try_from(targets.len()).unwrap_or(u64::MAX),
            changed: 0,
            behind: u64::try_from(behind).unwrap_or(u64::MAX),
        };
        Ok((report, Vec::new()))
    }
}
