//! A question becomes SQL, and rows become its answer. This crate is the only author of dynamic SQL; it is pure:
//! no IO, no clock.
//!
//! What must always hold:
//! 1. No text of a user is ever part of a statement: values are bound, names become slot columns (`d1`, `m1`),
//!    and the only tables are the unqualified `events` and its sums, `rollups` with `rollup_marks`. Row-level
//!    security adds the tenant; no statement names it.
//! 2. Time is worked out here, in the time zone of the tenant or dataset, with the compiled-in database: ranges
//!    and buckets reach PostgreSQL as instants, so days of 23 and 25 hours are right and PostgreSQL's own time
//!    zones never matter.
//! 3. A time series has every bucket of its range. An empty bucket is 0 where adding up makes sense and nothing
//!    otherwise; a bucket that has not begun is nothing.
//! 4. The cost of a statement is bounded before it is sent: see [`Cost`].
//!
//! Tests: `sql_tests.rs` shows the SQL of every kind of question, `bucket.rs` and `period.rs` hold the
//! properties of time, `compile_tests.rs` that nothing is injected; `reference` is the slow evaluator that the
//! answers of a real PostgreSQL are held against.

mod behind;
mod bucket;
mod clock;
mod compile;
mod condition;
mod context;
mod dashboard;
mod formula;
mod lookup;
mod names;
mod near;
mod pen;
mod period;
#[cfg(any(test, feature = "reference"))]
pub mod reference;
mod rolled;
mod scan;
mod shape;
#[cfg(test)]
mod sql_tests;
mod statement;

pub use behind::{CompiledRows, RowCursor, compile_rows};
pub use compile::{CompiledQuery, MAX_CELLS, compile};
pub use context::{Context, Source};
pub use dashboard::{DashboardPlan, compile_dashboard, filters};
pub use formula::check_calculated;
pub use rolled::{Rolled, days_over};
pub use shape::Shape;
pub use statement::{ColumnType, Cost, Param, Rows, Statement, Value};
