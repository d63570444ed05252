//! Migrations of the control database, of the walls, and of every tenant target.
//!
//! What must always hold: a migration that was applied never changes (checksums); two runners never work on one
//! database at once (an advisory lock); a target is at a version or not, nothing between (one transaction per
//! step, except the marked ones that PostgreSQL cannot run in a transaction); a run that was interrupted goes on
//! where it stopped. Tested in
//! `testkit/tests/it/migrate.rs`.

mod runner;
mod set;

pub use runner::{Outcome, TargetFailure};
pub(crate) use runner::{Target, apply_many, apply_one, batch, ensure_book, locked, step_sql, versions};
pub use set::{Migration, MigrationSet};
