//! The real binary, as people and scripts call it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says so and ends"
)]

mod commands;
mod dashboards;
mod datasets;
mod embeds;
mod import;
mod killed;
mod nodes;
mod process;
mod sums;
mod tables;
mod up;
mod verify;
