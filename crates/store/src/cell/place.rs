//! Making, opening and removing the place where a tenant's data lives. Every change names the fencing token of
//! the operation that makes it; a worker that was taken over is refused by the database.

use insula_model::{Placement, Result, TenantId, Tier};
use tokio_postgres::Client;

use super::strays::role_mark;
use super::{ADMIN, APP, Cell, OWNER, POOLED, TENANT_SCHEMA};
use crate::dial::dial;
use crate::failure::failure;
use crate::migrate::{Target, batch, step_sql};
use crate::name::Name;

/// The token of a leased operation: rises with every lease, and is made by nothing else.
///
/// ```compile_fail
/// // refused: private
/// fn higher() -> insula_store::Fence { insula_store::Fence(i64::MAX) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fence(pub(crate) i64);

/// One tenant's place in one cell, with the right to change it.
pub struct Place<'c> {
    pub(crate) cell: &'c Cell,
    pub(crate) tenant: TenantId,
    pub(crate) placement: Placement,
    pub(crate) fence: Fence,
}

impl Place<'_> {
    fn guard(&self) -> String {
        format!("SELECT wall.enter_operation('{}', {});", self.tenant.uuid(), self.fence.0)
    }

    fn make_role(&self, role: &Name) -> String {
        let mark = role_mark(&self.cell.spec.shared_database).replace('\'', "''");
        format!(
            "DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN \
             CREATE ROLE {role} NOLOGIN; GRANT {role} TO {APP}; COMMENT ON ROLE {role} IS '{mark}'; END IF; END $do$;"
        )
    }

    /// Makes it: nothing for pooled tenants, a role and a schema, or a role and a database. Doing it again
    /// changes nothing.
    ///
    /// # Errors
    /// `operation.fenced`; `database.down`.
    pub async fn create(&self) -> Result<()> {
        match self.placement.tier {
            Tier::Pooled => self.shared(&self.guard()).await,
            Tier::Schema => self.create_schema().await,
            Tier::Database => self.create_database().await,
        }
    }

    async fn create_schema(&self) -> Result<()> {
        let (schema, role) = (Name::new(&self.placement.schema)?, Name::new(&self.placement.role)?);
        let admin = self.cell.lend_admin().await?;
        let there = admin
            .client
            .query_one("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", &[&schema.as_str()])
            .await
            .map_err(|e| failure(&e))?
            .get::<_, bool>(0);
        if there {
            return self.shared(&self.guard()).await;
        }
        let target = Target { schema: schema.clone(), role: role.clone() };
        let migrations: String =
            self.cell.migrations.migrations.iter().map(|m| step_sql(&target, schema.as_str(), m)).collect();
        let sql = format!(
            "BEGIN; {make_role} SET LOCAL ROLE {OWNER}; {guard} SET LOCAL client_min_messages = warning; \
             CREATE SCHEMA {schema}; {migrations} COMMIT;",
            make_role = self.make_role(&role),
            guard = self.guard(),
        );
        batch(&admin.client, &sql).await.map_err(|e| failure(&e))
    }

    async fn create_database(&self) -> Result<()> {
        let (database, role) = (Name::new(&self.placement.database)?, Name::new(&self.placement.role)?);
        let template = Name::new(&self.cell.spec.template_database)?;
        self.alone(async |admin| {
            self.shared_on(admin, &format!("{} RESET ROLE; {}", self.guard(), self.make_role(&role))).await?;
            let there = admin
                .query_one(
                    "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)",
                    &[&database.as_str()],
                )
                .await
                .map_err(|e| failure(&e))?
                .get::<_, bool>(0);
            if !there {
                let create = format!("CREATE DATABASE {database} TEMPLATE {template} OWNER {OWNER}");
                admin.batch_execute(&create).await.map_err(|e| failure(&e))?;
            }
            self.shared_on(
                admin,
                &format!(
                    "REVOKE ALL ON DATABASE {database} FROM PUBLIC; \
                     GRANT CONNECT ON DATABASE {database} TO {APP}, {ADMIN};"
                ),
            )
            .await
        })
        .await?;
        self.inside(&format!("CALL wall.hand_over('{TENANT_SCHEMA}', '{POOLED}', '{role}');")).await
    }

    async fn drop_database(&self) -> Result<()> {
        let (database, role) = (Name::new(&self.placement.database)?, Name::new(&self.placement.role)?);
        self.cell.forget_database(database.as_str());
        self.alone(async |admin| {
            self.shared_on(admin, &self.guard()).await?;
            // As the owner, who may drop it and end the connections of other nodes to it.
            admin.batch_execute(&format!("SET ROLE {OWNER}")).await.map_err(|e| failure(&e))?;
            let dropped =
                admin.batch_execute(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")).await;
            admin.batch_execute("RESET ROLE").await.map_err(|e| failure(&e))?;
            dropped.map_err(|e| failure(&e))?;
            self.shared_on(admin, &format!("RESET ROLE; {}", drop_role(&role))).await
        })
        .await
    }

    /// Does what PostgreSQL cannot do inside a transaction while nobody else does so for this tenant. A worker that
    /// was taken over in the middle of `CREATE DATABASE` keeps the lock until the server has finished it, so that
    /// whoever undoes it finds it.
    async fn alone(&self, work: impl AsyncFnOnce(&Client) -> Result<()>) -> Result<()> {
        let spec = &self.cell.spec;
        let admin =
            dial(&spec.address, &spec.admin, &spec.shared_database, "insula operation", &self.cell.tasks)
                .await?;
        let key = self.tenant.uuid().to_string();
        admin
            .query("SELECT pg_advisory_lock(hashtextextended($1, 1))", &[&key])
            .await
            .map_err(|e| failure(&e))?;
        // The lock ends with the connection.
        work(&admin).await
    }

    /// Says whether this is where the tenant lives, and whether people may write to it.
    ///
    /// # Errors
    /// `operation.fenced`; `database.down`.
    pub async fn settle(&self, open: bool) -> Result<()> {
        let schema = Name::new(&self.placement.schema)?;
        let (tenant, epoch) = (self.tenant.uuid(), self.placement.epoch);
        let sql = format!(
            "SELECT set_config('insula.tenant', '{tenant}', true); SET LOCAL search_path = {schema}; \
             SELECT pg_advisory_xact_lock(hashtextextended('{tenant}', 0)); \
             INSERT INTO tenancy (tenant_id, epoch, open) VALUES ('{tenant}', {epoch}, {open}) \
                 ON CONFLICT (tenant_id) DO UPDATE SET epoch = excluded.epoch, open = excluded.open;"
        );
        self.inside(&sql).await
    }

    /// Removes it with everything in it. Doing it again changes nothing.
    ///
    /// # Errors
    /// `operation.fenced`; `database.down`.
    pub async fn remove(&self) -> Result<()> {
        let role = Name::new(&self.placement.role)?;
        match self.placement.tier {
            Tier::Pooled => self.erase_rows().await,
            Tier::Schema => {
                let schema = Name::new(&self.placement.schema)?;
                self.shared(&format!(
                    "{guard} DROP SCHEMA IF EXISTS {schema} CASCADE; \
                     DELETE FROM book.migrations WHERE target = '{schema}'; \
                     DELETE FROM wall.protected WHERE schema_name = '{schema}'; RESET ROLE; {drop_role}",
                    guard = self.guard(),
                    drop_role = drop_role(&role),
                ))
                .await
            }
            Tier::Database => self.drop_database().await,
        }
    }

    /// The rows of a pooled tenant, table by table.
    async fn erase_rows(&self) -> Result<()> {
        let schema = Name::new(&self.placement.schema)?;
        let tenant = self.tenant.uuid();
        let admin = self.cell.lend_admin().await?;
        let tables = admin
            .client
            .query("SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'", &[
                &schema.as_str(),
            ])
            .await
            .map_err(|e| failure(&e))?;
        let deletes: String = tables
            .iter()
            .map(|row| {
                let all = |table| format!("DELETE FROM {schema}.{table} WHERE tenant_id = '{tenant}';");
                Name::new(row.get::<_, String>(0)).map(all)
            })
            .collect::<Result<_>>()?;
        drop(admin);
        // Row security is forced on the owner too: without the setting nothing would be deleted. The condition is for the
        // day on which a wall is missing: nobody else's rows go. Twice: that rows are gone may be noted in a table that was
        // emptied before.
        self.shared(&format!(
            "{} SELECT set_config('insula.tenant', '{tenant}', true); {deletes} {deletes}",
            self.guard()
        ))
        .await
    }

    /// Runs statements in the shared database as the owner, in one transaction.
    async fn shared(&self, sql: &str) -> Result<()> {
        let admin = self.cell.lend_admin().await?;
        self.shared_on(&admin.client, sql).await
    }

    async fn shared_on(&self, admin: &Client, sql: &str) -> Result<()> {
        batch(admin, &format!("BEGIN; SET LOCAL ROLE {OWNER}; {sql} COMMIT;")).await.map_err(|e| failure(&e))
    }

    /// Runs statements where the tenant's tables are, as the owner, in one transaction.
    async fn inside(&self, sql: &str) -> Result<()> {
        let sql = format!("BEGIN; SET LOCAL ROLE {OWNER}; {} {sql} COMMIT;", self.guard());
        if self.placement.tier == Tier::Database {
            let own = self.own_database().await?;
            return batch(&own, &sql).await.map_err(|e| failure(&e));
        }
        let admin = self.cell.lend_admin().await?;
        batch(&admin.client, &sql).await.map_err(|e| failure(&e))
    }

    async fn own_database(&self) -> Result<Client> {
        let spec = &self.cell.spec;
        let database = Name::new(&self.placement.database)?;
        dial(&spec.address, &spec.admin, database.as_str(), "insula operation", &self.cell.tasks).await
    }
}

fn drop_role(role: &Name) -> String {
    format!(
        "DO $do$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN \
         DROP ROLE {role}; END IF; END $do$;"
    )
}
