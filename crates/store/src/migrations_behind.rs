//! Places that are behind this binary, brought up to date in the background a few at a time; and what is known of the
//! version of each.
//!
//! What must always hold: a place that fails is tried again ever more rarely, raises an alarm, keeps its version and
//! holds up no other; a place that is at the newest version costs nothing. Tested in `testkit/tests/it/migrate.rs`.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use insula_model::{Result, TenantId, Tier};
use uuid::Uuid;

use crate::cell::{CellSpec, POOLED, TENANT_SCHEMA};
use crate::migrate::{Target, TargetFailure};
use crate::migrations_all::{AT_ONCE, Job};
use crate::name::Name;
use crate::{AlarmKind, MigrationReport, Store};

/// How long a place that failed is left alone at most.
const RARELY: Duration = Duration::from_hours(6);

impl Store {
    /// Brings at most `most` tenants' places, and the cells' shared schemas, from an older version to this binary's.
    ///
    /// # Errors
    /// `database.down`. Places and databases that fail by themselves are noted and come again later.
    pub async fn migrate_behind(&self, most: i64) -> Result<MigrationReport> {
        let mut jobs = Vec::new();
        for cell in self.read_cells().await? {
            // Those who are served come first: a shared schema that is behind keeps the node from being ready.
            jobs.extend(self.shared_behind(&cell).await?);
            jobs.extend(self.tenants_behind(&cell, most).await?);
        }
        let working = stream::iter(jobs).map(async |job| {
            let (database, tenants) = (job.database.to_string(), job.tenants.clone());
            let done = self.migrate_job(job, |_| {}).await;
            match &done {
                Ok((_, failed)) => {
                    for failure in failed {
                        let TargetFailure { target, version, message, .. } = failure;
                        tracing::error!(database, target, version, message, "a place could not be migrated");
                    }
                }
                Err(error) => {
                    tracing::warn!(database, ?error, "a database could not be migrated");
                    self.place_versions_postpone(&tenants).await?;
                }
            }
            done
        });
        let done: Vec<_> = working.buffer_unordered(AT_ONCE).collect().await;
        let done = done.into_iter().filter(Result::is_ok).collect();
        MigrationReport::collect(self.inner.migrations.latest(), done)
    }

    async fn shared_behind(&self, spec: &CellSpec) -> Result<Vec<Job>> {
        let cell = self.cell(&spec.name).await?;
        if cell.shared_version().await? >= self.inner.migrations.latest() {
            return Ok(Vec::new());
        }
        // The template first: a tenant that is made meanwhile is then not behind at once.
        [&spec.template_database, &spec.shared_database]
            .into_iter()
            .map(|database| {
                let target = Target { schema: Name::new(TENANT_SCHEMA)?, role: Name::new(POOLED)? };
                let database = Name::new(database)?;
                Ok(Job { cell: spec.clone(), database, targets: vec![target], tenants: HashMap::new() })
            })
            .collect()
    }

    async fn tenants_behind(&self, cell: &CellSpec, most: i64) -> Result<Vec<Job>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT p.tenant_id, p.database_name, p.schema_name, p.role_name FROM placements p \
                   JOIN tenants t ON t.id = p.tenant_id LEFT JOIN place_versions v ON v.tenant_id = p.tenant_id \
                  WHERE p.cell = $1 AND p.tier <> $2 AND t.status NOT IN ('provisioning', 'erasing') \
                    AND coalesce(v.version, 0) < $3 AND (v.retry_at IS NULL OR v.retry_at <= $4) \
                  ORDER BY v.retry_at NULLS FIRST, p.tenant_id LIMIT $5",
                &[
                    &cell.name,
                    &Tier::Pooled.as_str(),
                    &self.inner.migrations.latest(),
                    &self.inner.world.now(),
                    &most,
                ],
            )
            .await?;
        drop(tx);
        let mut jobs: BTreeMap<String, Job> = BTreeMap::new();
        for row in rows {
            let database: String = row.get(1);
            let target = Target {
                schema: Name::new(row.get::<_, String>(2))?,
                role: Name::new(row.get::<_, String>(3))?,
            };
            let name = Name::new(&database)?;
            let job = jobs.entry(database).or_insert_with(|| Job {
                cell: cell.clone(),
                database: name,
                targets: Vec::new(),
                tenants: HashMap::new(),
            });
            job.tenants.insert(target.schema.to_string(), TenantId::from_uuid(row.get(0)));
            job.targets.push(target);
        }
        Ok(jobs.into_values().collect())
    }

    /// Notes what came of migrating some tenants' places.
    pub(crate) async fn place_versions_note(
        &self,
        tenants: &HashMap<String, TenantId>,
        failed: &[TargetFailure],
    ) -> Result<()> {
        if tenants.is_empty() {
            return Ok(());
        }
        let failed: HashMap<TenantId, i32> =
            failed.iter().filter_map(|f| tenants.get(&f.target).map(|tenant| (*tenant, f.version))).collect();
        let whole: Vec<Uuid> =
            tenants.values().filter(|id| !failed.contains_key(id)).map(|id| id.uuid()).collect();
        let mut tx = self.control().await?;
        let healed = tx
            .rows(
                "SELECT tenant_id FROM place_versions WHERE tenant_id = ANY($1) AND failures > 0",
                &[&whole],
            )
            .await?;
        tx.execute(
            "INSERT INTO place_versions (tenant_id, version) SELECT id, $2 FROM tenants WHERE id = ANY($1) ORDER BY id \
             ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, failures = 0, retry_at = NULL",
            &[&whole, &self.inner.migrations.latest()],
        )
        .await?;
        tx.commit().await?;
        for row in healed {
            let tenant = TenantId::from_uuid(row.get(0));
            self.alarm_clear(AlarmKind::Schema, &tenant.to_string()).await?;
        }
        for (tenant, version) in failed {
            self.place_version_failed(tenant, Some(version - 1)).await?;
            let detail = format!(
                "Migration {version} of its place fails; what it has stays at version {}. The log says why, and so does \
                 `insula migrate`.",
                version - 1
            );
            self.alarm_raise_tenant(AlarmKind::Schema, tenant, &detail).await?;
        }
        Ok(())
    }

    /// Leaves places alone for a while whose database could not be worked on at all.
    async fn place_versions_postpone(&self, tenants: &HashMap<String, TenantId>) -> Result<()> {
        for tenant in tenants.values() {
            self.place_version_failed(*tenant, None).await?;
        }
        Ok(())
    }

    async fn place_version_failed(&self, tenant: TenantId, version: Option<i32>) -> Result<()> {
        let rarely = i64::try_from(RARELY.as_secs()).unwrap_or(i64::MAX);
        let mut tx = self.control().await?;
        tx.execute(
            "INSERT INTO place_versions AS v (tenant_id, version, failures, retry_at) \
             SELECT id, coalesce($2, 0), 1, $3::timestamptz + interval '1 minute' FROM tenants WHERE id = $1 \
             ON CONFLICT (tenant_id) DO UPDATE SET version = coalesce($2, v.version), failures = v.failures + 1, \
                 retry_at = $3::timestamptz + least(60 * 2 ^ least(v.failures, 20), $4::int8) * interval '1 second'",
            &[&tenant.uuid(), &version, &self.inner.world.now(), &rarely],
        )
        .await?;
        tx.commit().await
    }

    /// Places that failed when they were last tried.
    pub(crate) async fn place_failures(&self) -> Result<Vec<TargetFailure>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT p.database_name, p.schema_name, v.version + 1, v.failures FROM place_versions v \
                   JOIN placements p ON p.tenant_id = v.tenant_id WHERE v.failures > 0 ORDER BY 1, 2",
                &[],
            )
            .await?;
        let failure = |row: &tokio_postgres::Row| TargetFailure {
            database: row.get(0),
            target: row.get(1),
            version: row.get(2),
            message: format!(
                "failed {} times; `insula migrate` tries again and says why",
                row.get::<_, i32>(3)
            ),
        };
        Ok(rows.iter().map(failure).collect())
    }
}
