//! The PostgreSQL server of the tests, and databases on it.

use insula_model::World;
use insula_store::{
    Address, ControlSpec, Login, MigrationSet, Names, Roles, Server, Tasks, install, parse_url,
};
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, NoTls};

/// The superuser's URL of the test server.
#[must_use]
pub fn superuser_url() -> String {
    std::env::var("INSULA_TEST_POSTGRES").expect(
        "INSULA_TEST_POSTGRES names no server: run the tests by `cargo xtask test`, or start a server by \
         `cargo xtask pg` and set what it prints",
    )
}

/// Passwords of the roles on the test server: the roles belong to the whole server, so all tests share them.
#[must_use]
pub(crate) fn passwords() -> Roles {
    Roles { app: "test-app".to_owned(), admin: "test-admin".to_owned(), control: "test-control".to_owned() }
}

/// A connection that no wall holds back, to look at what is really there.
pub(crate) async fn superuser(url: &str, database: &str) -> Client {
    try_superuser(url, database).await.expect("the test server answers")
}

/// A connection that no wall holds back, for tests of an installation that is not a [`crate::TestPlatform`].
pub async fn superuser_at(url: &str, database: &str) -> Client {
    superuser(url, database).await
}

/// The same, for a server that may be down.
pub(crate) async fn try_superuser(url: &str, database: &str) -> Result<Client, tokio_postgres::Error> {
    let (address, login, _) = parse_url(url).expect("a URL");
    connect(&address, &login, database).await
}

/// A connection that knows nothing of scopes.
pub(crate) async fn connect(
    address: &Address,
    login: &Login,
    database: &str,
) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::Config::new()
        .host(&address.host)
        .port(address.port)
        .user(&login.user)
        .password(&login.password)
        .dbname(database)
        .connect(NoTls)
        .await?;
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(client)
}

/// The databases of one test.
#[derive(Debug, Clone)]
pub struct Databases {
    /// Their names.
    pub names: Names,
    /// How to reach the control database.
    pub control: ControlSpec,
    /// The superuser's URL of the server that they are on.
    pub url: String,
}

impl Databases {
    /// Clones the template, making it first if no test before did.
    pub(crate) async fn clone_template(url: &str, world: &World, tasks: &Tasks) -> Self {
        let root = superuser(url, "postgres").await;
        let template = ensure_template(url, &root, world, tasks).await;
        let id = &world.uuid().simple().to_string()[20..];
        let names = Names {
            control: format!("it_{id}_control"),
            shared: format!("it_{id}_cell"),
            template: template.names.template.clone(),
            prefix: format!("it{}_", &id[..6]),
        };
        for (new, from) in
            [(&names.control, &template.names.control), (&names.shared, &template.names.shared)]
        {
            root.batch_execute(&format!(
                "CREATE DATABASE {new} TEMPLATE {from} STRATEGY wal_log OWNER insula_owner"
            ))
            .await
            .expect("a clone of the template");
        }
        root.batch_execute(&format!(
            "REVOKE ALL ON DATABASE {c}, {s} FROM PUBLIC; GRANT CONNECT ON DATABASE {c} TO insula_control, insula_admin; \
             GRANT CONNECT ON DATABASE {s} TO insula_app, insula_admin;",
            c = names.control,
            s = names.shared
        ))
        .await
        .expect("rights");
        superuser(url, &names.control)
            .await
            .execute(
                "UPDATE control.cells SET shared_database = $1, database_prefix = $2",
                &[&names.shared, &names.prefix],
            )
            .await
            .expect("the cell of the clone");
        let control = ControlSpec { database: names.control.clone(), ..template.control };
        Self { names, control, url: url.to_owned() }
    }

    /// Drops everything that the test made, roles of its tenants included.
    pub(crate) async fn drop_all(&self) {
        let root = superuser(&self.url, "postgres").await;
        let databases = root
            .query(
                "SELECT datname::text FROM pg_database WHERE datname IN ($1, $2) OR starts_with(datname, $3)",
                &[&self.names.control, &self.names.shared, &self.names.prefix],
            )
            .await
            .expect("a list of databases");
        let tenants = superuser(&self.url, &self.names.control)
            .await
            .query("SELECT role_name FROM control.placements WHERE tier <> 'pooled'", &[])
            .await
            .unwrap_or_default();
        for row in databases {
            let database: String = row.get(0);
            let _ = root.batch_execute(&format!("ALTER DATABASE {database} IS_TEMPLATE false")).await;
            let _ = root.batch_execute(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")).await;
        }
        for row in tenants {
            let role: String = row.get(0);
            let _ = root.batch_execute(&format!("DROP ROLE IF EXISTS {role}")).await;
        }
    }
}

/// The template of this set of migrations.
async fn ensure_template(url: &str, root: &Client, world: &World, tasks: &Tasks) -> Databases {
    let mut sha = Sha256::new();
    for set in [MigrationSet::control(), MigrationSet::wall(), MigrationSet::tenant()] {
        for migration in set.migrations {
            sha.update(migration.sql);
        }
    }
    sha.update(MigrationSet::wall_check());
    let mutation = mutation();
    sha.update(mutation.as_deref().unwrap_or_default());
    let id: String = sha.finalize().iter().take(5).map(|b| format!("{b:02x}")).collect();
    let names = Names {
        control: format!("tpl3_{id}_control"),
        shared: format!("tpl3_{id}_cell"),
        template: format!("tpl3_{id}_template"),
        prefix: "unused_".to_owned(),
    };
    let (address, superuser, database) = parse_url(url).expect("a URL");
    let server = Server { address: address.clone(), superuser, database };
    let login = |user: &str, password: String| Login { user: user.to_owned(), password };
    let control = ControlSpec {
        address,
        login: login("insula_control", passwords().control),
        admin: login("insula_admin", passwords().admin),
        database: names.control.clone(),
    };
    // Held until the template is whole: tests of several processes come here at once.
    root.execute("SELECT pg_advisory_lock(7594)", &[]).await.expect("a lock");
    let ready = root
        .query_one(
            "SELECT EXISTS (SELECT FROM pg_database d JOIN pg_shdescription s ON s.objoid = d.oid \
                     AND s.description = 'ready' WHERE d.datname = $1)",
            &[&names.control],
        )
        .await
        .expect("a look")
        .get::<_, bool>(0);
    if !ready {
        // What an earlier run left half-made goes.
        for database in [&names.control, &names.shared, &names.template] {
            root.batch_execute(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
                .await
                .expect("no leftovers");
        }
        install(&server, &names, &passwords(), "local", "local", world, tasks).await.expect("a template");
        if let Some(sql) = &mutation {
            mutate(url, &names, sql).await;
        }
        // Connections of the installation end when their clients are dropped; a template must have none.
        for database in [&names.control, &names.shared, &names.template] {
            root.execute(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = $1",
                &[database],
            )
            .await
            .expect("nobody on the template");
        }
        root.batch_execute(&format!("COMMENT ON DATABASE {} IS 'ready'", names.control))
            .await
            .expect("a mark");
    }
    root.execute("SELECT pg_advisory_unlock(7594)", &[]).await.expect("the lock back");
    Databases { names, control, url: url.to_owned() }
}

/// What takes a guard away, where `cargo xtask mutate-guards` asks for it.
fn mutation() -> Option<String> {
    let path = std::env::var_os("INSULA_TEST_MUTATION")?;
    Some(std::fs::read_to_string(path).expect("the mutation's file"))
}

/// Takes a guard away in the databases that the file names: `-- in: shared template control`.
async fn mutate(url: &str, names: &Names, sql: &str) {
    let places = sql.lines().find_map(|l| l.strip_prefix("-- in: ")).expect("a line `-- in: …`");
    for place in places.split_whitespace() {
        let database = match place {
            "shared" => &names.shared,
            "template" => &names.template,
            "control" => &names.control,
            other => panic!("{other} is no place"),
        };
        superuser(url, database).await.batch_execute(sql).await.expect("INSULA_TEST_MUTATION can be applied");
    }
}
