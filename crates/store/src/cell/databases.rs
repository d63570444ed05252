//! Connections to tenants' own databases: a small pool for each, and one number for all of them.
//!
//! What must always hold: however many tenants have a database of their own, a node has no more connections to all of
//! them than it was given; a connection that nobody uses makes room for one that somebody waits for, and first the
//! one whose database was asked for longest ago. Tested in `testkit/tests/it/own_databases.rs`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use insula_model::Result;

use crate::berths::Berths;
use crate::wire::{Dialer, Lent, Pool};

/// The pools of one cell.
pub(super) struct Databases {
    pools: Arc<Mutex<Pools>>,
    berths: Berths,
    /// Connections to one database.
    each: usize,
}

#[derive(Default)]
struct Pools {
    by_name: HashMap<String, Entry>,
    /// How often one was asked for.
    asked: u64,
}

struct Entry {
    pool: Pool,
    asked_last: u64,
}

fn lock(pools: &Mutex<Pools>) -> MutexGuard<'_, Pools> {
    pools.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pools {
    fn make_room(&self) {
        let mut entries: Vec<&Entry> = self.by_name.values().collect();
        entries.sort_unstable_by_key(|entry| entry.asked_last);
        entries.iter().any(|entry| entry.pool.close_one_idle());
    }
}

impl Databases {
    /// `each` connections to one database, and `all` to all of them.
    pub(super) fn new(each: usize, all: usize) -> Self {
        let pools = Arc::new(Mutex::new(Pools::default()));
        let weak: Weak<Mutex<Pools>> = Arc::downgrade(&pools);
        let make_room = move || {
            if let Some(pools) = weak.upgrade() {
                lock(&pools).make_room();
            }
        };
        Self { pools, berths: Berths::new(all, make_room), each: each.max(1) }
    }

    /// A connection to a database; `dialer` says how they are made where there is none yet.
    pub(super) async fn lend(&self, database: &str, dialer: impl FnOnce() -> Result<Dialer>) -> Result<Lent> {
        let pool = {
            let mut pools = lock(&self.pools);
            pools.asked += 1;
            let asked_last = pools.asked;
            if let Some(entry) = pools.by_name.get_mut(database) {
                entry.asked_last = asked_last;
                entry.pool.clone()
            } else {
                let dialer = Dialer { berths: Some(self.berths.clone()), ..dialer()? };
                let pool = Pool::new(dialer, self.each)?;
                pools.by_name.insert(database.to_owned(), Entry { pool: pool.clone(), asked_last });
                pool
            }
        };
        pool.lend().await
    }

    /// Closes the connections to a database, so that it can be dropped.
    pub(super) fn forget(&self, database: &str) {
        if let Some(entry) = lock(&self.pools).by_name.remove(database) {
            entry.pool.close();
        }
    }

    /// Closes what was idle for so long.
    pub(super) fn shrink(&self, idle_for: Duration) {
        let mut pools = lock(&self.pools);
        for entry in pools.by_name.values() {
            entry.pool.shrink(idle_for);
        }
        pools.by_name.retain(|_, entry| entry.pool.is_used());
    }

    pub(super) fn close(&self) {
        for (_, entry) in lock(&self.pools).by_name.drain() {
            entry.pool.close();
        }
    }
}
