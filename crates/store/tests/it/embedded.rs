//! The private PostgreSQL, really started: every state in which a start can find its directory.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use insula_model::{Entropy, SystemClock, World, problem};
use insula_store::embedded::{Binaries, EmbeddedServer, Options, Origin, Tuning, prepare_dir};
use rustix::process::{Pid, Signal, kill_process};

struct Urandom;

impl Entropy for Urandom {
    fn fill(&self, bytes: &mut [u8]) {
        std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(bytes)).unwrap();
    }
}

/// A directory that is removed at the end of its test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("insula-embedded-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::set_permissions(&dir, PermissionsExt::from_mode(0o755)).unwrap();
        Self(dir)
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn world() -> World {
    World { clock: Arc::new(SystemClock), entropy: Arc::new(Urandom) }
}

fn options(dir: &Path) -> Options {
    let binaries = Binaries::find(None, dir).unwrap();
    Options { tuning: Tuning::Test, patience: Duration::from_secs(60), ..Options::new(dir, binaries) }
}

async fn start(dir: &Path) -> EmbeddedServer {
    EmbeddedServer::start(&world(), &options(dir)).await.unwrap()
}

fn psql() -> Command {
    Command::new(Binaries::find(None, Path::new("/nonexistent")).unwrap().dir().join("psql"))
}

fn sql(dsn: &str, statement: &str) -> String {
    let output = psql().args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-c", statement]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

fn alive(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|c| !c.is_empty())
}

fn wait_for(what: &str, so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !so() {
        assert!(Instant::now() < end, "waited 30 s for {what}");
        std::thread::yield_now();
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_first_start_makes_a_closed_and_well_set_server() {
    let scratch = Scratch::new("first");
    let server = start(&scratch.data()).await;
    assert_eq!(server.origin(), Origin::Created);
    let show = |name: &str| sql(&server.dsn("postgres"), &format!("show {name}"));
    assert_eq!(show("wal_level"), "logical");
    assert_eq!(show("data_checksums"), "on");
    assert_eq!(show("server_encoding"), "UTF8");
    let sorting = "select datcollate from pg_database where datname = 'postgres'";
    assert_eq!(sql(&server.dsn("postgres"), sorting), "C");
    assert_eq!(show("password_encryption"), "scram-sha-256");
    assert_eq!(show("listen_addresses"), "127.0.0.1");
    assert_eq!(sql(&server.tcp_dsn("postgres"), "select upper('äß')"), "Äß");
    let rules = sql(&server.dsn("postgres"), "select distinct auth_method from pg_hba_file_rules");
    assert_eq!(rules, "scram-sha-256");
    assert_eq!(mode(&scratch.data().join("secrets.json")), 0o600);
    assert_eq!(mode(&scratch.data().join("postgres/data")), 0o700);
    assert_eq!(mode(&scratch.data().join("postgres/run")), 0o700);
    let root = rustix::process::geteuid().is_root();
    assert_eq!(mode(&scratch.data()), if root { 0o711 } else { 0o700 });
    let wrong = server.tcp_dsn("postgres").replace(server.password(), "wrong");
    let refused = psql().args(["-w", "-c", "select 1", &wrong]).output().unwrap();
    assert!(!refused.status.success(), "a wrong password was accepted");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_start_is_quick_and_keeps_port_and_data() {
    let scratch = Scratch::new("second");
    let server = start(&scratch.data()).await;
    let (port, pid) = (server.port(), server.pid());
    sql(&server.dsn("postgres"), "create table kept as select 42 as n");
    server.stop().await.unwrap();
    assert!(!alive(pid), "stop returned before the server had gone");
    let begin = Instant::now();
    let server = start(&scratch.data()).await;
    assert!(begin.elapsed() < Duration::from_secs(5), "a second start took {:?}", begin.elapsed());
    assert_eq!((server.origin(), server.port()), (Origin::Started, port));
    assert_eq!(sql(&server.dsn("postgres"), "select n from kept"), "42");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_running_server_is_adopted_and_can_be_stopped_by_its_new_keeper() {
    let scratch = Scratch::new("adopt");
    let server = start(&scratch.data()).await;
    let pid = server.pid();
    server.leave_running();
    let server = start(&scratch.data()).await;
    assert_eq!((server.origin(), server.pid()), (Origin::Adopted, pid));
    assert_eq!(sql(&server.dsn("postgres"), "select 1"), "1");
    server.stop().await.unwrap();
    assert!(!alive(pid));
}

#[tokio::test]
async fn a_killed_server_is_repaired() {
    let scratch = Scratch::new("killed");
    let durable = Options { tuning: Tuning::Durable, ..options(&scratch.data()) };
    let server = EmbeddedServer::start(&world(), &durable).await.unwrap();
    sql(&server.dsn("postgres"), "create table kept as select 42 as n");
    let pid = server.pid();
    signal(pid, Signal::KILL);
    wait_for("the killed process", || !alive(pid));
    server.leave_running();
    let server = start(&scratch.data()).await;
    assert_ne!(server.pid(), pid);
    assert_eq!(sql(&server.dsn("postgres"), "select n from kept"), "42");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn processes_that_a_killed_server_left_behind_are_ended() {
    let scratch = Scratch::new("orphans");
    let server = start(&scratch.data()).await;
    let dsn = server.dsn("postgres");
    // A session that is busy does not notice that its server has gone, and keeps a new one from starting.
    let busy = "do $$ begin loop end loop; end $$";
    let mut session =
        psql().args(["-XAtqc", busy, &dsn]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let working =
        "select count(*) from pg_stat_activity where state = 'active' and query like '%loop%end $$'";
    wait_for("a busy session", || sql(&dsn, working) == "1");
    let pid = server.pid();
    signal(pid, Signal::KILL);
    wait_for("the killed process", || !alive(pid));
    server.leave_running();
    let server = start(&scratch.data()).await;
    assert_eq!(sql(&server.dsn("postgres"), "select 1"), "1");
    assert!(!session.wait().unwrap().success());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_that_names_some_other_process_is_seen_through() {
    let scratch = Scratch::new("stale");
    let server = start(&scratch.data()).await;
    let file = scratch.data().join("postgres/data/postmaster.pid");
    let text = std::fs::read_to_string(&file).unwrap();
    let pid = server.pid();
    server.stop().await.unwrap();
    std::fs::write(&file, text.replacen(&pid.to_string(), &std::process::id().to_string(), 1)).unwrap();
    let server = start(&scratch.data()).await;
    assert_eq!(server.origin(), Origin::Started);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_half_made_cluster_is_made_again() {
    let scratch = Scratch::new("half");
    let half = scratch.data().join("postgres/data.new");
    std::fs::create_dir_all(&half).unwrap();
    std::fs::write(half.join("PG_VERSION"), "15").unwrap();
    let server = start(&scratch.data()).await;
    assert_eq!(server.origin(), Origin::Created);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn odd_and_long_paths_work() {
    let scratch = Scratch::new("odd");
    let long = "x".repeat(100);
    for (name, socket) in [("it's a \"name\" \\ with 'äll' of it", true), ("a, b", false), (&long, false)] {
        let server = start(&scratch.0.join(name)).await;
        assert_eq!(server.socket_dir().is_some(), socket, "{name}");
        assert_eq!(sql(&server.dsn("postgres"), "select 1"), "1", "{name}");
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn two_insulas_do_not_share_a_directory() {
    let scratch = Scratch::new("two");
    let server = start(&scratch.data()).await;
    let error = EmbeddedServer::start(&world(), &options(&scratch.data())).await.unwrap_err();
    assert!(error.is(problem::DATA_IN_USE), "{error:?}");
    assert_eq!(sql(&server.dsn("postgres"), "select 1"), "1");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn another_major_version_is_refused_before_anything_is_touched() {
    let scratch = Scratch::new("major");
    start(&scratch.data()).await.stop().await.unwrap();
    let options = options(&scratch.data());
    std::fs::write(scratch.data().join("postgres/data/PG_VERSION"), "12\n").unwrap();
    let error = EmbeddedServer::start(&world(), &options).await.unwrap_err();
    assert!(error.is(problem::DATA_DIR) && error.detail().contains("PostgreSQL 12"), "{error:?}");
    let error = Binaries::find(None, &scratch.data()).unwrap_err();
    assert!(error.is(problem::DATA_DIR) && error.detail().contains("PostgreSQL 12"), "{error:?}");
}

#[tokio::test]
async fn a_taken_port_is_refused_when_asked_for_and_avoided_when_not() {
    let scratch = Scratch::new("port");
    let server = start(&scratch.data()).await;
    let port = server.port();
    server.stop().await.unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let asked = Options { port: Some(port), ..options(&scratch.data()) };
    let error = EmbeddedServer::start(&world(), &asked).await.unwrap_err();
    assert!(error.detail().contains(&format!("Port {port}")), "{error:?}");
    let server = start(&scratch.data()).await;
    assert_ne!(server.port(), port);
    drop(taken);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_dropped_server_is_told_to_stop() {
    let scratch = Scratch::new("drop");
    let server = start(&scratch.data()).await;
    let pid = server.pid();
    drop(server);
    wait_for("the dropped server", || !alive(pid));
    // A start right after it waits for the end instead of adopting a server that is going.
    let server = start(&scratch.data()).await;
    drop(server);
    let server = start(&scratch.data()).await;
    assert_eq!(sql(&server.dsn("postgres"), "select 1"), "1");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_cannot_work_says_what_to_do() {
    let scratch = Scratch::new("wrong");
    let nothing = Binaries::find(Some(&scratch.0), &scratch.data()).unwrap_err();
    assert!(
        nothing.is(problem::POSTGRES_MISSING) && nothing.detail().contains("apt-get install"),
        "{nothing}"
    );
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let closed = scratch.0.join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
    let error = prepare_dir(&closed.join("deep/data")).unwrap_err();
    let hint = format!("chmod o+x '{}'", closed.display());
    assert!(error.is(problem::DATA_DIR) && error.detail().contains(&hint), "{error}");
    assert!(!closed.join("deep").exists(), "something was made although it could not work");
}

#[tokio::test]
async fn a_server_that_does_not_start_is_quoted() {
    let scratch = Scratch::new("quoted");
    start(&scratch.data()).await.stop().await.unwrap();
    std::fs::write(scratch.data().join("postgres/local.conf"), "work_mem = 'much'\n").unwrap();
    std::fs::set_permissions(scratch.data().join("postgres/local.conf"), PermissionsExt::from_mode(0o644))
        .unwrap();
    let error = EmbeddedServer::start(&world(), &options(&scratch.data())).await.unwrap_err();
    assert!(error.is(problem::POSTGRES_START) && error.detail().contains("work_mem"), "{error:?}");
}
