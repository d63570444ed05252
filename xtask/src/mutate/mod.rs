//! `cargo xtask mutate-guards`: takes every guard away once, and looks whether a test sees it. A guard that can go
//! without any test turning red is not tested.
//!
//! Must hold: the tests are green with all guards in place, or nothing is said; the checkout is never changed; each
//! mutation of the database has a server of its own, because roles belong to the whole server.

mod mutation;
mod scratch;

use std::collections::BTreeMap;
use std::time::Instant;

use self::mutation::{Change, Mutation, Tests, applied};
use self::scratch::Scratch;
use crate::failure::{Failure, Result};
use crate::pg::TestServer;
use crate::repo::Repo;
use crate::{install, run as programs, ui, web};

/// Where the mutations are.
const FOLDER: &str = "crates/testkit/mutations";

/// What became of a guard that was taken away.
enum Fate {
    /// These tests turned red.
    Killed(Vec<String>),
    /// Nobody saw it.
    Survived,
    /// It could not be tried.
    Broken(String),
}

pub(crate) fn run(repo: &Repo, args: &[String]) -> Result<()> {
    let all = mutation::all(&repo.path(FOLDER))?;
    let mut chosen: Vec<Mutation> = all
        .into_iter()
        .filter(|m| args.is_empty() || args.iter().any(|a| m.name.contains(a.trim_start_matches("--"))))
        .collect();
    // What needs no building first; then those whose tests are built together.
    chosen.sort_by_key(|m| (m.change != Change::Sql, m.red.first().map(|t| (t.library, t.package.clone()))));
    if chosen.is_empty() {
        return Err(Failure::new(format!("There is no such mutation in {FOLDER}.")));
    }
    install::postgres(repo)?;
    programs::open(&mut repo.cargo(&[
        "build",
        "--quiet",
        "--package",
        "insula-store",
        "--example",
        "private_postgres",
    ]))?;
    web::build(repo)?;
    let scratch = Scratch::new(repo)?;
    ui::heading("all guards in place");
    let begun = Instant::now();
    let server = TestServer::start(repo)?;
    let ran = scratch.run(&together(&chosen), &server.url, None)?;
    eprintln!("   {} tests, {}", ran.green.len() + ran.red.len(), ui::duration(begun.elapsed()));
    if !ran.red.is_empty() {
        let red: Vec<String> = ran.red.into_iter().collect();
        return Err(Failure::new(format!(
            "With all guards in place these are red or not there: {}",
            red.join(", ")
        )));
    }
    ui::heading("one guard missing");
    let mut fates = Vec::new();
    for mutation in &chosen {
        let begun = Instant::now();
        let fate = tried(repo, &scratch, mutation, &server);
        let mark = if matches!(fate, Fate::Killed(_)) { "✓" } else { "✗" };
        eprintln!("  {mark} {:<28} {:>8}  {}", mutation.name, ui::duration(begun.elapsed()), mutation.guard);
        fates.push(fate);
    }
    table(&chosen, &fates)
}

fn tried(repo: &Repo, scratch: &Scratch<'_>, mutation: &Mutation, server: &TestServer) -> Fate {
    let ran = match &mutation.change {
        Change::Sql => {
            TestServer::start(repo).and_then(|own| scratch.run(&mutation.red, &own.url, Some(&mutation.path)))
        }
        Change::Source { file, old, new } => {
            without(scratch, file, old, new, || scratch.run(&mutation.red, &server.url, None))
        }
    };
    match ran {
        Ok(ran) if ran.red.is_empty() => Fate::Survived,
        Ok(ran) => Fate::Killed(ran.red.into_iter().collect()),
        Err(failure) => Fate::Broken(failure.to_string()),
    }
}

/// Does something while a guard is missing in the copy.
fn without<T>(
    scratch: &Scratch<'_>,
    file: &str,
    old: &str,
    new: &str,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let whole = scratch.read(file)?;
    scratch.write(file, applied(&whole, old, new)?.as_bytes())?;
    let done = work();
    scratch.write(file, whole.as_bytes())?;
    done
}

/// Every test that is named, once.
fn together(mutations: &[Mutation]) -> Vec<Tests> {
    let mut names: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    for tests in mutations.iter().flat_map(|m| &m.red) {
        names.entry((tests.package.clone(), tests.library)).or_default().extend(tests.names.iter().cloned());
    }
    names
        .into_iter()
        .map(|((package, library), mut names)| {
            names.sort();
            names.dedup();
            Tests { package, library, names }
        })
        .collect()
}

fn table(mutations: &[Mutation], fates: &[Fate]) -> Result<()> {
    ui::heading("guards");
    let (mut killed, mut wrong) = (0, Vec::new());
    for (mutation, fate) in mutations.iter().zip(fates) {
        let how = match fate {
            Fate::Killed(red) => {
                killed += 1;
                red.join(", ")
            }
            Fate::Survived => {
                wrong.push(mutation.name.as_str());
                "no test sees it".to_owned()
            }
            Fate::Broken(why) => {
                wrong.push(mutation.name.as_str());
                format!("could not be tried: {why}")
            }
        };
        let mark = if matches!(fate, Fate::Killed(_)) { "✓" } else { "✗" };
        println!("  {mark} {:<68} {how}", mutation.guard);
    }
    let score =
        f64::from(u32::try_from(killed).unwrap_or(0)) / f64::from(u32::try_from(fates.len()).unwrap_or(1));
    println!(
        "\n  {killed} of {} guards were missed when they were gone: mutation score {score:.2}",
        fates.len()
    );
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "Not tested: {}. Add a test that turns red without the guard.",
        wrong.join(", ")
    )))
}
