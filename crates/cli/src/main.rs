//! `insula`, the one binary: the product (`up`, `serve`, `worker`, `migrate`) and a client of its API (everything else).
//!
//! What must always hold: configuration and the environment are read here and nowhere below; what is for machines goes
//! to standard output, everything else to standard error; how a command ended is one of the codes in [`failure::Exit`].
//! Tested with the real binary in `tests/it/`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod access;
mod args;
mod client;
mod commands;
mod config;
mod dashboards;
mod datasets;
mod failure;
mod import;
mod logging;
mod node;
mod tables;
mod terminal;
mod up;
mod verify;
mod world;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::failure::{Exit, Failure};
use crate::terminal::Out;

fn main() -> ExitCode {
    let (out, result) = match Cli::try_parse() {
        Ok(cli) => {
            let out = Out::new(cli.global.json);
            (out, start(cli, out))
        }
        Err(error) => (Out::new(true), said(&error)),
    };
    match result {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(failure) => {
            failure.print(&out);
            ExitCode::from(failure.exit.code())
        }
    }
}

/// What the parser of the command line says (help is such a thing, too): itself, except where a document was asked for.
fn said(error: &clap::Error) -> Result<Exit, Failure> {
    let json = std::env::args_os().any(|arg| arg == "--json");
    if !error.use_stderr() {
        error.exit();
    }
    if !json {
        let _ = error.print();
        eprintln!("\n  usage");
        return Ok(Exit::Usage);
    }
    let text = error.render().to_string();
    Err(Failure::usage(text.lines().next().unwrap_or_default().trim_start_matches("error: ")))
}

fn start(cli: Cli, out: Out) -> Result<Exit, Failure> {
    // The one crypto provider, for every client and server in this process. It fails only when there is one already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::io("threads"))?;
    let result = runtime.block_on(commands::run(cli, out));
    // A name that is being looked up, or a prompt that nobody answers, must not keep the process.
    runtime.shutdown_background();
    result
}
