//! Formulas that tenants write: `sum(amount) filter (where status = 'paid') / nullif(count(), 0)`.
//!
//! A text becomes tokens ([`lexer`]), a tree ([`parser`]), and, against a dataset, a checked formula ([`check`]):
//! *atoms*, which a scan works out for each group of events, and one expression over them, which is worked out in
//! Rust ([`evaluate`]) and, to rank groups before the limit, in SQL ([`write`]).
//!
//! What must always hold:
//! 1. No text of a formula is ever part of a statement: names become slots, literals are bound, functions are
//!    those of a list.
//! 2. No formula makes PostgreSQL fail. Division by zero, roots and logarithms of what has none, and numbers beyond
//!    10^100 are null; numbers nearer to zero than 10^-80 may lose digits.
//! 3. Rust and PostgreSQL work out the same.
//! 4. A formula is bounded: 2,000 characters, 200 nodes (calculated measures that it names included), 32 levels.
//! 5. Every error says what is wrong and points at the character.
//!
//! Tests: `tests.rs` has the language and its errors, `fuzz_tests.rs` throws anything at it, `sql_tests.rs` shows the
//! SQL; `reference/formula.rs` is a second, obvious evaluator that both PostgreSQL and Rust are held against.

mod check;
mod evaluate;
#[cfg(test)]
mod fuzz_tests;
mod gather;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;
mod tree;
mod write;

use insula_model::{DatasetDefinition, Error, FieldError, Result, problem};

pub(crate) use check::{Checked, checked};
pub(crate) use evaluate::evaluate;
#[cfg(any(test, feature = "reference"))]
pub(crate) use parser::parse;
#[cfg(any(test, feature = "reference"))]
pub(crate) use tree::{Compared, Datum, Kind, Node, Sign};
pub(crate) use tree::{Gathered, Gathering};
pub(crate) use write::{Surroundings, write};

/// The nodes of a formula at most.
pub(crate) const MAX_NODES: usize = 200;
/// The levels of a formula at most.
pub(crate) const MAX_DEPTH: usize = 32;
/// Numbers of a formula are not beyond this; the greatest measure of an event is not, either.
pub(crate) const GREATEST: f64 = insula_model::event::MAX_MEASURE;
/// What is added and taken away again, so that what is too near to zero becomes zero.
pub(crate) const LEAST: f64 = 1e-80;

/// What is wrong with a formula, and at which character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) at: usize,
    pub(crate) detail: String,
}

impl Wrong {
    pub(crate) fn new(at: usize, detail: impl Into<String>) -> Self {
        Self { at, detail: detail.into() }
    }

    /// At the field that holds the formula.
    pub(crate) fn field(self, pointer: String) -> FieldError {
        let at = u32::try_from(self.at).ok();
        FieldError { at, ..FieldError::new(pointer, "formula", self.detail) }
    }
}

/// Whether all the calculated measures of a dataset can be worked out.
///
/// # Errors
/// `input.invalid` with the formula of the declaration and the character that is wrong in it.
pub fn check_calculated(dataset: &DatasetDefinition) -> Result<()> {
    let wrong: Vec<FieldError> = dataset
        .calculated
        .iter()
        .enumerate()
        .filter_map(|(i, c)| {
            let wrong = checked(&c.formula, dataset, Some(&c.name)).err()?;
            Some(wrong.field(format!("/calculated/{i}/formula")))
        })
        .collect();
    match wrong.first() {
        Some(first) => {
            let detail = first.detail.clone().unwrap_or_default();
            Err(Error::new(problem::INVALID, detail).with_fields(wrong))
        }
        None => Ok(()),
    }
}
