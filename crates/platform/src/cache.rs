//! The one kind of cache of what belongs to tenants.
//!
//! What must always hold: what is kept is found by tenant, epoch and key together; it carries its tenant, which is
//! compared on every read: a value of another tenant is dropped, counted and never returned. Of several who ask
//! for the same at once, one works. Size is bounded by bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use insula_model::{Error, Result, TenantId, TenantRecord};
use moka::future::Cache;

type Key = (TenantId, i64, String);

struct Kept<V> {
    tenant: TenantId,
    value: Arc<V>,
    bytes: Option<u32>,
}

impl<V> Clone for Kept<V> {
    fn clone(&self) -> Self {
        Self { tenant: self.tenant, value: Arc::clone(&self.value), bytes: self.bytes }
    }
}

/// Values of tenants, kept for a while.
pub(crate) struct TenantCache<V> {
    kept: Cache<Key, Kept<V>>,
    mixed: AtomicU64,
}

impl<V> std::fmt::Debug for TenantCache<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantCache")
    }
}

impl<V: Send + Sync + 'static> TenantCache<V> {
    pub(crate) fn new(bytes: u64, believed: Duration) -> Self {
        let weigh = |key: &Key, kept: &Kept<V>| {
            kept.bytes
                .unwrap_or(0)
                .saturating_add(u32::try_from(key.2.len()).unwrap_or(u32::MAX))
                .saturating_add(256)
        };
        let kept = Cache::builder()
            .weigher(weigh)
            .max_capacity(bytes)
            .time_to_live(believed)
            .support_invalidation_closures()
            .build();
        Self { kept, mixed: AtomicU64::new(0) }
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
        let full = (record.id, record.placement.epoch, key.to_owned());
        let making = async {
            let (value, bytes) = Box::pin(make).await?;
            let bytes = bytes.map(|n| u32::try_from(n).unwrap_or(u32::MAX));
            Ok::<_, Error>(Kept { tenant: record.id, value: Arc::new(value), bytes })
        };
        let kept = Box::pin(self.kept.try_get_with(full.clone(), making)).await.map_err(|e| (*e).clone())?;
        if kept.bytes.is_none() {
            self.kept.invalidate(&full).await;
        }
        if kept.tenant == record.id {
            return Ok(kept.value);
        }
        self.mixed.fetch_add(1, Ordering::Relaxed);
        tracing::error!(tenant = %record.id, found = %kept.tenant, "cache.mixed: a value of another tenant was dropped");
        self.kept.invalidate(&full).await;
        Err(Error::internal("a cached value of another tenant"))
    }

    /// Forgets everything of a tenant.
    pub(crate) async fn forget(&self, record: &TenantRecord, key: &str) {
        self.kept.invalidate(&(record.id, record.placement.epoch, key.to_owned())).await;
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
        TenantCache::new(1 << 20, Duration::from_mins(1))
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
        let stray = Kept { tenant: other.id, value: Arc::new("B's".to_owned()), bytes: Some(1) };
        cache.kept.insert((mine.id, 1, "k".to_owned()), stray).await;
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
}
