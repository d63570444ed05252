//! `cargo xtask pg`, and the PostgreSQL that `cargo xtask test` runs its tests against.
//!
//! The server is kept by a small program of the store, `private_postgres`, and not by this one: the launcher brings the
//! store's dependencies with it, which the menu does not want and the tests need anyway.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::failure::{Context, Failure, Result};
use crate::install;
use crate::repo::Repo;
use crate::run;

pub(crate) fn run(repo: &Repo, _: &[String]) -> Result<()> {
    install::postgres(repo)?;
    run::open(&mut repo.cargo(&["build", "--package", "insula-store", "--example", "private_postgres"]))?;
    let error = program(repo)?.arg("--export").exec();
    Err(Failure::new(format!("private_postgres: {error}")))
}

fn program(repo: &Repo) -> Result<Command> {
    let mut command = Command::new(repo.target.join("debug/examples/private_postgres"));
    install::python_path(repo, &mut command)?;
    Ok(command)
}

/// A running server for tests; it ends with this value, and also when this process is killed.
pub(crate) struct TestServer {
    child: Child,
    /// The superuser's URL.
    pub(crate) url: String,
}

impl TestServer {
    /// Needs the example to be built, which `cargo test --workspace --no-run` does.
    pub(crate) fn start(repo: &Repo) -> Result<Self> {
        let mut child = program(repo)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("private_postgres")?;
        let mut url = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut url).context("private_postgres")?;
        }
        let url = url.trim().to_owned();
        if url.is_empty() {
            let _ = child.wait();
            return Err(Failure::new("The tests' PostgreSQL did not start."));
        }
        Ok(Self { child, url })
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
