//! The PostgreSQL of an installation: a private one, or one that the operator runs.

use std::path::Path;
use std::time::Duration;

use insula_model::{Error, Result, World, problem};
use insula_store::embedded::{Binaries, EmbeddedServer, Options, Origin};
use insula_store::{Server, parse_url};
use rustix::process::{Pid, test_kill_process};

use super::home::Home;
use crate::config::Effective;
use crate::terminal::Out;
use crate::terminal::phase::Phase;

/// How often the private server is looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// Where the databases are.
pub(super) enum Database {
    /// Started by us, stopped by us.
    Private(Option<Box<EmbeddedServer>>),
    /// Somebody else's: nothing is started or stopped.
    Theirs { url: String },
}

impl Database {
    /// Starts the private server, or takes the one that was named.
    pub(super) async fn open(out: Out, effective: &Effective, home: &Home, world: &World) -> Result<Self> {
        let config = &effective.config.database;
        let cluster = home.dir.join("postgres/data").exists();
        if let Some(url) = &config.url {
            if cluster {
                return Err(Error::new(
                    problem::DATA_DIR,
                    format!(
                        "{} has a private PostgreSQL with data of its own. Choose another --data for the server at \
                         --database-url, or leave --database-url out.",
                        home.dir.display()
                    ),
                ));
            }
            return Ok(Self::Theirs { url: url.clone() });
        }
        if let Some(spec) = home.control()?.filter(|_| !cluster) {
            return Err(Error::new(
                problem::DATA_DIR,
                format!(
                    "The installation in {} lives on the PostgreSQL at {}:{}. Name it with --database-url, or choose \
                     another --data for a private one.",
                    home.dir.display(),
                    spec.address.host,
                    spec.address.port
                ),
            ));
        }
        let phase = Phase::begin(out, "private database");
        phase.doing(if cluster { "starting" } else { "making a cluster" });
        let server =
            start(effective, &home.dir, world, config.port).await.inspect_err(|_| phase.failed(""))?;
        let how = match server.origin() {
            Origin::Created => "made",
            Origin::Started => "started",
            Origin::Adopted => "was still running",
        };
        phase.done(&format!("PostgreSQL {} {how} in {}", server.version(), phase.took()));
        if let Some(warning) = server.version().warning() {
            out.note(format!("  {} {warning}", out.err.yellow("!")));
        }
        Ok(Self::Private(Some(Box::new(server))))
    }

    /// What is prepared: the superuser's way in.
    pub(super) fn server(&self) -> Result<Server> {
        let url = match self {
            Self::Private(Some(server)) => server.dsn("postgres"),
            Self::Private(None) => return Err(Error::internal("the private server is stopped")),
            Self::Theirs { url } => url.clone(),
        };
        let (address, superuser, database) = parse_url(&url)?;
        Ok(Server { address, superuser, database })
    }

    /// The superuser's URL, for scripts.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Private(Some(server)) => server.tcp_dsn("postgres"),
            Self::Private(None) => String::new(),
            Self::Theirs { url } => url.clone(),
        }
    }

    /// The process of the private server.
    pub(super) fn pid(&self) -> Option<i32> {
        match self {
            Self::Private(server) => server.as_ref().map(|server| server.pid()),
            Self::Theirs { .. } => None,
        }
    }

    /// Watches the private server for as long as it is polled, and starts it again when it dies.
    pub(super) async fn keep(&mut self, effective: &Effective, dir: &Path, world: &World) {
        loop {
            tokio::time::sleep(GLANCE).await;
            let Self::Private(slot) = self else { continue };
            if slot.as_ref().is_some_and(|server| alive(server.pid())) {
                continue;
            }
            let port = slot.take().map(|server| server.port());
            tracing::error!("the private PostgreSQL has ended; it is started again");
            match start(effective, dir, world, port).await {
                Ok(server) => {
                    tracing::warn!(pid = server.pid(), "the private PostgreSQL runs again");
                    *slot = Some(Box::new(server));
                }
                Err(error) => tracing::error!(?error, "the private PostgreSQL could not be started"),
            }
        }
    }

    /// Stops what we started.
    pub(super) async fn stop(&mut self) -> Result<()> {
        match self {
            Self::Private(slot) => match slot.take() {
                Some(server) => server.stop().await,
                None => Ok(()),
            },
            Self::Theirs { .. } => Ok(()),
        }
    }
}

async fn start(
    effective: &Effective,
    dir: &Path,
    world: &World,
    port: Option<u16>,
) -> Result<EmbeddedServer> {
    let binaries = Binaries::find(effective.config.database.programs.as_deref(), dir)?;
    let options = Options { port, ..Options::new(dir, binaries) };
    EmbeddedServer::start(world, &options).await
}

/// A child that has ended and was not waited for still answers to signals, so its state is looked at as well.
fn alive(pid: i32) -> bool {
    let zombie = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')));
    // "Not permitted" is an answer, too: it runs as somebody else.
    let there = Pid::from_raw(pid).is_some_and(|pid| match test_kill_process(pid) {
        Ok(()) | Err(rustix::io::Errno::PERM) => true,
        Err(_) => false,
    });
    there && !zombie
}
