//! How a command ends when it does not end well, and how that is said.

use std::fmt::Write;

use insula_model::problem::Kind;
use insula_model::{Error, FieldError};
use serde::{Deserialize, Serialize};

use crate::terminal::Out;

/// What the shell is told. The numbers are part of the interface: see `insula --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Done,
    /// It was tried and failed: an operation that was undone, a file that cannot be read.
    Failed,
    /// The command line, a value in it, or the configuration is wrong.
    Usage,
    /// The API refused, with a problem.
    Refused,
    /// The server does not answer.
    Unreachable,
    /// A part was done: the rest is listed.
    Partial,
    /// A wall between tenants did not hold.
    Leak,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Unreachable => 4,
            Self::Partial => 5,
            Self::Leak => 6,
        }
    }
}

/// A problem, as the API writes it; our own failures take the same form.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) detail: String,
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instance: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldError>,
}

/// A command that did not do what was asked.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) problem: Box<Problem>,
    /// What could be done about it.
    hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &str, title: &str, detail: impl Into<String>) -> Self {
        let problem = Problem {
            title: title.to_owned(),
            detail: detail.into(),
            code: code.to_owned(),
            ..Problem::default()
        };
        Self { exit, problem: Box::new(problem), hint: None }
    }

    /// A value on the command line that is wrong.
    pub(crate) fn usage(detail: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", "That cannot be done like this", detail)
    }

    /// A refusal of the API.
    pub(crate) fn refused(problem: Problem) -> Self {
        Self { exit: Exit::Refused, problem: Box::new(problem), hint: None }
    }

    /// A file or device that fails.
    pub(crate) fn io(what: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::new(Exit::Failed, "file", "The system refuses", format!("{what}: {error}."))
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn is(&self, problem: &insula_model::problem::Problem) -> bool {
        self.problem.code == problem.code
    }

    /// For people on standard error; with `--json` as one document on standard output.
    pub(crate) fn print(&self, out: &Out) {
        if out.json {
            println!("{}", serde_json::json!({ "error": self.problem }));
            return;
        }
        let style = out.err;
        let problem = &self.problem;
        let mut text = format!("{} {}\n", style.red("✗"), style.bold(&problem.title));
        for line in problem.detail.lines() {
            let _ = writeln!(text, "  {line}");
        }
        for field in &problem.errors {
            if let Some(detail) = field.detail.as_ref().filter(|d| !problem.detail.contains(d.as_str())) {
                let _ = writeln!(text, "  {} {detail}", field.pointer);
            }
            if let Some(at) = field.at {
                let _ = writeln!(text, "  at character {} of {}", at + 1, field.pointer);
            }
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "  {hint}");
        }
        if !problem.code.is_empty() {
            let request = problem.instance.as_ref().map(|id| format!(" · request {id}")).unwrap_or_default();
            let _ = writeln!(text, "  {}", style.dim(&format!("{}{request}", problem.code)));
        }
        eprint!("{text}");
    }
}

/// What happened inside this process, not behind the API.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        for line in error.for_log() {
            tracing::debug!(code = error.code(), "{line}");
        }
        let exit = match error.kind() {
            Kind::Invalid if error.is(insula_model::problem::SETTINGS) => Exit::Usage,
            _ => Exit::Failed,
        };
        let mut detail = error.detail().to_owned();
        if error.kind() == Kind::Internal {
            // There is no other log than this terminal.
            detail = error.for_log().join(": ");
        }
        let mut failure = Self::new(exit, error.code(), error.problem().title, detail);
        failure.problem.errors = error.fields().to_vec();
        failure
    }
}
