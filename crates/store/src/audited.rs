//! Tenants whose audit logs grew on this node since their heads were last kept apart. Only a reminder: what is
//! forgotten when the process ends, the patrol comes by later.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use insula_model::TenantId;

use crate::Store;

/// How many are remembered; beyond it the patrol has to do.
const MOST: usize = 50_000;

#[derive(Debug, Clone, Default)]
pub(crate) struct Audited(Arc<Mutex<HashSet<TenantId>>>);

impl Audited {
    pub(crate) fn remember(&self, tenant: TenantId) {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() < MOST {
            tenants.insert(tenant);
        }
    }
}

impl Store {
    /// Takes at most `most` of the tenants whose audit logs grew on this node since they were last taken.
    #[must_use]
    pub fn audited_take(&self, most: usize) -> Vec<TenantId> {
        let mut tenants = self.inner.audited.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken: Vec<TenantId> = tenants.iter().take(most).copied().collect();
        for tenant in &taken {
            tenants.remove(tenant);
        }
        taken
    }

    /// Puts one back, because its head could not be kept yet.
    pub fn audited_again(&self, tenant: TenantId) {
        self.inner.audited.remember(tenant);
    }
}
