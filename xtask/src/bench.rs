//! `cargo xtask bench`: what Insula costs, against the same work done by hand. The benchmarks are the package
//! `insula-bench`; here they are built as a release is and run.

use std::os::unix::process::CommandExt;

use crate::failure::{Failure, Result};
use crate::install;
use crate::repo::Repo;
use crate::run;

pub(crate) fn run(repo: &Repo, args: &[String]) -> Result<()> {
    install::postgres(repo)?;
    run::open(&mut repo.cargo(&["build", "--release", "--package", "insula", "--package", "insula-bench"]))?;
    let mut command = std::process::Command::new(repo.target.join("release/insula-bench"));
    install::python_path(repo, &mut command)?;
    // In this program's place: Ctrl-C is for the benchmark, which stops what it started.
    let error = command.args(args).exec();
    Err(Failure::new(format!("insula-bench: {error}")))
}
