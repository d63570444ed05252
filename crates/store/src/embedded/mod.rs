//! The private PostgreSQL that `insula up` keeps under its data directory: it starts with Insula, stops with Insula, and
//! nobody else can reach it.
//!
//! Must hold: a start after any end (orderly, `kill -9` of Insula or of PostgreSQL, power cut, half-made cluster) ends in a
//! running server or in a message that says what to do; a server that is still running for this directory is adopted,
//! never started twice; the terminal's Ctrl-C reaches Insula only, which then stops PostgreSQL in order; two Insulas
//! never share a directory. The file system is used without `async` here: it is a matter of microseconds at start and
//! stop. Tested against real servers in `tests/it/embedded.rs`.

mod account;
mod binaries;
mod home;
mod launch;
pub mod places;
mod process;
mod settings;

use std::path::{Path, PathBuf};
use std::time::Duration;

use insula_model::{Error, Result, World, problem};
use rustix::process::Signal;

pub use binaries::Binaries;
pub use home::prepare_dir;
pub use places::Version;
pub use settings::Tuning;

use process::{Processes, until};

/// The name of the cluster's superuser.
pub const SUPERUSER: &str = "postgres";

/// What to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The installation's directory; `postgres/` and `secrets.json` are made in it.
    pub data_dir: PathBuf,
    /// PostgreSQL's programs.
    pub binaries: Binaries,
    /// The port on 127.0.0.1. `None`: the one that was used last if it is free, else a free one.
    pub port: Option<u16>,
    /// How much the data is worth.
    pub tuning: Tuning,
    /// How long a start may take, repair after a crash included.
    pub patience: Duration,
}

impl Options {
    /// Durable, on any port, with ten minutes for a repair.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, binaries: Binaries) -> Self {
        Self {
            data_dir: data_dir.into(),
            binaries,
            port: None,
            tuning: Tuning::Durable,
            patience: Duration::from_secs(600),
        }
    }
}

/// How the server came to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A cluster was made and started.
    Created,
    /// The existing cluster was started.
    Started,
    /// It was running already.
    Adopted,
}

/// A running private PostgreSQL. Stop it with [`stop`](Self::stop); dropped, it is told to stop and not waited for.
#[derive(Debug)]
pub struct EmbeddedServer {
    home: home::Home,
    processes: Processes,
    /// Absent when the server was adopted: then it is not our child.
    child: Option<tokio::process::Child>,
    pid: i32,
    port: u16,
    sockets: Option<PathBuf>,
    password: String,
    version: Version,
    origin: Origin,
    stopped: bool,
}

impl EmbeddedServer {
    /// Makes the cluster if there is none, and starts it or adopts the running one.
    pub async fn start(world: &World, options: &Options) -> Result<Self> {
        launch::start(world, options).await
    }

    /// Stops the server in order: sessions are ended, everything is written. After half a minute it is stopped at once
    /// instead, which the next start repairs.
    pub async fn stop(mut self) -> Result<()> {
        self.stopped = true;
        for (signal, patience) in [(Signal::INT, 30), (Signal::QUIT, 10)] {
            self.processes.signal(self.pid, signal);
            let (processes, child, pid) = (&self.processes, &mut self.child, self.pid);
            let gone = || {
                let reaped = child.as_mut().is_some_and(|c| matches!(c.try_wait(), Ok(Some(_))));
                reaped || !processes.is_postmaster(pid)
            };
            if until(Duration::from_secs(patience), gone).await {
                return Ok(());
            }
        }
        Err(Error::new(
            problem::POSTGRES_START,
            format!(
                "The private PostgreSQL (process {}) does not stop. Look at its log, {}.",
                self.pid,
                self.log_display()
            ),
        ))
    }

    /// Leaves the server running for the next Insula of this directory, which adopts it.
    pub fn leave_running(mut self) {
        self.stopped = true;
    }

    /// A connection string for a database of this server, as the superuser: by the socket where there is one, else by
    /// loopback.
    #[must_use]
    pub fn dsn(&self, database: &str) -> String {
        match &self.sockets {
            Some(dir) => self.dsn_at(&percent(dir.as_os_str().as_encoded_bytes()), database),
            None => self.tcp_dsn(database),
        }
    }

    /// The same by loopback, for programs that know no sockets.
    #[must_use]
    pub fn tcp_dsn(&self, database: &str) -> String {
        self.dsn_at("127.0.0.1", database)
    }

    fn dsn_at(&self, host: &str, database: &str) -> String {
        let database = percent(database.as_bytes());
        format!(
            "postgresql://{SUPERUSER}:{}@{host}:{}/{database}",
            percent(self.password.as_bytes()),
            self.port
        )
    }

    /// The folder of the socket, if there is one.
    #[must_use]
    pub fn socket_dir(&self) -> Option<&Path> {
        self.sockets.as_deref()
    }

    /// The port, on loopback and in the socket's name.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of the server's first process.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The superuser's password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The version of the programs.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// How it came to run.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The folder of the server's log.
    #[must_use]
    pub fn log_dir(&self) -> PathBuf {
        self.home.log()
    }

    fn log_display(&self) -> String {
        self.log_dir().display().to_string()
    }
}

impl Drop for EmbeddedServer {
    fn drop(&mut self) {
        if !self.stopped {
            self.processes.signal(self.pid, Signal::INT);
        }
    }
}

/// A path of the data directory that does not do.
fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::new(problem::DATA_DIR, format!("{} cannot be used: {why}.", path.display()))
}

fn percent(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(*byte))
            }
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
        text
    })
}
