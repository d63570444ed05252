//! The terminal: what is for machines goes to standard output, progress to standard error, colours only to a terminal.

pub(crate) mod ask;
pub(crate) mod change;
pub(crate) mod phase;
pub(crate) mod steps;
pub(crate) mod table;

use std::io::IsTerminal;

use serde::Serialize;

use crate::config::env;

/// Where and how things are said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    /// One JSON document on standard output, nothing else there.
    pub(crate) json: bool,
    /// Progress is written into the log, which is for machines.
    pub(crate) structured: bool,
    /// Somebody watches standard error.
    pub(crate) live: bool,
    /// Colours of standard output.
    pub(crate) std: Style,
    /// Colours of standard error.
    pub(crate) err: Style,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        let plain = env::var("NO_COLOR").is_some_and(|v| !v.is_empty())
            || env::var("TERM").is_some_and(|term| term == "dumb");
        let live = std::io::stderr().is_terminal() && !plain;
        let std = Style(std::io::stdout().is_terminal() && !plain && !json);
        Self { json, structured: false, live, std, err: Style(live) }
    }

    /// The result of a command: a document for machines, or a text for people.
    pub(crate) fn result<T: Serialize + ?Sized>(&self, value: &T, text: impl FnOnce(Style) -> String) {
        if self.json {
            match serde_json::to_string_pretty(value) {
                Ok(json) => println!("{json}"),
                Err(error) => eprintln!("{error}"),
            }
        } else {
            let text = text(self.std);
            println!("{}", text.trim_end_matches('\n'));
        }
    }

    /// Something by the way.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        eprintln!("{text}");
    }
}

/// Colours, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style(bool);

impl Style {
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self(false);

    fn paint(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub(crate) fn cyan(self, text: &str) -> String {
        self.paint("36", text)
    }

    /// The colour of a status word.
    pub(crate) fn status(self, word: &str) -> String {
        match word {
            "active" | "succeeded" | "done" | "sent" | "open" => self.green(word),
            "failed" | "stuck" | "erasing" => self.red(word),
            "suspended" | "deleted" | "unwinding" | "cancelled" | "undone" => self.yellow(word),
            "running" | "provisioning" | "queued" => self.cyan(word),
            _ => word.to_owned(),
        }
    }
}
