//! Making the cluster and bringing the server up, from whatever state is there.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use insula_model::{Error, Result, World, problem};
use rustix::process::Signal;
use tokio::time::{Instant, sleep};

use super::binaries::cluster_major;
use super::home::Home;
use super::process::{GLANCE, PidFile, Processes, until};
use super::{EmbeddedServer, Options, Origin, SUPERUSER, settings, unusable};

/// How many free ports are tried before giving up: between choosing one and listening on it another program can
/// take it.
const PORTS_TRIED: u32 = 5;

pub(super) async fn start(world: &World, options: &Options) -> Result<EmbeddedServer> {
    let home = Home::open(&options.data_dir)?;
    let processes = Processes::new(&home.data(), &home.cluster_name());
    let password = home.password(world)?;
    let created = !home.data().exists();
    if created {
        create_cluster(&home, options, &password).await?;
    }
    check_major(&home, options)?;
    let mut server = EmbeddedServer {
        sockets: home.sockets(),
        version: options.binaries.version(),
        origin: if created { Origin::Created } else { Origin::Started },
        home,
        processes,
        child: None,
        pid: 0,
        port: 0,
        password,
        stopped: false,
    };
    if !adopt(&mut server, options).await? {
        clear_the_way(&server).await?;
        launch(&mut server, options).await?;
    }
    Ok(server)
}

fn check_major(home: &Home, options: &Options) -> Result<()> {
    let data = home.data();
    let have = options.binaries.version();
    match cluster_major(&data) {
        Some(major) if major == have.major => Ok(()),
        Some(major) => Err(Error::new(
            problem::DATA_DIR,
            format!(
                "The database in {} was made by PostgreSQL {major} and cannot be opened by {have}. Install PostgreSQL \
                 {major}, or move the data with pg_upgrade.",
                data.display()
            ),
        )),
        None => Err(unusable(&data, &"it is not a PostgreSQL cluster; move it away")),
    }
}

/// Makes the cluster beside its place and moves it there when it is whole.
async fn create_cluster(home: &Home, options: &Options, password: &str) -> Result<()> {
    let fresh = home.postgres().join("data.new");
    let secret = home.postgres().join("password");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).map_err(|e| unusable(&fresh, &e))?;
    }
    let mut said = String::new();
    // Sorting by bytes is what indexes like best; the character classes are Unicode's where the system has them.
    for ctype in ["C.UTF-8", "C"] {
        home.own_dir(&fresh)?;
        home.write_for_server(&secret, password)?;
        let mut command = home.account.command(&options.binaries.dir().join("initdb"));
        command.args(["--encoding=UTF8", "--locale=C", "--data-checksums", "--auth=scram-sha-256"]);
        command.arg(format!("--lc-ctype={ctype}")).arg(format!("--username={SUPERUSER}"));
        command.arg("--pwfile").arg(&secret).arg("--pgdata").arg(&fresh);
        if options.tuning == settings::Tuning::Test {
            command.arg("--no-sync");
        }
        let output = own_group(command).kill_on_drop(true).output().await;
        let _ = std::fs::remove_file(&secret);
        let output = output.map_err(|e| Error::internal(format!("initdb: {e}")))?;
        if output.status.success() {
            return std::fs::rename(&fresh, home.data()).map_err(|e| unusable(&fresh, &e));
        }
        said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let _ = std::fs::remove_dir_all(&fresh);
        if !said.contains("locale") {
            break;
        }
    }
    Err(Error::new(problem::POSTGRES_START, format!("initdb could not make the database. It said:\n{said}")))
}

/// Takes over a server that runs on this directory. One that is just stopping is waited for.
async fn adopt(server: &mut EmbeddedServer, options: &Options) -> Result<bool> {
    let end = Instant::now() + options.patience;
    while let Some(file) = server.processes.running() {
        let other_port = options.port.is_some_and(|port| file.port != 0 && port != file.port);
        if other_port {
            server.processes.signal(file.pid, Signal::INT);
        } else if file.status == "ready" {
            take(server, &file, Origin::Adopted);
            return Ok(true);
        }
        if Instant::now() >= end {
            return Err(too_slow(server, options));
        }
        sleep(GLANCE).await;
    }
    Ok(false)
}

fn take(server: &mut EmbeddedServer, file: &PidFile, origin: Origin) {
    server.pid = file.pid;
    server.port = file.port;
    server.sockets.clone_from(&file.socket_dir);
    server.origin = origin;
}

/// After a `kill -9` of PostgreSQL: its other processes must have ended, and a pid file whose number now belongs to some
/// other program must go. (While any of them lives the file stays: it is PostgreSQL's own guard.)
async fn clear_the_way(server: &EmbeddedServer) -> Result<()> {
    if !server.processes.clear_orphans().await {
        return Err(Error::new(
            problem::POSTGRES_START,
            format!(
                "PostgreSQL was killed, and these processes of it do not end: {:?}. End them by hand.",
                server.processes.orphans()
            ),
        ));
    }
    if server.processes.claimed().is_some() {
        let path = server.processes.pid_path();
        std::fs::remove_file(&path).map_err(|e| unusable(&path, &e))?;
    }
    Ok(())
}

async fn launch(server: &mut EmbeddedServer, options: &Options) -> Result<()> {
    for dir in [Some(server.home.log()), server.home.sockets()].into_iter().flatten() {
        server.home.own_dir(&dir)?;
    }
    let conf = server.home.postgres().join("insula.conf");
    let mut port = options.port.filter(|p| *p != 0).or_else(|| last_port(&conf));
    for _ in 0..PORTS_TRIED {
        let chosen = match port {
            Some(port) => port,
            None => free_port()?,
        };
        let sockets = server.home.sockets();
        let name = server.home.cluster_name();
        let text = settings::text(options.tuning, &name, chosen, sockets.as_deref(), &server.home.log());
        server.home.write_for_server(&conf, &text)?;
        spawn(server, options, &conf)?;
        if wait_until_ready(server, options).await? {
            return Ok(());
        }
        if !server.home.last_words().contains("could not bind") {
            return Err(failed(server));
        }
        if options.port.is_some_and(|p| p != 0) {
            return Err(Error::new(
                problem::POSTGRES_START,
                format!("Port {chosen} on 127.0.0.1 is taken by another program. Choose another port."),
            ));
        }
        port = None;
    }
    Err(failed(server))
}

fn spawn(server: &mut EmbeddedServer, options: &Options, conf: &Path) -> Result<()> {
    let out = server.home.start_log()?;
    let err = out.try_clone().map_err(Error::internal)?;
    let mut command = server.home.account.command(&options.binaries.dir().join("postgres"));
    command.arg("-D").arg(server.home.data()).arg("-c");
    let mut config_file = std::ffi::OsString::from("config_file=");
    config_file.push(conf);
    command.arg(config_file).stdout(out).stderr(err);
    let child = own_group(command).spawn().map_err(|e| Error::internal(format!("postgres: {e}")))?;
    server.pid = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
    server.child = Some(child);
    Ok(())
}

/// `false` when the process ended instead.
async fn wait_until_ready(server: &mut EmbeddedServer, options: &Options) -> Result<bool> {
    let (mut ended, mut ready) = (false, None);
    let in_time = until(options.patience, || {
        ended = server.child.as_mut().is_none_or(|c| !matches!(c.try_wait(), Ok(None)));
        ready = server.processes.claimed().filter(|f| f.pid == server.pid && f.status == "ready");
        ended || ready.is_some()
    })
    .await;
    if let Some(file) = ready.filter(|_| !ended) {
        let origin = server.origin;
        take(server, &file, origin);
        return Ok(true);
    }
    if in_time { Ok(false) } else { Err(too_slow(server, options)) }
}

/// A process group of its own: the terminal's Ctrl-C is for Insula, which then stops the server in order.
fn own_group(mut command: Command) -> tokio::process::Command {
    use std::os::unix::process::CommandExt;
    command.process_group(0).stdin(Stdio::null());
    tokio::process::Command::from(command)
}

fn free_port() -> Result<u16> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr());
    Ok(bound.map_err(|e| Error::internal(format!("a free port: {e}")))?.port())
}

/// The port of the last run if nothing listens there now, so that addresses which people kept stay right.
fn last_port(conf: &Path) -> Option<u16> {
    let text = std::fs::read_to_string(conf).ok()?;
    let port = text.lines().find_map(|l| l.strip_prefix("port = "))?.trim().parse().ok()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok().map(|_| port)
}

fn failed(server: &EmbeddedServer) -> Error {
    Error::new(
        problem::POSTGRES_START,
        format!("The private PostgreSQL did not start. It said:\n{}", server.home.last_words()),
    )
}

fn too_slow(server: &EmbeddedServer, options: &Options) -> Error {
    Error::new(
        problem::POSTGRES_START,
        format!(
            "The private PostgreSQL is not ready after {} s. Its log is in {}.",
            options.patience.as_secs(),
            server.home.log().display()
        ),
    )
}
