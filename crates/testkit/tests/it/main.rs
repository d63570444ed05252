//! Tests of a whole platform over a real PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says so by panicking"
)]

mod abort;
mod anchors;
mod audit;
mod cancellation;
mod catalogue;
mod directory;
mod full_disk;
mod guards;
mod jobs;
mod lock_queue;
mod migrate;
mod operations;
mod orphans;
mod outages;
mod own_databases;
mod provision;
mod renewal;
mod round_trips;
mod scope;
mod wall_check;
mod walls;
