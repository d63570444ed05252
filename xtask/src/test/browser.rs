//! The browser tests: a real Insula with its demo tenants on a free port, a real Chromium, and `npm run test:browser`;
//! before it the gallery of widgets, which needs no Insula.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Result};
use crate::repo::Repo;
use crate::{install, run, web};

/// How long a first start with the demo's data may take in a debug build.
const START: Duration = Duration::from_secs(180);
const STOP: Duration = Duration::from_secs(60);

pub(super) fn run(repo: &Repo) -> Result<()> {
    let chromium = install::chromium()?;
    let mut gallery = web::npm(repo, &["run", "--silent", "test:gallery"]);
    run::open(gallery.env("INSULA_CHROMIUM", &chromium))?;
    run::open(&mut repo.cargo(&["build", "--package", "insula", "--quiet"]))?;
    let insula = Insula::start(repo)?;
    let mut npm = web::npm(repo, &["run", "--silent", "test:browser"]);
    npm.env("INSULA_UP_JSON", insula.up_json()).env("INSULA_CHROMIUM", chromium);
    let result = run::open(&mut npm);
    let log = insula.log();
    insula.stop()?;
    result.map_err(|failure| Failure::new(format!("{failure}\nThe server said last:\n{log}")))
}

/// A running `insula up --demo`. It is stopped with this value, whatever happens.
pub(crate) struct Insula {
    child: Child,
    dir: PathBuf,
}

impl Insula {
    pub(crate) fn start(repo: &Repo) -> Result<Self> {
        Self::start_built(repo, "debug")
    }

    /// Of the profile's folder, `debug` or `release`.
    pub(crate) fn start_built(repo: &Repo, profile: &str) -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("insula-browser-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let log_path = dir.with_extension("log");
        let log = File::create(&log_path).context(log_path.display())?;
        let mut command = run::mortal(&repo.target.join(profile).join("insula"));
        command.args(["up", "--demo", "--port", "0", "--data"]).arg(&dir).current_dir(&repo.root);
        command.stdin(Stdio::null()).stdout(log.try_clone().context("log")?).stderr(log);
        install::python_path(repo, &mut command)?;
        let child = command.spawn().context("insula up")?;
        let mut insula = Self { child, dir };
        let end = Instant::now() + START;
        while !insula.dir.join("up.json").exists() {
            if let Some(status) = insula.child.try_wait().context("insula up")? {
                return Err(Failure::new(format!("`insula up` ended with {status}:\n{}", insula.log())));
            }
            if Instant::now() >= end {
                return Err(Failure::new(format!(
                    "`insula up` is not ready after {START:?}:\n{}",
                    insula.log()
                )));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(insula)
    }

    /// The end of what it printed.
    fn log(&self) -> String {
        let text = std::fs::read_to_string(self.dir.with_extension("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// Where it says how to reach it.
    pub(crate) fn up_json(&self) -> PathBuf {
        self.dir.join("up.json")
    }

    /// As Ctrl-C would. That it ends in order is part of the test.
    pub(crate) fn stop(mut self) -> Result<()> {
        run::interrupt(&self.child);
        let end = Instant::now() + STOP;
        loop {
            match self.child.try_wait().context("insula up")? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => {
                    let log = self.log();
                    return Err(Failure::new(format!(
                        "`insula up` was interrupted and ended with {status}:\n{log}"
                    )));
                }
                None if Instant::now() >= end => {
                    return Err(Failure::new(format!("`insula up` does not end:\n{}", self.log())));
                }
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Drop for Insula {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            run::interrupt(&self.child);
            let end = Instant::now() + STOP;
            while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(50));
            }
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let _ = std::fs::remove_file(self.dir.with_extension("log"));
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
