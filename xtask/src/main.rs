//! The developer's menu, `cargo xtask COMMAND`. Each command is one line of [`COMMANDS`] and one module.
//!
//! Must hold: no dependency on the rest of the workspace, so that the menu is there seconds after a clone; whatever a
//! command started has ended when the command has. The rules that `arch` and `tidy` check are tested beside them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]
#![allow(clippy::disallowed_methods, reason = "a developer's tool may read the environment")]

mod arch;
mod bench;
mod data;
mod failure;
mod fuzz;
mod generate;
mod install;
mod mutate;
mod paint;
mod pg;
mod repo;
mod run;
mod server;
mod shots;
mod test;
mod tidy;
mod ui;
mod up;
mod web;

/// Where PostgreSQL's programs are looked for: the very file of the launcher, so that both find the same.
#[allow(dead_code, unreachable_pub, reason = "the launcher uses more of it")]
#[path = "../../crates/store/src/embedded/places.rs"]
mod places;

use std::process::ExitCode;

use failure::{Failure, Result};
use repo::Repo;

/// One entry of the menu.
struct Command {
    name: &'static str,
    args: &'static str,
    about: &'static str,
    run: fn(&Repo, &[String]) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "up",
        args: "[--release] [-- ARGS]",
        about: "install what is missing, build everything, and run Insula with its demo tenants; ARGS go to `insula up`",
        run: up::run,
    },
    Command {
        name: "test",
        args: "[--lint] [--web] [--rust] [--browser] [FILTER]",
        about: "everything that is tested, or the parts named; FILTER picks Rust tests by name",
        run: test::run,
    },
    Command {
        name: "gen",
        args: "[--check]",
        about: "write the generated files anew; with --check say which are out of date",
        run: generate::run,
    },
    Command { name: "tidy", args: "", about: "check sizes, names and words of all files", run: tidy::run },
    Command { name: "arch", args: "", about: "check who depends on whom, bans and licences", run: arch::run },
    Command {
        name: "data",
        args: "[--check] [--extract]",
        about: "fetch the flights of 2013 into data/; with --check import them and compare every sum; with --extract write \
                the demo's part of it",
        run: data::run,
    },
    Command {
        name: "pg",
        args: "",
        about: "run the tests' PostgreSQL until Ctrl-C and print the line that points tests at it",
        run: pg::run,
    },
    Command {
        name: "bench",
        args: "[NAME...] [--small] [--check] [--data DIR]",
        about: "what Insula costs against the same work done by hand; `bench help` lists the benchmarks",
        run: bench::run,
    },
    Command {
        name: "paint",
        args: "",
        about: "when somebody sees something first: a release build, in a browser",
        run: paint::run,
    },
    Command {
        name: "mutate-guards",
        args: "[NAME…]",
        about: "take every guard away once and see that a test turns red; NAME picks some of them",
        run: mutate::run,
    },
    Command {
        name: "fuzz",
        args: "[N]",
        about: "throw N formulas (a million) at the parser and compiler",
        run: fuzz::run,
    },
    Command {
        name: "shots",
        args: "",
        about: "make the README's pictures anew, of a running demo",
        run: shots::run,
    },
    Command { name: "help", args: "", about: "this list", run: help },
];

fn help(_: &Repo, _: &[String]) -> Result<()> {
    println!("cargo xtask COMMAND\n");
    for command in COMMANDS {
        println!("  {:<5} {}\n          {}", command.name, command.args, command.about);
    }
    Ok(())
}

fn dispatch() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let repo = Repo::here()?;
    let Some((name, rest)) = args.split_first() else { return help(&repo, &[]) };
    let name = name.trim_start_matches("--");
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(&repo, rest),
        None => Err(Failure::new(format!("There is no command `{name}`. `cargo xtask help` lists them."))),
    }
}

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}
