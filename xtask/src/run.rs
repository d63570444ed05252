//! Running programs: in the open, for their output, or quietly under one line that says what goes on.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::failure::{Context, Failure, Result};
use crate::ui::Line;

pub(crate) fn program(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args);
    command
}

/// Its output goes to the terminal.
pub(crate) fn open(command: &mut Command) -> Result<()> {
    let status = command.status().context(shown(command))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("{} ended with {status}", shown(command))))
    }
}

/// Its standard output is returned; its errors are part of the failure.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| not_run(command, &e))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Failure::new(format!("{} ended with {}:\n{said}", shown(command), output.status)));
    }
    String::from_utf8(output.stdout).context(shown(command))
}

/// Whether it ran and liked what it found.
pub(crate) fn succeeds(name: &str, args: &[&str]) -> bool {
    let mut command = program(name, args);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Its output is kept and shown only when it fails; meanwhile the line shows how long it has been at it.
pub(crate) fn quiet(line: &Line, what: &str, command: &mut Command) -> Result<()> {
    let path = std::env::temp_dir().join(format!("insula-xtask-{}.log", std::process::id()));
    let mut log = File::options().read(true).write(true).create(true).truncate(true).open(&path);
    let log = log.as_mut().map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    let _ = std::fs::remove_file(&path);
    let (out, err) = (log.try_clone().context("log")?, log.try_clone().context("log")?);
    command.env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
    let mut child = child.map_err(|e| not_run(command, &e))?;
    line.doing(what);
    let status = loop {
        if let Some(status) = child.try_wait().context(shown(command))? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(80));
        line.turn(what);
    };
    if status.success() {
        return Ok(());
    }
    let mut said = String::new();
    let _ = log.rewind().and_then(|()| log.read_to_string(&mut said));
    let lines: Vec<&str> = said.lines().collect();
    let tail = lines[lines.len().saturating_sub(60)..].join("\n");
    Err(Failure::new(format!("{} ended with {status}:\n{tail}", shown(command))))
}

/// A program that is interrupted when this one ends, however it ends, where the system knows how.
pub(crate) fn mortal(program: &Path) -> Command {
    if !succeeds("setpriv", &["--pdeathsig", "INT", "true"]) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

/// Asks a child of ours to end, as Ctrl-C would. Its number is safe to use: it was not waited for yet.
pub(crate) fn interrupt(child: &std::process::Child) {
    let pid = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::INT);
    }
}

fn not_run(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().display();
    match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(format!("`{program}` is not installed")),
        _ => Failure::new(format!("{}: {error}", shown(command))),
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let text: Vec<String> = words.map(|w| w.to_string_lossy().into_owned()).collect();
    format!("`{}`", text.join(" "))
}
