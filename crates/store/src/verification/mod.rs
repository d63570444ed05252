//! What the verification of the walls needs to know of the database: which tables a tenant has, how rows that
//! nobody else may find are planted, what a tenant's data adds up to, and the texts of the attacks.
//!
//! What must always hold: everything is made from the catalogue as one tenant sees it, so that a table that is new
//! is planted and attacked without anybody thinking of it. Tested in `testkit/tests/it/walls.rs`, and every run of
//! `insula verify isolation` uses it.

mod attacks;
mod plant;
mod structure;
mod tables;

pub use attacks::{Attack, Expected, Scene, attacks};
pub use plant::{Canary, Given};
pub use tables::{Column, Digest, Table};
