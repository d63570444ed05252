//! Cells: the PostgreSQL servers that hold tenants' data, and the connections to them.
//!
//! Connections are kept near their tenants. Pooled tenants share one pool. Schema tenants share a fixed number
//! of lanes, each tenant always on the same one, because a backend keeps memory for every schema that it has
//! touched. Each tenant with a database of its own has a small pool there; all of these share one number of
//! connections.

mod databases;
mod place;
pub(crate) mod roles;
pub(crate) mod strays;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use insula_model::{Error, Placement, Result, TenantId, Tier, problem};
use serde::{Deserialize, Serialize};

use databases::Databases;
pub use place::{Fence, Place};
pub use roles::Roles;
pub(crate) use roles::{ADMIN, APP, CONTROL, OWNER, POOLED};

use crate::dial::{Address, Login, dial};
use crate::failure::failure;
use crate::migrate::MigrationSet;
use crate::name::Name;
use crate::tasks::Tasks;
use crate::wire::{Dialer, Lent, Pool, Recycling, Scopes};

/// The schema that holds tenant tables where they are not in a schema of the tenant's own.
pub(crate) const TENANT_SCHEMA: &str = "tenant";

/// How many connections each kind of pool may have, per cell and node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sizes {
    /// To the control database.
    pub control: usize,
    /// For pooled tenants.
    pub pooled: usize,
    /// Lanes for schema tenants.
    pub lanes: usize,
    /// Connections in each lane.
    pub lane: usize,
    /// For each tenant with an own database.
    pub database: usize,
    /// For all tenants with own databases together.
    pub databases: usize,
    /// For operations.
    pub admin: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { control: 8, pooled: 12, lanes: 6, lane: 2, database: 4, databases: 60, admin: 3 }
    }
}

/// A cell as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellSpec {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// Where the server listens.
    pub address: Address,
    /// The application's login.
    pub app: Login,
    /// The login of operations and migrations.
    pub admin: Login,
    /// The database that pooled and schema tenants share.
    pub shared_database: String,
    /// The database that tenants' own databases are copied from.
    pub template_database: String,
    /// What tenants' own databases' names begin with.
    pub database_prefix: String,
}

/// A cell and its connections.
pub(crate) struct Cell {
    pub(crate) spec: CellSpec,
    migrations: Arc<MigrationSet>,
    tasks: Tasks,
    pooled: Pool,
    lanes: Vec<Pool>,
    admin: Pool,
    databases: Databases,
}

impl Cell {
    pub(crate) fn new(
        spec: CellSpec,
        sizes: Sizes,
        migrations: &Arc<MigrationSet>,
        tasks: &Tasks,
    ) -> Result<Arc<Self>> {
        let pool = |login: &Login, scopes, size| {
            Pool::new(dialer(&spec, login.clone(), spec.shared_database.clone(), scopes, tasks), size)
        };
        let admin = dialer(&spec, spec.admin.clone(), spec.shared_database.clone(), Scopes::Control, tasks);
        let admin = Dialer { recycling: Recycling::ADMIN, ..admin };
        Ok(Arc::new(Self {
            pooled: pool(&spec.app, Scopes::In(TENANT_SCHEMA), sizes.pooled)?,
            lanes: (0..sizes.lanes.max(1))
                .map(|_| pool(&spec.app, Scopes::Anywhere, sizes.lane.max(1)))
                .collect::<Result<_>>()?,
            admin: Pool::new(admin, sizes.admin.max(1))?,
            databases: Databases::new(sizes.database, sizes.databases),
            migrations: Arc::clone(migrations),
            tasks: tasks.clone(),
            spec,
        }))
    }

    /// A connection to where the tenant lives.
    pub(crate) async fn lend(&self, tenant: TenantId, placement: &Placement) -> Result<Lent> {
        if placement.tier != Tier::Schema && placement.schema != TENANT_SCHEMA {
            // These connections are in the one schema for good.
            return Err(Error::internal(format!(
                "{tenant} is said to be in the schema {}",
                placement.schema
            )));
        }
        match placement.tier {
            Tier::Pooled => self.pooled.lend().await,
            Tier::Schema => {
                let mut hasher = DefaultHasher::new();
                tenant.hash(&mut hasher);
                let lane = usize::try_from(hasher.finish() % self.lanes.len() as u64).unwrap_or_default();
                self.lanes[lane].lend().await
            }
            Tier::Database => self.database(&placement.database).await,
        }
    }

    async fn database(&self, database: &str) -> Result<Lent> {
        let dialer = || {
            let name = Name::new(database)?.to_string();
            Ok(dialer(&self.spec, self.spec.app.clone(), name, Scopes::In(TENANT_SCHEMA), &self.tasks))
        };
        self.databases.lend(database, dialer).await
    }

    /// Closes this node's connections to a tenant's own database, so that it can be dropped.
    pub(crate) fn forget_database(&self, database: &str) {
        self.databases.forget(database);
    }

    /// Closes connections that have been idle for long.
    pub(crate) fn shrink(&self) {
        const IDLE: Duration = Duration::from_mins(2);
        for pool in self.lanes.iter().chain([&self.pooled, &self.admin]) {
            pool.shrink(IDLE);
        }
        self.databases.shrink(IDLE);
    }

    /// Whether the server answers, and its shared schema has every migration of this binary; it may have those of a
    /// newer one that is being rolled out.
    pub(crate) async fn ready(&self) -> Result<()> {
        let app = self.pooled.lend().await?;
        app.client.execute("SELECT 1", &[]).await.map_err(|e| failure(&e))?;
        drop(app);
        let (there, latest) = (self.shared_version().await?, self.migrations.latest());
        if there >= latest {
            return Ok(());
        }
        let why =
            format!("The cell is at migration {there}; this binary is at {latest}. Run `insula migrate`.");
        Err(Error::new(problem::DATABASE_DOWN, why))
    }

    /// The migration that the shared schema is at.
    pub(crate) async fn shared_version(&self) -> Result<i32> {
        book(&self.admin.lend().await?.client, TENANT_SCHEMA).await
    }

    /// The migration that the tables of a placement are at.
    pub(crate) async fn schema_version(&self, placement: &Placement) -> Result<i32> {
        if placement.tier != Tier::Database {
            return book(&self.admin.lend().await?.client, &placement.schema).await;
        }
        let (address, admin) = (&self.spec.address, &self.spec.admin);
        let client = dial(address, admin, &placement.database, "insula look", &self.tasks).await?;
        book(&client, &placement.schema).await
    }

    pub(crate) async fn lend_admin(&self) -> Result<Lent> {
        self.admin.lend().await
    }
}

fn dialer(spec: &CellSpec, login: Login, database: String, scopes: Scopes, tasks: &Tasks) -> Dialer {
    Dialer {
        address: spec.address.clone(),
        login,
        database,
        scopes,
        berths: None,
        recycling: Recycling::default(),
        tasks: tasks.clone(),
    }
}

/// The migration that a schema is at, by the book of its database.
async fn book(client: &tokio_postgres::Client, schema: &str) -> Result<i32> {
    let sql = "SELECT coalesce(max(version), 0) FROM book.migrations WHERE target = $1";
    let row = client.query_one(sql, &[&schema]).await.map_err(|e| failure(&e))?;
    Ok(row.get(0))
}

impl Drop for Cell {
    fn drop(&mut self) {
        for pool in self.lanes.iter().chain([&self.pooled, &self.admin]) {
            pool.close();
        }
        self.databases.close();
    }
}
