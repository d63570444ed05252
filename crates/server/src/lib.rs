//! HTTP: from a host to a tenant, from a credential to an actor, from an error to a problem; the API, one endpoint
//! a file; the web app's files.
//!
//! What must always hold: a handler reads its request with an extractor, calls one use case and answers; nothing
//! here decides who may do what, and nothing here knows a statement. The tree under [`tenant`] and [`console`] is
//! the tree of addresses.

mod app;
mod base;
mod console;
mod credential;
mod cursor;
mod docs;
mod edge;
mod health;
mod metrics;
mod notes;
mod openapi;
mod problem;
mod reply;
mod request;
mod routes;
mod serve;
mod site;
mod suspended;
mod tenant;
mod visit;
mod wire;

pub use edge::Network;
pub use openapi::{openapi_operator, openapi_tenant};
pub use serve::{Bound, Options, Patience, Running, Server};
pub use tenant::tenant_pages;
