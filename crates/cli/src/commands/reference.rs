//! The reference of all commands, as a page: made from the same description that `--help` is made from.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory};

use crate::args::Cli;

/// The page.
pub(crate) fn page() -> String {
    let mut command = Cli::command();
    command.build();
    let mut page = String::from(
        "# Commands\n\nEvery command understands `--json`: one document on standard output, and nothing else there. \
         A failure is then `{\"error\": …}`, a problem like those of the API.\n",
    );
    if let Some(notes) = command.get_after_help() {
        let _ = write!(page, "\n```\n{}\n```\n", notes.to_string().trim());
    }
    let global: Vec<&Arg> = command.get_arguments().filter(|a| a.is_global_set() && shown(a)).collect();
    page.push_str("\n## Every command\n");
    list(&mut page, &global);
    for sub in command.get_subcommands().filter(|c| shown_command(c)) {
        section(&mut page, sub, "insula", 2);
    }
    page
}

fn shown_command(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

fn shown(arg: &Arg) -> bool {
    !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version")
}

fn section(page: &mut String, command: &Command, parent: &str, level: usize) {
    let name = format!("{parent} {}", command.get_name());
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let _ = write!(page, "\n{} `{name}`\n\n{}\n", "#".repeat(level.min(4)), sentence(&about));
    let subs: Vec<&Command> = command.get_subcommands().filter(|c| shown_command(c)).collect();
    if subs.is_empty() {
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").trim();
        let _ = write!(page, "\n```\n{usage}\n```\n");
        let args: Vec<&Arg> = command.get_arguments().filter(|a| shown(a) && !a.is_global_set()).collect();
        list(page, &args);
        if let Some(notes) = command.get_after_help() {
            let _ = write!(page, "\n```\n{}\n```\n", notes.to_string().trim());
        }
    }
    for sub in subs {
        section(page, sub, &name, level + 1);
    }
}

fn list(page: &mut String, args: &[&Arg]) {
    if args.is_empty() {
        return;
    }
    page.push_str("\n| | |\n|---|---|\n");
    for arg in args {
        let values = arg
            .get_value_names()
            .filter(|_| arg.get_action().takes_values())
            .map(|names| names.iter().map(|n| format!("<{n}>")).collect::<Vec<_>>().join(" "))
            .unwrap_or_default();
        let name = match arg.get_long() {
            Some(long) => format!("--{long} {values}"),
            None => values,
        };
        let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let default: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
        let default = if default.is_empty() || !arg.get_action().takes_values() {
            String::new()
        } else {
            format!(" [default: {}]", default.join(","))
        };
        let _ = writeln!(page, "| `{}` | {}{default} |", name.trim(), about.replace('|', "\\|"));
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}
