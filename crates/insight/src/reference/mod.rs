//! What the answers of a real PostgreSQL are held against: a slow, obvious evaluator over events in memory
//! ([`answer`]), one question of every kind ([`kinds`], to explain their plans), and any number of random ones
//! with events to ask them about ([`Dice`]). All of it is pure and the same for the same seed.

mod evaluate;
mod formula;
mod kinds;
mod random;
mod same;

pub use evaluate::{answer, looked_up};
pub use kinds::{
    dataset, flight_table, kinds, lookup_dataset, lookup_kinds, lookups, table_dataset, table_kinds,
    table_sources, tables,
};
pub use random::Dice;
pub use same::same;
