//! How much embeds are used: counted in memory, written every few seconds, one statement for a tenant.
//!
//! What must always hold: counting neither delays nor fails what is counted; what waits in memory is bounded. A process
//! that is killed loses the last few seconds. Tested in `tests/it/embed_usage.rs`.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use insula_model::policy::action::{EmbedCount, EmbedUsageView};
use insula_model::{DashboardId, EmbedUsage, Error, RequestId, Result, TenantId};
use insula_store::{EmbedCounted, OpCtx, Tenant};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::Platform;

/// How often what was counted is written.
const EVERY: Duration = Duration::from_secs(3);
/// How many days and dashboards wait at most, and how many viewers of one; what is beyond is not counted.
const MOST: usize = 20_000;
/// How long it is known who the viewers of a day were, as hashes.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Days that can be asked for at once.
const DAYS: i32 = 400;

/// Something to count.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) loads: i64,
    pub(crate) query_ms: i64,
    pub(crate) refused: i64,
    pub(crate) viewer: Option<[u8; 16]>,
}

#[derive(Debug, Default)]
struct Waiting {
    counted: EmbedCounted,
    viewers: HashSet<[u8; 16]>,
}

/// What was counted and waits to be written.
#[derive(Debug, Default)]
pub(crate) struct EmbedCounts {
    waiting: Mutex<HashMap<(TenantId, Date, DashboardId), Waiting>>,
    writing: AtomicBool,
}

impl EmbedCounts {
    fn add(&self, tenant: TenantId, day: Date, dashboard: DashboardId, what: Counted) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant, day, dashboard);
        if waiting.len() >= MOST && !waiting.contains_key(&key) {
            return;
        }
        let one = waiting.entry(key).or_default();
        one.counted.loads += what.loads;
        one.counted.query_ms += what.query_ms;
        one.counted.refused += what.refused;
        if let Some(viewer) = what.viewer
            && one.viewers.len() < MOST
        {
            one.viewers.insert(viewer);
        }
    }

    /// Takes everything, by tenant.
    fn take(&self) -> HashMap<TenantId, Vec<(Date, DashboardId, EmbedCounted)>> {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let mut by_tenant: HashMap<_, Vec<_>> = HashMap::new();
        for ((tenant, day, dashboard), Waiting { counted, viewers }) in waiting {
            let counted = EmbedCounted { viewers: viewers.into_iter().collect(), ..counted };
            by_tenant.entry(tenant).or_default().push((day, dashboard, counted));
        }
        by_tenant
    }
}

/// Days before this one have no viewers any more.
pub(crate) fn forgotten(now: Timestamp) -> Date {
    day(now - REMEMBERED)
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

impl Platform {
    /// Counts something. It is written a few seconds later.
    pub(crate) fn embed_counted(&self, tenant: TenantId, dashboard: DashboardId, what: Counted) {
        self.embed_counts().add(tenant, day(self.world().now()), dashboard, what);
        if self.embed_counts().writing.swap(true, Ordering::AcqRel) {
            return;
        }
        let platform = self.clone();
        let tasks = self.store().tasks().clone();
        self.store().tasks().spawn(async move {
            while tasks.pause(EVERY).await {
                platform.embed_usage_flush().await;
            }
        });
    }

    /// Writes what was counted on this node and waits. To be called before the process ends.
    pub async fn embed_usage_flush(&self) {
        for (tenant, counted) in self.embed_counts().take() {
            if let Err(error) = self.embed_usage_write(tenant, &counted).await {
                tracing::warn!(%tenant, ?error, "the use of embeds could not be counted");
            }
        }
    }

    async fn embed_usage_write(
        &self,
        tenant: TenantId,
        counted: &[(Date, DashboardId, EmbedCounted)],
    ) -> Result<()> {
        let Some(record) = self.store().tenant_of_id(tenant).await? else { return Ok(()) };
        let op = OpCtx::of_embed_counting(tenant, RequestId::from_uuid(self.world().uuid()));
        let permit = self.store().tenant(&op, record)?.authorize::<EmbedCount>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.embed_usage().add(&permit, counted).await?;
        tx.commit().await
    }

    /// How much embeds were used on the days from `from` and before `to`; the last thirty unless said otherwise.
    ///
    /// # Errors
    /// `auth.forbidden`; `input.invalid`.
    pub async fn embed_usage_view(
        &self,
        tenant: &Tenant<'_>,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<EmbedUsage> {
        let permit = tenant.authorize::<EmbedUsageView>()?;
        let late = || Error::invalid("/to", "range", "That day cannot be reckoned with.");
        let to = match to {
            Some(to) => to,
            None => day(self.world().now()).tomorrow().map_err(|_| late())?,
        };
        let from = match from {
            Some(from) => from,
            None => to.checked_sub(jiff::Span::new().days(30)).map_err(|_| late())?,
        };
        let days = from.until(to).map_err(|_| late())?.get_days();
        if !(1..=DAYS).contains(&days) {
            return Err(Error::invalid("/from", "range", "Ask for 1 to 400 days."));
        }
        let mut tx = self.store().begin(&permit).await?;
        Ok(EmbedUsage { items: tx.embed_usage().view(from, to).await? })
    }
}
