//! The server through real sockets, over a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by panicking")]

mod bodies;
mod client;
mod credentials;
mod cross_site;
mod cursors;
mod description;
mod embed_pages;
mod embeds;
mod hosts;
mod house;
mod idempotency;
mod invitations;
mod life;
mod lines;
mod log;
mod mails;
mod paths;
mod post_office;
mod problems;
mod ratchet;
mod serving;
mod site;
mod slugs;
mod stream;
mod tables;
mod watching;
mod white_label;
