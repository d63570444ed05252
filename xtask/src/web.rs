//! The browser's side: packages and build, each only when what it is made from has changed.

use std::process::Command;

use crate::failure::{Context, Failure, Result};
use crate::repo::{Repo, fingerprint};
use crate::run;
use crate::ui::Line;

/// What the web build needs.
const NODE_MAJOR: u32 = 20;

/// Whether there is a browser's side at all.
pub(crate) fn npm(repo: &Repo, args: &[&str]) -> Command {
    let mut npm = run::program("npm", args);
    npm.current_dir(repo.path("web"));
    npm
}

/// Packages installed and `web/dist` built, quietly and only when need be.
pub(crate) fn build(repo: &Repo) -> Result<()> {
    let line = Line::new("web");
    check_node()?;
    packages(repo, &line)?;
    let stamp = repo.own()?.join("web-build");
    let now = sources(repo)?;
    if repo.path("web/dist/index.html").exists() && std::fs::read_to_string(&stamp).is_ok_and(|s| s == now) {
        line.done("is built");
        return Ok(());
    }
    run::quiet(&line, "npm run build", &mut npm(repo, &["run", "build"]))?;
    std::fs::write(&stamp, now).context(stamp.display())?;
    line.done(&format!("built in {}", line.took()));
    Ok(())
}

/// `npm ci` when the lock file has changed since the last time.
pub(crate) fn packages(repo: &Repo, line: &Line) -> Result<()> {
    let lock = repo.path("web/package-lock.json");
    let now = fingerprint([std::fs::read(&lock).context(lock.display())?.as_slice()]);
    // Within the folder, so that the stamp goes when the packages go.
    let stamp = repo.path("web/node_modules/.insula-stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|s| s == now) {
        return Ok(());
    }
    run::quiet(line, "npm ci", &mut npm(repo, &["ci", "--no-audit", "--no-fund"]))?;
    std::fs::write(&stamp, now).context(stamp.display())
}

pub(crate) fn check_node() -> Result<()> {
    let version = run::output(&mut run::program("node", &["--version"])).unwrap_or_default();
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|m| m.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR => {}
        Some(major) => return Err(needs_node(&format!("this one is {major}"))),
        None => return Err(needs_node("there is none here")),
    }
    if run::succeeds("npm", &["--version"]) { Ok(()) } else { Err(needs_node("npm is missing")) }
}

fn needs_node(why: &str) -> Failure {
    Failure::new(format!(
        "The web pages are built with Node {NODE_MAJOR} or newer and npm, and {why}. Install it (your system's package, nvm, \
         or fnm install {NODE_MAJOR}), then run the same command again."
    ))
}

/// Changes whenever a file of `web/` does.
fn sources(repo: &Repo) -> Result<String> {
    let files: Vec<String> = repo.files()?.into_iter().filter(|f| f.starts_with("web/")).collect();
    let mut parts = Vec::new();
    for file in &files {
        parts.push(file.clone().into_bytes());
        parts.push(std::fs::read(repo.path(file)).context(file)?);
    }
    Ok(fingerprint(parts.iter().map(Vec::as_slice)))
}
