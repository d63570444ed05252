//! An installation of its own for a benchmark: a private PostgreSQL that survives power cuts (`fsync` is what much of
//! the time goes to), the store and the product on it. Stopped and removed at the end, unless it is to be kept.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use insula_model::{Entropy, OperatorId, OperatorRole, RequestId, SystemClock, World};
use insula_platform::{Faults, Mailing, Platform, Settings};
use insula_store::embedded::{self, Binaries, EmbeddedServer};
use insula_store::{
    ControlSpec, Names, OpCtx, OperatorRecord, OperatorSessionKind, Roles, Server, Sizes, Store, Tasks,
    install, parse_url,
};
use tokio_postgres::{Client, NoTls};

use crate::{Options, Result};

struct Kernel;

impl Entropy for Kernel {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}

/// Clock and randomness of this machine.
pub(crate) fn world() -> World {
    World { clock: Arc::new(SystemClock), entropy: Arc::new(Kernel) }
}

/// A directory that goes when it is dropped.
struct Directory {
    path: PathBuf,
    kept: bool,
}

impl Drop for Directory {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// The product on its stores, in this process.
pub(crate) struct Node {
    pub(crate) tasks: Tasks,
    pub(crate) platform: Platform,
}

impl Node {
    /// Opens the databases.
    pub(crate) async fn open(spec: ControlSpec) -> Result<Self> {
        let tasks = Tasks::default();
        let store = Store::open(spec, Sizes::default(), world(), tasks.clone()).await?;
        let settings = Settings {
            base_domain: "localhost".to_owned(),
            scheme: "http".to_owned(),
            public_port: None,
            console_host: "console.localhost".to_owned(),
            default_cell: "local".to_owned(),
            mailing: Mailing::Kept,
            quarantine_days: 30,
            questions: insula_platform::QuestionLimits::default(),
            embeds: insula_platform::EmbedLimits::default(),
            worker_lease: Duration::from_secs(10),
        };
        Ok(Self { tasks, platform: Platform::new(store, settings, Faults::none()) })
    }

    /// Ends what runs, then the connections.
    pub(crate) async fn stop(self) {
        self.tasks.stop();
        self.platform.store().close();
        self.tasks.finish(Duration::from_secs(5)).await;
    }
}

/// A whole installation.
pub(crate) struct Place {
    pub(crate) node: Node,
    pub(crate) control: ControlSpec,
    pub(crate) names: Names,
    operator_token: String,
    server: EmbeddedServer,
    directory: Directory,
}

impl Place {
    /// Starts one.
    pub(crate) async fn start(options: &Options) -> Result<Self> {
        let fresh = || std::env::temp_dir().join(format!("insula-bench-{}", std::process::id()));
        let path = options.data.clone().unwrap_or_else(fresh);
        let directory = Directory { path, kept: options.data.is_some() };
        let data = std::path::absolute(&directory.path)?;
        let binaries = Binaries::find(None, &data)?;
        let server = EmbeddedServer::start(&world(), &embedded::Options::new(&data, binaries)).await?;
        eprintln!("  PostgreSQL {} in {}", server.version(), data.display());
        let names = Names::default();
        let control = prepare(&server, &names).await?;
        let node = Node::open(control.clone()).await?;
        node.platform.run_workers();
        let operator_token = operator_token(node.platform.store()).await?;
        Ok(Self { node, control, names, operator_token, server, directory })
    }

    /// The product.
    pub(crate) fn platform(&self) -> &Platform {
        &self.node.platform
    }

    /// The operator, in a new request.
    pub(crate) async fn operator(&self) -> Result<OpCtx> {
        let request = RequestId::from_uuid(self.platform().world().uuid());
        Ok(self.platform().operator_context(&self.operator_token, request).await?)
    }

    /// A bare connection that no wall holds back, with the search path on the pooled tenants' tables.
    pub(crate) async fn bare(&self, database: &str) -> Result<Client> {
        let (client, connection) = tokio_postgres::connect(&self.server.dsn(database), NoTls).await?;
        self.node.tasks.spawn(async move {
            let _ = connection.await;
        });
        client.batch_execute("SET search_path = tenant, control").await?;
        Ok(client)
    }

    /// Turns the database's own check of its walls off, for what is done by hand, or on again.
    pub(crate) async fn check_walls(&self, bare: &Client, on: bool) -> Result<()> {
        let how = if on { "ENABLE ALWAYS" } else { "DISABLE" };
        Ok(bare.batch_execute(&format!("ALTER EVENT TRIGGER wall_check {how}")).await?)
    }

    /// Stops everything and removes it.
    pub(crate) async fn stop(self) -> Result<()> {
        let Self { node, server, directory, .. } = self;
        node.stop().await;
        server.stop().await?;
        drop(directory);
        Ok(())
    }
}

async fn prepare(server: &EmbeddedServer, names: &Names) -> Result<ControlSpec> {
    let world = world();
    let (address, superuser, database) = parse_url(&server.dsn("postgres"))?;
    let prepared = Server { address, superuser, database };
    let roles = Roles { app: world.secret(), admin: world.secret(), control: world.secret() };
    Ok(install(&prepared, names, &roles, "local", "local", &world, &Tasks::default()).await?)
}

async fn operator_token(store: &Store) -> Result<String> {
    let world = store.world();
    let mut operator = OperatorRecord {
        id: OperatorId::from_uuid(world.uuid()),
        email: "operator@insula.test".to_owned(),
        name: "Operator".to_owned(),
        role: OperatorRole::Admin,
        password_hash: "unusable".to_owned(),
    };
    operator.id = store.operator_install(&operator).await?;
    let until = world.now() + Duration::from_secs(30 * 24 * 3600);
    Ok(store.operator_session_create(&operator, OperatorSessionKind::Token, until).await?)
}
