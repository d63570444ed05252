//! What PostgreSQL's errors mean to people. Messages, details, table and constraint names never leave the
//! process: they go into the private half.

use std::time::Duration;

use insula_model::Error;
use insula_model::problem::{self, Problem};
use tokio_postgres::error::SqlState;

/// Constraint name to problem: the one table where a broken rule of the schema becomes a sentence.
const CONSTRAINTS: &[(&str, &Problem, &str)] = &[
    ("tenants_slug", problem::TENANT_SLUG_TAKEN, "A tenant with this slug exists. Choose another."),
    ("domains_pkey", problem::TENANT_SLUG_TAKEN, "Another tenant has this address. Choose another slug."),
    (
        "operations_one_per_tenant",
        problem::TENANT_BUSY,
        "Another operation is changing this tenant. Wait for it.",
    ),
    ("members_identity", problem::MEMBER_EXISTS, "That person is a member of this tenant already."),
    ("members_email", problem::MEMBER_EXISTS, "A member with this e-mail exists already."),
    ("events_pkey", problem::EVENTS_RACE, "The same events came from two sides at once. Send them again."),
    ("operators_email", problem::MEMBER_EXISTS, "An operator with this e-mail exists already."),
];

/// The error of a failed statement or connection.
pub(crate) fn failure(error: &tokio_postgres::Error) -> Error {
    let Some(db) = error.as_db_error() else {
        return if error.is_closed()
            || std::error::Error::source(error).is_some_and(|s| s.is::<std::io::Error>())
        {
            down().context(describe(error))
        } else {
            Error::internal(describe(error))
        };
    };
    let known = match db.code().code() {
        "IN001" => Some(
            Error::new(problem::TENANT_MOVED, "The tenant has just moved. Try again.")
                .retry_after(Duration::from_secs(1)),
        ),
        "IN002" => {
            Some(Error::new(problem::OPERATION_FENCED, "Another worker has taken this operation over."))
        }
        "IN004" => Some(Error::new(problem::TENANT_SUSPENDED, "This workspace is suspended.")),
        "53100" | "53200" => Some(
            Error::new(problem::DATABASE_FULL, "The database has no room left. Nothing was changed.")
                .retry_after(Duration::from_secs(30)),
        ),
        "57014" => {
            Some(Error::new(problem::TIMEOUT, "It took too long and was stopped. Nothing was changed."))
        }
        "22021" | "22P05" => {
            Some(Error::new(problem::INVALID, "A text has a character that cannot be stored, such as NUL."))
        }
        "40001" | "40P01" | "55P03" => Some(
            Error::new(problem::DATABASE_DOWN, "Others were changing the same thing. Try again.")
                .retry_after(Duration::from_secs(1)),
        ),
        "53300" | "57P01" | "57P02" | "57P03" => Some(down()),
        code if code.starts_with("08") => Some(down()),
        _ => None,
    };
    let broken = db
        .constraint()
        .and_then(|name| CONSTRAINTS.iter().find(|(constraint, ..)| *constraint == name))
        .filter(|_| *db.code() == SqlState::UNIQUE_VIOLATION)
        .map(|(_, problem, sentence)| Error::new(problem, *sentence));
    known.or(broken).unwrap_or_else(|| Error::internal("the database refused a statement")).context(format!(
        "{} {}{}{}",
        db.code().code(),
        db.message(),
        db.constraint().map(|c| format!(" ({c})")).unwrap_or_default(),
        db.where_().map(|w| format!(" at {w}")).unwrap_or_default()
    ))
}

/// The database does not answer.
pub(crate) fn down() -> Error {
    Error::new(problem::DATABASE_DOWN, "The database does not answer. Nothing was changed; try again.")
        .retry_after(Duration::from_secs(2))
}

fn describe(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
