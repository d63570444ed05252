//! Scopes: the way from "somebody asks" to "a statement runs as one tenant".
//!
//! `OpCtx` (who acts) → `Tenant` (visible to them) → `Permit<A>` (they may do `A`) → `TenantTx` (one transaction
//! as that tenant). Each step can only be made from the one before it; none of them is `Clone` or serialisable.
//!
//! What must always hold: no statement on tenant tables without a `TenantTx`; one tenant per transaction; a
//! connection that was dropped in the middle of an exchange never goes back to the pool. Tested in
//! `tests/it/scope.rs`, and by the `compile_fail` examples on the types.

mod admit;
mod ctx;
mod exchange;
mod operator;
mod tenant;
mod tx;
mod verification;

pub(crate) use ctx::Reach;
pub use ctx::{Actor, ActorKind, IdempotencyKey, OpCtx};
pub use operator::OperatorPermit;
pub(crate) use operator::{ControlEntry, ControlTx};
pub(crate) use tenant::open_for_people;
pub use tenant::{Permit, Tenant};
pub(crate) use tx::Compiled;
pub use tx::TenantTx;
pub use verification::{Loot, Refusal};
