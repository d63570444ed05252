//! How often this node has written for a tenant: whatever was read before the last time may be out of date.
//!
//! What must always hold: a tide has risen when whoever wrote learns of it, also where the outcome of a commit is not
//! known or nobody waits for it any more. It rises in [`TenantTx::commit`](crate::TenantTx::commit), so that no use case
//! can forget it. Tested in `platform/tests/it/dashboards.rs`.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use insula_model::TenantId;

/// Counters in all. Tenants that share one only make each other read again.
const TIDES: usize = 1 << 14;

pub(crate) struct Tides {
    counters: Box<[AtomicU64]>,
    hasher: RandomState,
}

/// A write under way; when this goes, the tide has risen.
pub(crate) struct Rising<'t>(&'t AtomicU64);

impl Drop for Rising<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Tides {
    pub(crate) fn new() -> Self {
        Self { counters: (0..TIDES).map(|_| AtomicU64::new(0)).collect(), hasher: RandomState::new() }
    }

    fn counter(&self, tenant: TenantId) -> &AtomicU64 {
        let place = self.hasher.hash_one(tenant) % TIDES as u64;
        // Shorter than a machine's word, and never out of the range.
        &self.counters[usize::try_from(place).unwrap_or(0)]
    }

    /// How high it is now.
    pub(crate) fn height(&self, tenant: TenantId) -> u64 {
        self.counter(tenant).load(Ordering::SeqCst)
    }

    /// To be held while something is written.
    pub(crate) fn rising(&self, tenant: TenantId) -> Rising<'_> {
        Rising(self.counter(tenant))
    }
}

#[cfg(test)]
mod tests {
    use insula_model::TenantId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn it_rises_when_a_write_ends_or_is_given_up() {
        let (tides, tenant) = (Tides::new(), TenantId::from_uuid(Uuid::from_u128(7)));
        let before = tides.height(tenant);
        let rising = tides.rising(tenant);
        assert_eq!(tides.height(tenant), before, "what is not written yet is not out of date");
        drop(rising);
        assert_eq!(tides.height(tenant), before + 1);
    }
}
