//! A PostgreSQL of a test's own, which it may stop, start and kill.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use insula_model::{SystemClock, World};
use insula_store::embedded::{Binaries, EmbeddedServer, Options, Tuning};
use rustix::process::{Pid, Signal, kill_process};

use crate::clock::TestEntropy;
use crate::server::{superuser, try_superuser};
use crate::small_disk::SmallDisk;

/// A private server. Its files go when it is dropped.
pub struct PrivateServer {
    dir: PathBuf,
    running: Option<EmbeddedServer>,
    url: String,
    disk: Option<SmallDisk>,
}

impl PrivateServer {
    /// Makes one and starts it.
    pub async fn start() -> Self {
        let world = World { clock: Arc::new(SystemClock), entropy: Arc::new(TestEntropy) };
        let dir = std::env::temp_dir().join(format!("insula-private-{}", world.uuid().simple()));
        let mut server = Self { dir, running: None, url: String::new(), disk: None };
        server.start_again().await;
        server
    }

    /// Makes one whose tables lie on a small volume of their own, apart from its log of changes, and starts it. `None`:
    /// this machine does not let us mount a volume.
    pub async fn start_on_a_small_disk(megabytes: u32) -> Option<Self> {
        let mut server = Self::start().await;
        server.stop().await;
        server.disk = SmallDisk::under(&server.dir.join("postgres/data/base"), megabytes);
        server.disk.as_ref()?;
        server.start_again().await;
        Some(server)
    }

    /// Fills the small volume to the last byte.
    pub fn fill_the_disk(&self) {
        self.disk.as_ref().expect("a small volume").fill();
    }

    /// Makes room on it again.
    pub fn make_room(&self) {
        self.disk.as_ref().expect("a small volume").make_room();
    }

    /// The superuser's URL, the same after a restart.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it in order, as an operator would.
    pub async fn stop(&mut self) {
        if let Some(server) = self.running.take() {
            server.stop().await.expect("the private server stops");
        }
    }

    /// Starts it on the files and the port that it had.
    pub async fn start_again(&mut self) {
        let world = World { clock: Arc::new(SystemClock), entropy: Arc::new(TestEntropy) };
        let binaries = Binaries::find(None, &self.dir).expect("PostgreSQL's programs");
        let port = insula_store::parse_url(&self.url).ok().map(|(address, _, _)| address.port);
        let options = Options {
            tuning: Tuning::Test,
            port,
            patience: Duration::from_secs(60),
            ..Options::new(&self.dir, binaries)
        };
        let server = EmbeddedServer::start(&world, &options).await.expect("a private server");
        self.url = server.tcp_dsn("postgres");
        self.running = Some(server);
        // What was acknowledged must be there after a crash of PostgreSQL (not of the machine), or tests of one would
        // say nothing.
        let root = superuser(&self.url, "postgres").await;
        root.batch_execute("ALTER SYSTEM SET synchronous_commit = on").await.expect("a setting");
        root.batch_execute("SELECT pg_reload_conf()").await.expect("a setting");
    }

    /// Kills (`kill -9`) one of the application's backends in a database; says which, or nothing when there is none.
    pub async fn kill_backend(&self, database: &str) -> Option<i32> {
        let root = try_superuser(&self.url, "postgres").await.ok()?;
        let find = "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND usename = 'insula_app' LIMIT 1";
        let pid = root.query_opt(find, &[&database]).await.ok()??.get(0);
        kill_process(Pid::from_raw(pid)?, Signal::KILL).ok()?;
        Some(pid)
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        // Told to stop; its files may go meanwhile, nobody needs them. What it still writes goes with the next try.
        drop(self.running.take());
        drop(self.disk.take());
        let end = std::time::Instant::now() + Duration::from_secs(5);
        while std::fs::remove_dir_all(&self.dir).is_err()
            && self.dir.exists()
            && std::time::Instant::now() < end
        {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
