//! The one error of Insula. It has two halves: a *public* one (a stable code from [`crate::problem`], a sentence
//! that says what to do, pointers to the fields) and a *private* one for the log, which has no `Display` and
//! cannot reach a reply by accident.

use std::fmt;
use std::time::Duration;

use crate::problem::{self, Kind, Problem};

/// The result of everything that may fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with one field of the input.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer into the input, `/slug`.
    pub pointer: String,
    /// A short stable code, `taken`.
    pub code: String,
    /// A sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where in the text of the field, as a number of characters from its beginning; of a formula.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u32>,
}

impl FieldError {
    /// A field that is wrong, with a sentence.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.to_owned(), detail: Some(detail.into()), at: None }
    }
}

/// For the log only: deliberately without `Display` and `Serialize`.
#[derive(Default, Clone)]
struct Private(Vec<String>);

/// An error: public problem and private context.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    problem: &'static Problem,
    detail: String,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    present: Option<i64>,
    private: Private,
}

impl Error {
    /// An error with a sentence for the person who reads it.
    #[must_use]
    pub fn new(problem: &'static Problem, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            problem,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
            present: None,
            private: Private::default(),
        }))
    }

    /// Something that only the log may know about; the public half says no more than "our fault".
    #[must_use]
    pub fn internal(context: impl fmt::Display) -> Self {
        Self::new(problem::INTERNAL, "Something failed on our side. The request id names it in the log.")
            .context(context)
    }

    /// Nothing here: the same words for "not there" and "not yours", with the caller's own selector.
    #[must_use]
    pub fn not_found(what: &str, selector: impl fmt::Display) -> Self {
        Self::new(problem::NOT_FOUND, format!("There is no {what} {selector} here."))
    }

    /// Input that is wrong at one place.
    #[must_use]
    pub fn invalid(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut error = Self::new(problem::INVALID, detail.clone());
        error.0.fields.push(FieldError::new(pointer, code, detail));
        error
    }

    /// Names the field that the error is about, by JSON pointer; the field's code is the problem's last word.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        let code = self.code().rsplit('.').next().unwrap_or_default();
        let code = code.strip_prefix("slug_").unwrap_or(code).to_owned();
        self.0.fields.push(FieldError { pointer: pointer.into(), code, detail: None, at: None });
        self
    }

    /// Adds field errors that were gathered elsewhere.
    #[must_use]
    pub fn with_fields(mut self, fields: impl IntoIterator<Item = FieldError>) -> Self {
        self.0.fields.extend(fields);
        self
    }

    /// Puts every pointer under a prefix: the input was a part of something larger.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        for field in &mut self.0.fields {
            field.pointer.insert_str(0, prefix);
        }
        self
    }

    /// Gives pointers another place, where there is one.
    #[must_use]
    pub fn moved(mut self, place: impl Fn(&str) -> Option<String>) -> Self {
        for field in &mut self.0.fields {
            if let Some(pointer) = place(&field.pointer) {
                field.pointer = pointer;
            }
        }
        self
    }

    /// Says when it is worth trying again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Names the version that is there now, for those who have to merge with it.
    #[must_use]
    pub fn now_at(mut self, version: i64) -> Self {
        self.0.present = Some(version);
        self
    }

    /// Adds a line for the log.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.private.0.push(context.to_string());
        self
    }

    /// What kind of problem it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.problem.kind
    }

    /// The entry of the problem catalogue.
    #[must_use]
    pub fn problem(&self) -> &'static Problem {
        self.0.problem
    }

    /// The stable code, `tenant.slug_taken`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.problem.code
    }

    /// The sentence.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The fields that are wrong.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// When it is worth trying again.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The version that is there now, where another one was to be changed.
    #[must_use]
    pub fn present(&self) -> Option<i64> {
        self.0.present
    }

    /// Whether this is the problem `p`.
    #[must_use]
    pub fn is(&self, p: &'static Problem) -> bool {
        self.0.problem.code == p.code
    }

    /// The private half, for the log: a line each, the innermost first.
    #[must_use]
    pub fn for_log(&self) -> &[String] {
        &self.0.private.0
    }
}

/// The public half only.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.0.detail, self.code())
    }
}

/// Both halves: `Debug` is for the log and for tests.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        for line in &self.0.private.0 {
            write!(f, "; {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
