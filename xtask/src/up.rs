//! `cargo xtask up`: from a fresh clone to a running Insula. What is there already is not done again, so that the second
//! time takes seconds.
//!
//! At the end this process *becomes* `insula up` (as `cargo run` became this one): there is one process in the
//! foreground, and Ctrl-C goes to the one that knows how to stop in order.
//!
//! It is built without optimisation, as the tests are: that takes a third of the time, and somebody who has just cloned
//! waits for nothing else. `--release` is for those who want to see how fast it is.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::repo::Repo;
use crate::ui::Line;
use crate::{install, run, server, web};

pub(crate) fn run(repo: &Repo, args: &[String]) -> Result<()> {
    let (release, args) = match args.split_first() {
        Some((first, rest)) if first == "--release" => (true, rest),
        _ => (false, args),
    };
    let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
    eprintln!();
    install::postgres(repo)?;
    web::build(repo)?;
    let mut insula = Command::new(binary(repo, release)?);
    insula.current_dir(&repo.root).args(["up", "--demo"]);
    if !args
        .iter()
        .any(|arg| arg == "--data" || arg.starts_with("--data=") || arg.starts_with("--database-url"))
    {
        let (data, moved) = server::data_dir(repo)?;
        if moved {
            Line::new("data")
                .done(&format!("{} (PostgreSQL's user cannot enter the checkout)", data.display()));
        }
        insula.arg("--data").arg(data);
    }
    install::python_path(repo, &mut insula)?;
    let error = insula.args(args).exec();
    Err(Failure::new(format!("{}: {error}", insula.get_program().display())))
}

fn binary(repo: &Repo, release: bool) -> Result<PathBuf> {
    let line = Line::new("insula");
    let (folder, more): (_, &[&str]) = if release { ("release", &["--release"]) } else { ("debug", &[]) };
    let program = repo.target.join(folder).join("insula");
    if !program.exists() {
        eprintln!("  … insula                 compiling; the first time takes some minutes");
    }
    run::open(repo.cargo(&["build", "--package", "insula"]).args(more))?;
    line.done(&format!("built in {}", line.took()));
    Ok(program)
}
