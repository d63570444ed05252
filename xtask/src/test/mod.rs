//! `cargo xtask test`: everything that is tested, in the order in which a mistake is found soonest. The same that
//! continuous integration runs.
//!
//! Must hold: the first step that fails ends it, having said everything that is wrong in it; whatever was started has
//! ended then; the last lines say what took how long.

mod browser;

use std::time::{Duration, Instant};

pub(crate) use self::browser::Insula;
use crate::failure::{Failure, Result};
use crate::pg::TestServer;
use crate::repo::Repo;
use crate::{arch, generate, install, run, tidy, ui, web};

/// The parts that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Lint,
    Web,
    Rust,
    Browser,
}

const PARTS: [(&str, Part); 4] =
    [("--lint", Part::Lint), ("--web", Part::Web), ("--rust", Part::Rust), ("--browser", Part::Browser)];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    parts: Vec<Part>,
    filter: Vec<String>,
}

impl Wanted {
    fn parse(args: &[String]) -> Result<Self> {
        let mut wanted = Self { parts: Vec::new(), filter: Vec::new() };
        for arg in args {
            match PARTS.iter().find(|(flag, _)| flag == arg) {
                Some((_, part)) => wanted.parts.push(*part),
                None if arg.starts_with("--") && wanted.filter.is_empty() => {
                    return Err(Failure::new(format!(
                        "`cargo xtask test` knows --lint, --web, --rust and --browser, not {arg}."
                    )));
                }
                None => wanted.filter.push(arg.clone()),
            }
        }
        if wanted.parts.is_empty() {
            let all = PARTS.iter().map(|(_, part)| *part);
            wanted.parts = if wanted.filter.is_empty() { all.collect() } else { vec![Part::Rust] };
        }
        Ok(wanted)
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

/// The steps that are over.
struct Steps(Vec<(&'static str, Duration, bool)>);

impl Steps {
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        ui::heading(name);
        let begin = Instant::now();
        let result = work();
        self.0.push((name, begin.elapsed(), result.is_ok()));
        eprintln!("   {}", ui::duration(begin.elapsed()));
        result
    }

    fn summary(&self) {
        ui::heading("summary");
        for (name, took, good) in &self.0 {
            eprintln!("  {} {name:<22} {:>10}", if *good { "✓" } else { "✗" }, ui::duration(*took));
        }
        let all = self.0.iter().map(|(_, took, _)| *took).sum();
        eprintln!("    {:<22} {:>10}", "all", ui::duration(all));
    }
}

pub(crate) fn run(repo: &Repo, args: &[String]) -> Result<()> {
    let wanted = Wanted::parse(args)?;
    let mut steps = Steps(Vec::new());
    let result = all(repo, &wanted, &mut steps);
    steps.summary();
    result
}

fn all(repo: &Repo, wanted: &Wanted, steps: &mut Steps) -> Result<()> {
    let cargo = |args: &[&str]| run::open(&mut repo.cargo(args));
    if wanted.has(Part::Lint) {
        steps.step("format", || cargo(&["fmt", "--all", "--check"]))?;
        steps.step("tidy", || tidy::run(repo, &[]))?;
        steps.step("arch", || arch::run(repo, &[]))?;
    }
    // Before anything that compiles the server: the pages are part of its binary.
    steps.step("web build", || web::build(repo))?;
    if wanted.has(Part::Web) {
        steps.step("web check", || run::open(&mut web::npm(repo, &["run", "--silent", "check"])))?;
        steps.step("web tests", || run::open(&mut web::npm(repo, &["run", "--silent", "test"])))?;
    }
    if wanted.has(Part::Lint) {
        steps.step("clippy", || {
            cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"])
        })?;
    }
    if wanted.has(Part::Rust) {
        steps.step("rust build", || cargo(&["test", "--workspace", "--no-run", "--quiet"]))?;
    }
    if wanted.has(Part::Lint) {
        steps.step("generated files", || generate::run(repo, &["--check".to_owned()]))?;
    }
    if wanted.has(Part::Rust) || wanted.has(Part::Browser) {
        steps.step("PostgreSQL", || install::postgres(repo))?;
    }
    if wanted.has(Part::Rust) {
        steps.step("rust tests", || rust(repo, &wanted.filter))?;
    }
    if wanted.has(Part::Browser) {
        steps.step("browser tests", || browser::run(repo))?;
    }
    Ok(())
}

fn rust(repo: &Repo, filter: &[String]) -> Result<()> {
    let server = TestServer::start(repo)?;
    let mut cargo = repo.cargo(&["test", "--workspace", "--quiet", "--no-fail-fast"]);
    cargo.args(filter).env("INSULA_TEST_POSTGRES", &server.url);
    install::python_path(repo, &mut cargo)?;
    run::open(&mut cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Wanted {
        Wanted::parse(&args.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn nothing_means_everything_and_a_filter_means_rust() {
        assert_eq!(parse(&[]).parts, [Part::Lint, Part::Web, Part::Rust, Part::Browser]);
        assert_eq!(parse(&["--lint", "--browser"]).parts, [Part::Lint, Part::Browser]);
        let filtered = parse(&["tenant", "--", "--nocapture"]);
        assert_eq!((filtered.parts, filtered.filter.len()), (vec![Part::Rust], 3));
        assert!(Wanted::parse(&["--nonsense".to_owned()]).is_err());
    }
}
