//! What is kept true. A reconciler takes no input: it looks at what is and at what should be, does a bounded amount
//! of work towards it, and runs again. Missing a run costs time, never correctness.

mod anchors;

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use insula_model::{OperationId, Result};

use crate::Platform;
use crate::operations::{EraseTenant, Operation};

/// One thing that is kept true.
struct Reconciler {
    name: &'static str,
    every: Duration,
    run: for<'a> fn(&'a Platform) -> BoxFuture<'a, Result<usize>>,
}

const ALL: &[Reconciler] = &[
    Reconciler { name: "outbox", every: Duration::from_secs(1), run: |p| p.outbox_relay().boxed() },
    Reconciler { name: "sign-ins", every: Duration::from_mins(1), run: |p| p.session_tidy().boxed() },
    Reconciler { name: "audit anchors", every: Duration::from_mins(1), run: |p| p.audit_anchor().boxed() },
    Reconciler { name: "schemas", every: Duration::from_secs(10), run: |p| p.places_migrate().boxed() },
    Reconciler { name: "orphans", every: Duration::from_mins(5), run: |p| p.orphans_look().boxed() },
    Reconciler {
        name: "caches",
        every: Duration::from_mins(1),
        run: |p| std::future::ready(Ok(p.caches_tidy())).boxed(),
    },
    Reconciler { name: "quarantine", every: Duration::from_secs(30), run: |p| p.quarantine_end().boxed() },
];

/// How many places of a cell are brought up to date in one run.
const PLACES: i64 = 200;

impl Platform {
    /// Starts all of them; they run until the process ends.
    pub fn run_reconcilers(&self) {
        for reconciler in ALL {
            let platform = self.clone();
            let tasks = self.store().tasks().clone();
            tasks.clone().spawn(async move {
                while tasks.pause(reconciler.every).await {
                    match (reconciler.run)(&platform).await {
                        Ok(0) => {}
                        Ok(count) => tracing::debug!(reconciler = reconciler.name, count, "reconciled"),
                        Err(error) => {
                            tracing::warn!(reconciler = reconciler.name, ?error, "could not reconcile")
                        }
                    }
                }
            });
        }
    }

    /// Brings tenants' places that are behind this binary up to date. Says how many.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn places_migrate(&self) -> Result<usize> {
        let report = self.store().migrate_behind(PLACES).await?;
        Ok(usize::try_from(report.changed()).unwrap_or(usize::MAX))
    }

    /// Sets apart what in a cell looks like a tenant's and is nobody's. Says how many.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn orphans_look(&self) -> Result<usize> {
        self.store().orphans_look().await
    }

    /// Begins to remove tenants whose quarantine has ended.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn quarantine_end(&self) -> Result<usize> {
        self.store().erasures_begin(EraseTenant::NAME, || OperationId::from_uuid(self.world().uuid())).await
    }
}
