//! Runs a private PostgreSQL for tests, quick and not durable, in a directory that goes when it ends.
//!
//! Prints the superuser's URL in one line when the server is ready, and stops on Ctrl-C (or SIGTERM), or when standard input ends:
//! `cargo xtask test` holds the other end, so that the server also ends when that is killed. With `--export`, for
//! people, the line is one for the shell, and standard input does not matter.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use insula_model::{Entropy, Error, Result, SystemClock, World};
use insula_store::embedded::{Binaries, EmbeddedServer, Options, Tuning};
use tokio::signal::unix::{SignalKind, signal};

struct Urandom;

impl Entropy for Urandom {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(bytes)) {
            eprintln!("/dev/urandom: {error}");
            std::process::abort();
        }
    }
}

/// Removes what servers left that were killed together with their keeper. Nothing that anybody may still use: neither the
/// keeper nor a PostgreSQL of that directory lives.
fn sweep() {
    let lives = |pid: &str| std::path::Path::new("/proc").join(pid).exists();
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(keeper) = name.to_str().and_then(|name| name.strip_prefix("insula-postgres-")) else {
            continue;
        };
        let postmaster = std::fs::read_to_string(entry.path().join("postgres/data/postmaster.pid"));
        let running = postmaster.is_ok_and(|text| text.lines().next().is_some_and(|pid| lives(pid.trim())));
        if keeper.parse::<u32>().is_ok() && !lives(keeper) && !running {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

async fn run() -> Result<()> {
    sweep();
    let export = std::env::args().nth(1).is_some_and(|arg| arg == "--export");
    let dir = std::env::temp_dir().join(format!("insula-postgres-{}", std::process::id()));
    let binaries = Binaries::find(None, &dir)?;
    if let Some(warning) = binaries.warning() {
        eprintln!("{warning}");
    }
    let world = World { clock: Arc::new(SystemClock), entropy: Arc::new(Urandom) };
    let options = Options { tuning: Tuning::Test, ..Options::new(&dir, binaries) };
    let server = EmbeddedServer::start(&world, &options).await?;
    let url = server.tcp_dsn("postgres");
    if export {
        println!("export INSULA_TEST_POSTGRES='{url}'");
        eprintln!("Ctrl-C stops it.");
    } else {
        println!("{url}");
    }
    let _ = std::io::stdout().flush();
    let (ended, end_of_input) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    tokio::select! {
        _ = end_of_input, if !export => {}
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    server.stop().await?;
    std::fs::remove_dir_all(&dir).map_err(Error::internal)
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.map_err(Error::internal).and_then(|runtime| {
        let result = runtime.block_on(run());
        runtime.shutdown_background();
        result
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}
