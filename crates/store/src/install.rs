//! Preparing a PostgreSQL server: roles, databases, migrations, the entry of the first cell. Everything here may
//! run again at any time and changes only what is missing.

use insula_model::{Error, Result, World, problem};
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

use crate::cell::{self, ADMIN, APP, CONTROL, CellSpec, OWNER, POOLED, Roles, TENANT_SCHEMA};
use crate::dial::{Address, Login, dial};
use crate::failure::failure;
use crate::migrate::{MigrationSet, Outcome, Target, apply_many, apply_one, batch, ensure_book, locked};
use crate::name::Name;
use crate::tasks::Tasks;

/// What the databases are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The control database.
    pub control: String,
    /// The database that pooled and schema tenants share.
    pub shared: String,
    /// The database that tenants' own databases are copied from.
    pub template: String,
    /// What tenants' own databases begin with.
    pub prefix: String,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            control: "insula_control".to_owned(),
            shared: "insula_cell".to_owned(),
            template: "insula_template".to_owned(),
            prefix: "insula_".to_owned(),
        }
    }
}

/// A server that is to be prepared.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where it listens.
    pub address: Address,
    /// A login that may make roles and databases.
    pub superuser: Login,
    /// The database to connect to first.
    pub database: String,
}

/// How `serve` and `worker` reach the control database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlSpec {
    /// Where the server listens.
    pub address: Address,
    /// The control plane's login.
    pub login: Login,
    /// The login of migrations.
    pub admin: Login,
    /// The database.
    pub database: String,
}

/// Whether a server holds an installation already.
///
/// # Errors
/// `cell.unusable` with everything that is missing to make one there; `database.down` when the server does not answer.
pub async fn installed(server: &Server, names: &Names, tasks: &Tasks) -> Result<bool> {
    let root = dial(&server.address, &server.superuser, &server.database, "insula install", tasks).await?;
    usable(&root).await?;
    let row = root
        .query_one("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", &[&names.control])
        .await
        .map_err(|e| failure(&e))?;
    Ok(row.get(0))
}

/// Prepares roles, the control database and the first cell on one server, and says how to reach them.
///
/// # Errors
/// `cell.unusable` with everything that is missing; `settings.invalid` when the data belongs to another binary.
pub async fn install(
    server: &Server,
    names: &Names,
    passwords: &Roles,
    cell: &str,
    region: &str,
    world: &World,
    tasks: &Tasks,
) -> Result<ControlSpec> {
    let root = dial(&server.address, &server.superuser, &server.database, "insula install", tasks).await?;
    usable(&root).await?;
    cell::roles::ensure(&root, passwords).await?;
    let spec = ControlSpec {
        address: server.address.clone(),
        login: Login { user: CONTROL.to_owned(), password: passwords.control.clone() },
        admin: Login { user: ADMIN.to_owned(), password: passwords.admin.clone() },
        database: names.control.clone(),
    };
    ensure_database(&root, &Name::new(&names.control)?, &[CONTROL]).await?;
    migrate_control(&spec, tasks).await?;
    let first = CellSpec {
        name: cell.to_owned(),
        region: region.to_owned(),
        address: server.address.clone(),
        app: Login { user: APP.to_owned(), password: passwords.app.clone() },
        admin: spec.admin.clone(),
        shared_database: names.shared.clone(),
        template_database: names.template.clone(),
        database_prefix: names.prefix.clone(),
    };
    prepare_cell_databases(&root, server, &first, &MigrationSet::tenant(), tasks).await?;
    let control = dial(&spec.address, &spec.login, &spec.database, "insula install", tasks).await?;
    control
        .execute(
            "INSERT INTO installation (id, secrets) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&world.uuid(), &serde_json::json!({ "cursor": world.secret() })],
        )
        .await
        .map_err(|e| failure(&e))?;
    crate::control::cells::record(&control, &first).await?;
    Ok(spec)
}

/// Prepares another server as a cell.
///
/// # Errors
/// As [`install`].
pub(crate) async fn prepare_cell(
    server: &Server,
    passwords: &Roles,
    spec: &CellSpec,
    migrations: &MigrationSet,
    tasks: &Tasks,
) -> Result<()> {
    let root =
        dial(&server.address, &server.superuser, &server.database, "insula install", tasks).await.map_err(
            |e| Error::new(problem::CELL_UNUSABLE, format!("The server does not let us in: {}", e.detail())),
        )?;
    usable(&root).await?;
    cell::roles::ensure(&root, passwords).await?;
    prepare_cell_databases(&root, server, spec, migrations, tasks).await
}

async fn prepare_cell_databases(
    root: &Client,
    server: &Server,
    spec: &CellSpec,
    migrations: &MigrationSet,
    tasks: &Tasks,
) -> Result<()> {
    let superuser = is_superuser(root).await?;
    for database in [&spec.shared_database, &spec.template_database] {
        ensure_database(root, &Name::new(database)?, &[APP]).await?;
        let client = dial(&spec.address, &spec.admin, database, "insula install", tasks).await?;
        let target = Target { schema: Name::new(TENANT_SCHEMA)?, role: Name::new(POOLED)? };
        migrate_data(&client, database, &[target], migrations, |_| {}).await?;
        if superuser {
            let root = dial(&server.address, &server.superuser, database, "insula install", tasks).await?;
            batch(&root, &format!("BEGIN; {} COMMIT;", MigrationSet::wall_check()))
                .await
                .map_err(|e| failure(&e))?;
        }
    }
    if !superuser {
        tracing::warn!("without a superuser the database does not check its walls itself after each change");
    }
    // Who makes tenants' databases does not own the template and is to copy it nevertheless.
    let template = Name::new(&spec.template_database)?;
    root.batch_execute(&format!("ALTER DATABASE {template} IS_TEMPLATE true"))
        .await
        .map_err(|e| failure(&e))?;
    let app = dial(&spec.address, &spec.app, &spec.shared_database, "insula install", tasks).await?;
    cell::roles::check(&app).await
}

/// Brings the control database up to date.
///
/// # Errors
/// `settings.invalid` when the data belongs to another binary.
pub(crate) async fn migrate_control(spec: &ControlSpec, tasks: &Tasks) -> Result<bool> {
    let owner = Name::new(OWNER)?;
    let admin = dial(&spec.address, &spec.admin, &spec.database, "insula migrate", tasks).await?;
    locked(&admin, async || {
        ensure_book(&admin, &owner).await?;
        ensure_schema(&admin, "control").await?;
        let target = Target { schema: Name::new("control")?, role: Name::new(CONTROL)? };
        apply_one(&admin, &owner, &target, "+control", &MigrationSet::control()).await
    })
    .await
}

/// Brings the walls of one data database and the given targets in it up to date.
pub(crate) async fn migrate_data(
    client: &Client,
    database: &str,
    targets: &[Target],
    set: &MigrationSet,
    progress: impl FnMut(usize),
) -> Result<Outcome> {
    let owner = Name::new(OWNER)?;
    locked(client, async || {
        ensure_book(client, &owner).await?;
        // The walls' own migrations name their schema themselves.
        let wall = Target { schema: Name::new("pg_catalog")?, role: Name::new(POOLED)? };
        apply_one(client, &owner, &wall, "+wall", &MigrationSet::wall()).await?;
        if targets.iter().any(|t| t.schema.as_str() == TENANT_SCHEMA) {
            ensure_schema(client, TENANT_SCHEMA).await?;
        }
        apply_many(client, &owner, database, targets, set, progress).await
    })
    .await
}

async fn is_superuser(client: &Client) -> Result<bool> {
    let row = client.query_one("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", &[]).await;
    Ok(row.map_err(|e| failure(&e))?.get(0))
}

async fn ensure_schema(client: &Client, schema: &str) -> Result<()> {
    let schema = Name::new(schema)?;
    batch(
        client,
        &format!(
            "BEGIN; SET LOCAL client_min_messages = warning; SET LOCAL ROLE {OWNER}; \
             CREATE SCHEMA IF NOT EXISTS {schema}; COMMIT;"
        ),
    )
    .await
    .map_err(|e| failure(&e))
}

async fn ensure_database(root: &Client, database: &Name, connect: &[&str]) -> Result<()> {
    let there = root
        .query_one("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", &[&database.as_str()])
        .await
        .map_err(|e| failure(&e))?
        .get::<_, bool>(0);
    if !there {
        let sql = format!("CREATE DATABASE {database} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8'");
        match root.batch_execute(&sql).await {
            Err(error)
                if error.as_db_error().is_some_and(|e| matches!(e.code().code(), "42P04" | "23505")) => {}
            other => other.map_err(|e| failure(&e))?,
        }
    }
    let connect = connect.join(", ");
    batch(
        root,
        &format!(
            "BEGIN; SELECT pg_advisory_xact_lock(7593); REVOKE ALL ON DATABASE {database} FROM PUBLIC; \
             GRANT CONNECT ON DATABASE {database} TO {connect}, {ADMIN}; COMMIT;"
        ),
    )
    .await
    .map_err(|e| failure(&e))
}

/// Looks at everything that is needed of a server and names all that is missing in one message.
async fn usable(root: &Client) -> Result<()> {
    let row = root
        .query_one(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version'), \
                    rolsuper, rolcreaterole, rolcreatedb, rolname::text, \
                    current_setting('max_prepared_transactions')::int, current_setting('server_encoding') \
               FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .await
        .map_err(|e| failure(&e))?;
    let (version, text): (i32, String) = (row.get(0), row.get(1));
    let (superuser, roles, databases): (bool, bool, bool) = (row.get(2), row.get(3), row.get(4));
    let user: String = row.get(5);
    let mut missing = Vec::new();
    if version < 150_000 {
        missing.push(format!("PostgreSQL 15 or newer (this is {text})"));
    }
    if !superuser && !roles {
        missing.push(format!("the right to make roles: ALTER ROLE {user} CREATEROLE"));
    }
    if !superuser && !databases {
        missing.push(format!("the right to make databases: ALTER ROLE {user} CREATEDB"));
    }
    if row.get::<_, i32>(6) != 0 {
        missing.push(
            "max_prepared_transactions = 0 (a prepared transaction outlives its tenant's scope)".to_owned(),
        );
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(problem::CELL_UNUSABLE, format!("This PostgreSQL lacks: {}.", missing.join("; "))))
}
