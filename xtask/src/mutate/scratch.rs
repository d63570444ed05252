//! A copy of the checkout in which guards are taken away, and the tests that are built and run there. It has a target
//! folder of its own, kept between runs: what was built without a guard never lies where somebody would start it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::mutation::Tests;
use crate::failure::{Context, Failure, Result};
use crate::install;
use crate::repo::Repo;

/// How long tests may take: a guard that is missing may make them wait for ever, and that is red, too.
const PATIENCE: Duration = Duration::from_secs(240);

/// The copy.
pub(super) struct Scratch<'r> {
    repo: &'r Repo,
    root: PathBuf,
    build: PathBuf,
}

/// How tests ended.
#[derive(Debug, Default)]
pub(super) struct Ran {
    pub(super) green: BTreeSet<String>,
    pub(super) red: BTreeSet<String>,
}

impl<'r> Scratch<'r> {
    /// Makes the copy, or makes it the same as the checkout again. What is the same stays untouched, so that little is
    /// built anew.
    pub(super) fn new(repo: &'r Repo) -> Result<Self> {
        let dir = repo.own()?.join("mutants");
        let scratch = Self { repo, root: dir.join("tree"), build: dir.join("build") };
        let files = repo.files()?;
        for file in &files {
            let bytes = std::fs::read(repo.path(file)).context(file)?;
            scratch.write(file, &bytes)?;
        }
        let kept: BTreeSet<&str> = files.iter().map(String::as_str).collect();
        for file in scratch.source_files(&scratch.root.join("crates"))? {
            let name = file.strip_prefix(&scratch.root).map(|f| f.to_string_lossy().into_owned());
            if name.is_ok_and(|name| !kept.contains(name.as_str())) {
                std::fs::remove_file(&file).context(file.display())?;
            }
        }
        // The pages are the checkout's: no mutation changes them.
        let pages = scratch.root.join("web/dist");
        if pages.is_dir() && !pages.is_symlink() {
            std::fs::remove_dir_all(&pages).context(pages.display())?;
        }
        if !pages.is_symlink() {
            std::os::unix::fs::symlink(repo.path("web/dist"), &pages).context(pages.display())?;
        }
        Ok(scratch)
    }

    fn source_files(&self, folder: &PathBuf) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).context(folder.display())? {
            let path = entry.context(folder.display())?.path();
            if path.is_dir() {
                files.extend(self.source_files(&path)?);
            } else {
                files.push(path);
            }
        }
        Ok(files)
    }

    pub(super) fn read(&self, file: &str) -> Result<String> {
        std::fs::read_to_string(self.root.join(file)).context(file)
    }

    pub(super) fn write(&self, file: &str, bytes: &[u8]) -> Result<()> {
        let path = self.root.join(file);
        if std::fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).context(folder.display())?;
        }
        std::fs::write(&path, bytes).context(path.display())
    }

    /// Builds the tests of packages; the programs by package and kind.
    fn built(&self, wanted: &[Tests]) -> Result<BTreeMap<(String, bool), PathBuf>> {
        let mut programs = BTreeMap::new();
        for library in [false, true] {
            let packages: BTreeSet<&str> =
                wanted.iter().filter(|t| t.library == library).map(|t| t.package.as_str()).collect();
            if packages.is_empty() {
                continue;
            }
            let mut cargo = self.repo.cargo(&["test", "--no-run", "--quiet", "--message-format=json"]);
            cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.build).stderr(Stdio::piped());
            // A guard that is gone may leave something unused behind; and nobody debugs what is built here.
            cargo.env("RUSTFLAGS", "--cap-lints allow").env("CARGO_PROFILE_DEV_DEBUG", "0");
            cargo.args(if library { ["--lib"].as_slice() } else { &["--test", "it"] });
            packages.iter().for_each(|package| {
                cargo.args(["--package", package]);
            });
            let output = cargo.output().context("cargo test --no-run")?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stdout);
                let errors = said.lines().filter_map(|l| serde_json::from_str::<Value>(l).ok());
                let errors: String = errors
                    .filter_map(|m| m.pointer("/message/rendered")?.as_str().map(str::to_owned))
                    .collect();
                return Err(Failure::new(format!("it does not compile:\n{errors}")));
            }
            for line in String::from_utf8_lossy(&output.stdout).lines() {
                let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
                let text = |at: &str| message.pointer(at).and_then(Value::as_str);
                let Some(program) = text("/executable") else { continue };
                let tests = message.pointer("/profile/test").and_then(Value::as_bool) == Some(true);
                let manifest = text("/manifest_path").unwrap_or_default();
                let package = packages.iter().find(|p| self.manifest(p).is_some_and(|m| m == manifest));
                if let (true, Some(package)) = (tests, package) {
                    programs.insert(((*package).to_owned(), library), PathBuf::from(program));
                }
            }
        }
        Ok(programs)
    }

    fn folder(package: &str) -> String {
        let name =
            package.strip_prefix("insula-").unwrap_or(if package == "insula" { "cli" } else { package });
        format!("crates/{name}")
    }

    fn manifest(&self, package: &str) -> Option<String> {
        let path = self.root.join(Self::folder(package)).join("Cargo.toml");
        path.canonicalize().ok().map(|p| p.to_string_lossy().into_owned())
    }

    /// Builds and runs tests against a server, with SQL that is applied after each installation.
    pub(super) fn run(&self, wanted: &[Tests], server: &str, sql: Option<&PathBuf>) -> Result<Ran> {
        let programs = self.built(wanted)?;
        let mut ran = Ran::default();
        for tests in wanted {
            let program = programs
                .get(&(tests.package.clone(), tests.library))
                .ok_or_else(|| Failure::new(format!("{} has no such tests", tests.package)))?;
            let log = self.build.join("tests.log");
            let out = File::create(&log).context(log.display())?;
            let mut command = Command::new(program);
            command
                .arg("--exact")
                .args(&tests.names)
                .current_dir(self.root.join(Self::folder(&tests.package)));
            command.env("INSULA_TEST_POSTGRES", server).env("RUST_BACKTRACE", "0");
            if let Some(sql) = sql {
                command.env("INSULA_TEST_MUTATION", sql);
            }
            install::python_path(self.repo, &mut command)?;
            command.stdin(Stdio::null()).stdout(out).stderr(Stdio::null());
            let mut child = command.spawn().context(program.display())?;
            let begun = Instant::now();
            while child.try_wait().context(program.display())?.is_none() {
                if begun.elapsed() > PATIENCE {
                    child.kill().context(program.display())?;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            let said = std::fs::read(&log).context(log.display())?;
            let said = String::from_utf8_lossy(&said);
            // Red for another reason than that a guard is missing.
            if let Some(line) = said.lines().find(|l| l.contains("INSULA_TEST_MUTATION can be applied")) {
                return Err(Failure::new(line));
            }
            ran.judge(&tests.names, &said);
        }
        Ok(ran)
    }
}

impl Ran {
    /// What has no result did not end, and that is red.
    fn judge(&mut self, names: &[String], said: &str) {
        let ok = |name: &str| {
            said.lines().any(|l| l.starts_with(&format!("test {name} ... ")) && l.ends_with("ok"))
        };
        for name in names {
            if ok(name) {
                self.green.insert(name.clone());
            } else {
                self.red.insert(name.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_end_well_is_red() {
        let names = ["a::b", "a::c", "a::d"].map(str::to_owned);
        let mut ran = Ran::default();
        ran.judge(&names, "test a::b ... ok\ntest a::c ... FAILED\ntest a::d has been running\n");
        assert_eq!(ran.green.iter().map(String::as_str).collect::<Vec<_>>(), ["a::b"]);
        assert_eq!(ran.red.len(), 2);
    }
}
