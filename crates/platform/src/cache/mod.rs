//! The one kind of cache of what belongs to tenants.
//!
//! What must always hold: what is kept is found by tenant, epoch and key together; it carries its tenant, which is
//! compared on every read: a value of another tenant is dropped, counted and never returned. Of several who ask
//! for the same at once, one works; if it goes away, the next one does. Size is bounded by bytes, in all and for each
//! tenant: see [`shelves`].

mod shelves;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use insula_model::{Error, Result, TenantId, TenantRecord};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use self::shelves::{Name, Shelves};

pub(crate) use self::shelves::Bound;

struct Kept<V> {
    tenant: TenantId,
    value: Arc<V>,
}

type Made<V> = Option<Result<Arc<V>>>;

struct Inner<V> {
    shelves: Shelves<Kept<V>>,
    /// What somebody is working on.
    making: HashMap<(TenantId, Name), watch::Receiver<Made<V>>>,
}

/// Values of tenants, kept for a while.
pub(crate) struct TenantCache<V> {
    inner: Mutex<Inner<V>>,
    believed: Duration,
    hits: AtomicU64,
    misses: AtomicU64,
    mixed: AtomicU64,
}

/// What a cache did and holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheFigures {
    /// Which one.
    pub cache: &'static str,
    /// How often a value was there, or on its way already.
    pub hits: u64,
    /// How often it had to be made.
    pub misses: u64,
    /// How many bytes are kept now.
    pub bytes: u64,
}

/// What something is kept under, or called, that depends on all that was hashed.
pub(crate) fn name(hash: Sha256) -> String {
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is known of a value.
pub(crate) enum Look<'c, V> {
    /// It is here.
    Here(Arc<V>),
    /// Somebody is making it.
    Coming(Coming<V>),
    /// Whoever asks is to make it.
    Ours(Claim<'c, V>),
}

/// A value that somebody else is making.
pub(crate) struct Coming<V>(watch::Receiver<Made<V>>);

impl<V> Coming<V> {
    /// What came of it; nothing if whoever made it went away: then it is to be asked for again.
    pub(crate) async fn wait(mut self) -> Option<Result<Arc<V>>> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }
}

/// The duty to make a value. Dropped, it is the next one's.
pub(crate) struct Claim<'c, V> {
    cache: &'c TenantCache<V>,
    full: (TenantId, Name),
    sender: watch::Sender<Made<V>>,
}

impl<V> Claim<'_, V> {
    /// Here it is, with its size in bytes; without one it is for those who wait for it now and not to be kept.
    pub(crate) fn fill(self, made: Result<(Arc<V>, Option<usize>)>) {
        let ((tenant, name), mut inner) = (self.full.clone(), self.cache.lock());
        if let Ok((value, Some(bytes))) = &made {
            let kept = Kept { tenant, value: Arc::clone(value) };
            let until = Instant::now() + self.cache.believed;
            inner.shelves.put(tenant, name, kept, *bytes as u64, until);
        }
        inner.making.remove(&self.full);
        drop(inner);
        self.sender.send_replace(Some(made.map(|(value, _)| value)));
    }
}

impl<V> Drop for Claim<'_, V> {
    fn drop(&mut self) {
        let mut inner = self.cache.lock();
        // Once it is filled the place may be somebody else's.
        if self.sender.borrow().is_none() {
            inner.making.remove(&self.full);
        }
    }
}

impl<V> std::fmt::Debug for TenantCache<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantCache")
    }
}

impl<V> TenantCache<V> {
    pub(crate) fn new(bound: Bound, believed: Duration) -> Self {
        Self {
            inner: Mutex::new(Inner { shelves: Shelves::new(bound), making: HashMap::new() }),
            believed,
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            mixed: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the value of a key now.
    ///
    /// # Errors
    /// `internal` when a value of another tenant is found.
    pub(crate) fn look(&self, record: &TenantRecord, key: &str) -> Result<Look<'_, V>> {
        let full = (record.id, (record.placement.epoch, key.to_owned()));
        let mut inner = self.lock();
        if let Some(kept) = inner.shelves.get(full.0, &full.1, Instant::now()) {
            if kept.tenant == record.id {
                self.hits.fetch_add(1, Ordering::Relaxed);
                return Ok(Look::Here(Arc::clone(&kept.value)));
            }
            self.mixed.fetch_add(1, Ordering::Relaxed);
            tracing::error!(tenant = %record.id, found = %kept.tenant, "cache.mixed: a value of another tenant was dropped");
            inner.shelves.remove(full.0, &full.1);
            return Err(Error::internal("a cached value of another tenant"));
        }
        if let Some(coming) = inner.making.get(&full) {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(Look::Coming(Coming(coming.clone())));
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        let (sender, coming) = watch::channel(None);
        inner.making.insert(full.clone(), coming);
        Ok(Look::Ours(Claim { cache: self, full, sender }))
    }

    /// The value of a key, made if it is not there. `make` gives it with its size in bytes, or without one when it
    /// is for those who wait for it now and not to be kept.
    ///
    /// # Errors
    /// What `make` fails with; that is not kept.
    pub(crate) async fn view(
        &self,
        record: &TenantRecord,
        key: &str,
        make: impl Future<Output = Result<(V, Option<usize>)>>,
    ) -> Result<Arc<V>> {
        // Boxed at once, so that it is held once.
        let make = Box::pin(make);
        loop {
            match self.look(record, key)? {
                Look::Here(value) => return Ok(value),
                Look::Coming(coming) => {
                    if let Some(made) = coming.wait().await {
                        return made;
                    }
                }
                Look::Ours(claim) => {
                    let made = make.await.map(|(value, bytes)| (Arc::new(value), bytes));
                    let value = made.as_ref().map(|(value, _)| Arc::clone(value)).map_err(Clone::clone);
                    claim.fill(made);
                    return value;
                }
            }
        }
    }

    /// Forgets the value of a key of a tenant.
    pub(crate) fn forget(&self, record: &TenantRecord, key: &str) {
        self.lock().shelves.remove(record.id, &(record.placement.epoch, key.to_owned()));
    }

    /// Takes away what is no longer good. Says how much that was.
    pub(crate) fn tidy(&self) -> usize {
        self.lock().shelves.tidy(Instant::now())
    }

    /// What it did and holds.
    pub(crate) fn figures(&self, cache: &'static str) -> CacheFigures {
        CacheFigures {
            cache,
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            bytes: self.lock().shelves.bytes(),
        }
    }

    /// How often a value of another tenant was found. It must stay 0.
    pub(crate) fn mixed(&self) -> u64 {
        self.mixed.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use insula_model::{Placement, Plan, Slug, TenantStatus, Tier};
    use jiff::Timestamp;

    use super::*;

    fn record(n: u128, epoch: i64) -> TenantRecord {
        TenantRecord {
            id: TenantId::from_uuid(uuid(n)),
            slug: "acme".parse::<Slug>().unwrap(),
            name: "Acme".into(),
            status: TenantStatus::Active,
            plan: Plan::Free,
            placement: Placement {
                cell: "local".into(),
                tier: Tier::Pooled,
                database: "d".into(),
                schema: "s".into(),
                role: "r".into(),
                epoch,
            },
            created_at: Timestamp::UNIX_EPOCH,
            status_at: Timestamp::UNIX_EPOCH,
            purge_at: None,
        }
    }

    fn uuid(n: u128) -> uuid::Uuid {
        uuid::Uuid::from_u128(n)
    }

    fn cache() -> TenantCache<String> {
        TenantCache::new(Bound { total: 1 << 20, each: 1 << 20 }, Duration::from_mins(1))
    }

    #[tokio::test]
    async fn the_same_key_of_two_tenants_or_epochs_is_two_values() {
        let cache = cache();
        for (n, epoch) in [(1, 1), (2, 1), (1, 2)] {
            let mine = format!("of {n} in {epoch}");
            let make = async { Ok((mine.clone(), Some(10))) };
            assert_eq!(*cache.view(&record(n, epoch), "k", make).await.unwrap(), mine);
            let never = async { Err(Error::internal("made twice")) };
            assert_eq!(*cache.view(&record(n, epoch), "k", never).await.unwrap(), mine);
        }
        assert_eq!(cache.mixed(), 0);
    }

    #[tokio::test]
    async fn a_value_of_another_tenant_is_dropped_and_counted() {
        let cache = cache();
        let (mine, other) = (record(1, 1), record(2, 1));
        let stray = Kept { tenant: other.id, value: Arc::new("B's".to_owned()) };
        let until = Instant::now() + Duration::from_mins(1);
        cache.lock().shelves.put(mine.id, (1, "k".to_owned()), stray, 1, until);
        let make = || async { Ok(("mine".to_owned(), Some(1))) };
        assert!(cache.view(&mine, "k", make()).await.is_err());
        assert_eq!(cache.mixed(), 1);
        assert_eq!(*cache.view(&mine, "k", make()).await.unwrap(), "mine");
    }

    #[tokio::test]
    async fn what_is_not_to_be_kept_is_made_again() {
        let (cache, of) = (cache(), record(1, 1));
        for n in ["first", "second"] {
            let make = async { Ok((n.to_owned(), None)) };
            assert_eq!(*cache.view(&of, "k", make).await.unwrap(), n);
        }
    }

    #[tokio::test]
    async fn one_works_and_the_others_wait_and_a_failure_is_not_kept() {
        let (cache, made) = (cache(), AtomicUsize::new(0));
        let of = record(1, 1);
        let ask = || {
            cache.view(&of, "k", async {
                made.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                if made.load(Ordering::Relaxed) == 1 {
                    Err(Error::internal("once"))
                } else {
                    Ok((String::new(), Some(0)))
                }
            })
        };
        assert!(ask().await.is_err());
        let all = futures_util::future::join_all((0..20).map(|_| ask())).await;
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(made.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn who_goes_away_leaves_the_work_to_the_next() {
        let (cache, of) = (cache(), record(1, 1));
        let mut first = Box::pin(cache.view(&of, "k", std::future::pending()));
        assert!(futures_util::poll!(&mut first).is_pending());
        let mut second = Box::pin(cache.view(&of, "k", async { Ok(("second".to_owned(), Some(1))) }));
        assert!(futures_util::poll!(&mut second).is_pending(), "it waits for the first");
        drop(first);
        assert_eq!(*second.await.unwrap(), "second");
        let figures = cache.figures("test");
        assert!(figures.bytes > 0 && figures.misses == 2 && figures.hits == 1, "{figures:?}");
        assert!(cache.lock().making.is_empty());
    }
}
