//! `cargo xtask fuzz`: throws formulas at the parser and compiler, more of them than the ordinary tests do.

use crate::failure::{Failure, Result};
use crate::repo::Repo;
use crate::run;

/// How many formulas, unless the command line says.
const COUNT: u64 = 1_000_000;

pub(crate) fn run(repo: &Repo, args: &[String]) -> Result<()> {
    let count = match args {
        [] => COUNT,
        [count] => count
            .replace('_', "")
            .parse()
            .map_err(|_| Failure::new(format!("{count:?} is not a number of formulas.")))?,
        _ => return Err(Failure::new("fuzz takes one number: how many formulas.")),
    };
    println!("{count} formulas");
    let test = ["test", "--release", "-p", "insula-insight", "--lib", "formula::fuzz_tests"];
    run::open(repo.cargo(&test).env("INSULA_FUZZ", count.to_string()))
}
