//! The only door to PostgreSQL.
//!
//! What must always hold: no connection leaves this crate; a tenant's tables are reached through a [`TenantTx`]
//! only, which can be had for a [`Permit`] only; every statement known at compile time stands here, one file per
//! noun, and every other one was compiled by `insula_insight`.

mod admissions;
mod announce;
mod audited;
mod berths;
mod cell;
mod control;
mod dial;
mod directory;
mod embed;
pub mod embedded;
mod failure;
mod install;
mod migrate;
mod migrations_all;
mod migrations_behind;
mod name;
mod scope;
mod stamps;
mod store;
mod tasks;
mod templates;
mod tenant;
mod texts;
mod tides;
pub mod verification;
mod wire;

pub use announce::Announcement;
pub use cell::{CellSpec, Fence, Place, Roles, Sizes};
pub use control::*;
pub use dial::{Address, Login, parse_url};
pub use embed::{EmbedRefusal, EmbedSigner, Embedded};
pub use install::{ControlSpec, Names, Server, install, installed};
pub use migrate::{Migration, MigrationSet, Outcome, TargetFailure};
pub use migrations_all::{DatabaseReport, MigrationReport};
pub use scope::{
    Actor, ActorKind, IdempotencyKey, Loot, OpCtx, OperatorPermit, Permit, Refusal, Tenant, TenantTx,
};
pub use store::Store;
pub use tasks::Tasks;
pub use tenant::*;
