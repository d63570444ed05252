//! Use cases over a real PostgreSQL, one file per noun.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of the tests fail loudly, as the tests do"
)]

mod api_keys;
mod capacity;
mod commits;
mod contrary;
mod dashboard_versions;
mod dashboards;
mod data;
mod dataset_sight;
mod datasets;
mod embed_ends;
mod embed_limits;
mod embed_usage;
mod embeds;
mod events;
mod favourites;
mod idempotency;
mod invitations;
mod limits;
mod many_tenants;
mod members;
mod operator_requests;
mod operator_tokens;
mod operators;
mod owners;
mod people;
mod plans;
mod questions;
mod queue;
mod rollups;
mod rows;
mod sessions;
mod settings;
mod table_datasets;
mod tables;
mod templates;
mod unlogged;
