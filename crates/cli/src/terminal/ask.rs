//! Questions to the person at the terminal. Nobody is asked when standard input is not a terminal.

use std::io::{BufRead, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::Out;
use crate::failure::Failure;

/// Whether there is somebody to ask.
pub(crate) fn somebody() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks until `check` accepts. An empty answer is the default, where there is one.
pub(crate) fn text<T>(
    out: &Out,
    question: &str,
    default: Option<&str>,
    mut check: impl FnMut(&str) -> Result<T, String>,
) -> Result<T, Failure> {
    loop {
        let proposal = default.map(|d| out.err.dim(&format!(" [{d}]"))).unwrap_or_default();
        eprint!("  {} {question}{proposal}: ", out.err.cyan("?"));
        let answer = line()?;
        let answer = match (answer.trim(), default) {
            ("", Some(default)) => default,
            (answer, _) => answer,
        };
        match check(answer) {
            Ok(value) => return Ok(value),
            Err(why) => eprintln!("    {}", out.err.yellow(&why)),
        }
    }
}

/// Asks for a secret: what is typed is not shown. Empty: none.
pub(crate) fn secret(out: &Out, question: &str) -> Result<Option<String>, Failure> {
    eprint!("  {} {question}: ", out.err.cyan("?"));
    let stdin = std::io::stdin();
    let before = tcgetattr(&stdin).ok();
    if let Some(before) = &before {
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        let _ = tcsetattr(&stdin, OptionalActions::Flush, &quiet);
    }
    let answer = line();
    if let Some(before) = &before {
        let _ = tcsetattr(&stdin, OptionalActions::Flush, before);
        eprintln!();
    }
    let answer = answer?;
    let answer = answer.trim_end_matches(['\n', '\r']);
    Ok((!answer.is_empty()).then(|| answer.to_owned()))
}

/// Lets a person type a word to confirm something dangerous.
pub(crate) fn confirm(out: &Out, word: &str, what: &str) -> Result<(), Failure> {
    if !somebody() {
        return Err(Failure::usage(format!("{what} Say --yes to do it without being asked.")));
    }
    eprintln!("  {} {what}", out.err.yellow("!"));
    eprint!("  {} Type {} to confirm: ", out.err.cyan("?"), out.err.bold(word));
    if line()?.trim() == word {
        Ok(())
    } else {
        Err(Failure::usage("That was something else. Nothing was done."))
    }
}

fn line() -> Result<String, Failure> {
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer).map_err(Failure::io("standard input"))?;
    if read == 0 {
        return Err(Failure::usage("The input ended before the question was answered."));
    }
    Ok(answer)
}
