//! What Insula costs. Each benchmark does the same work by hand and through Insula, in turns, in one run on one private
//! PostgreSQL that it starts and removes again, and prints the ratio: figures of two machines, or of a busy and an idle
//! one, say little by themselves.
//!
//! `cargo xtask bench [NAME…] [--small] [--check] [--data DIR]`. Without a name it is `compare`: all of them, and which bars are
//! reached.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]
#![allow(
    clippy::disallowed_methods,
    reason = "the other side of each comparison is a bare connection, and no test moves this clock"
)]

mod actors;
mod bare;
mod dashboard;
mod embed;
mod events;
mod figures;
mod http;
mod ingest;
mod memory;
mod migrate;
mod noisy;
mod place;
mod provision;
mod rollups;
mod rows;
mod scoped_read;

use std::path::PathBuf;
use std::process::ExitCode;

use figures::Figure;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

/// Whatever goes wrong ends the benchmark.
pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// How to measure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Less of everything: says whether it works, not how quick it is.
    pub(crate) quick: bool,
    /// Where the installation is kept between runs. Without it there is a new one, which is removed at the end.
    pub(crate) data: Option<PathBuf>,
    /// Whether a bar that is missed is a failure.
    check: bool,
}

struct Benchmark {
    name: &'static str,
    about: &'static str,
    run: for<'a> fn(&'a Options) -> BoxFuture<'a, Result<Vec<Figure>>>,
}

const ALL: &[Benchmark] = &[
    Benchmark {
        name: "scoped-read",
        about: "reading as a tenant, and the same SQL with a hand-written filter",
        run: |options| scoped_read::run(options).boxed(),
    },
    Benchmark {
        name: "rollups",
        about: "questions answered from sums of days, and from the events by hand",
        run: |options| rollups::run(options).boxed(),
    },
    Benchmark {
        name: "provision",
        about: "from asking for a tenant until it can be used",
        run: |options| provision::run(options).boxed(),
    },
    Benchmark {
        name: "dashboard",
        about: "eight widgets over HTTP, 32 clients at once",
        run: |options| dashboard::run(options).boxed(),
    },
    Benchmark {
        name: "embed",
        about: "one chart of an embed over HTTP, 32 clients at once",
        run: |options| embed::run(options).boxed(),
    },
    Benchmark {
        name: "noisy",
        about: "quiet tenants beside one that asks 64 costly questions at once",
        run: |options| noisy::run(options).boxed(),
    },
    Benchmark {
        name: "ingest",
        about: "events in, and a bare COPY of the same rows",
        run: |options| ingest::run(options).boxed(),
    },
    Benchmark {
        name: "memory",
        about: "of the server and of PostgreSQL's backends",
        run: |options| memory::run(options).boxed(),
    },
    Benchmark {
        name: "migrate",
        about: "a column for 1,000 schema tenants, and the same DDL in bare batches",
        run: |options| migrate::run(options).boxed(),
    },
];

fn help() {
    println!("cargo xtask bench [NAME…] [--small] [--check] [--data DIR]\n");
    for benchmark in ALL {
        println!("  {:<12} {}", benchmark.name, benchmark.about);
    }
    println!("  {:<12} all of them, and which bars are reached\n", "compare");
    println!("--small measures less of everything; --data DIR keeps the installation and uses it again;");
    println!("with --check a bar that is missed ends it with 2.");
}

async fn measure(names: &[String], options: &Options) -> Result<bool> {
    let all = names.is_empty() || names.iter().any(|name| name == "compare");
    let (mut figures, mut failed) = (Vec::new(), false);
    for benchmark in ALL.iter().filter(|b| all || names.iter().any(|name| name == b.name)) {
        eprintln!("{}: {}", benchmark.name, benchmark.about);
        // One that fails takes nothing of the others with it.
        match (benchmark.run)(options).await {
            Ok(more) => figures.extend(more),
            Err(error) => {
                failed = true;
                eprintln!("  it failed: {error}");
                let causes = std::iter::successors(error.source(), |cause| cause.source());
                causes.for_each(|cause| eprintln!("  because: {cause}"));
            }
        }
    }
    figures::print(&figures);
    if failed {
        return Err("A benchmark failed; the figures are those of the others.".into());
    }
    Ok(!options.check || figures.iter().all(|f| f.reached() != Some(false)))
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<(Vec<String>, Options)> {
    let (mut names, mut options) = (Vec::new(), Options::default());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--small" => options.quick = true,
            "--check" => options.check = true,
            "--data" => options.data = Some(args.next().ok_or("--data needs a directory")?.into()),
            name if name == "compare" || ALL.iter().any(|b| b.name == name) => names.push(arg),
            other => return Err(format!("There is no benchmark {other:?}. `--help` lists them.").into()),
        }
    }
    Ok((names, options))
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == "--help" || arg == "help") {
        help();
        return ExitCode::SUCCESS;
    }
    // What fails meanwhile says why: the installation and its log are removed at the end.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_writer(std::io::stderr)
        .init();
    let measured = async {
        let (names, options) = parse(std::env::args().skip(1))?;
        // A task of its own, as a request has: what runs beside the tasks wakes up through another thread.
        let mut measuring = tokio::spawn(async move { measure(&names, &options).await });
        tokio::select! {
            done = &mut measuring => done?,
            _ = tokio::signal::ctrl_c() => {
                // Dropped, it stops and removes what it started.
                measuring.abort();
                let _ = measuring.await;
                Err("interrupted".into())
            }
        }
    };
    match measured.await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("{error}");
            let causes = std::iter::successors(error.source(), |cause| cause.source());
            causes.for_each(|cause| eprintln!("  because: {cause}"));
            ExitCode::FAILURE
        }
    }
}
