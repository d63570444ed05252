//! The queue before the database: questions wait here, each tenant's in a lane of its own, not on connections.
//!
//! What must always hold: whoever has a [`Slot`] may run statements, and gives it back when it is dropped, however that
//! comes about; who waits in vain or finds no room is told to come back, and holds nothing. Who is next is decided in
//! [`line`]. Tested in `tests/it/queue.rs`.

mod line;
mod pace;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use insula_insight::Statement;
use insula_model::{Error, Result, TenantId, TenantRecord, Tier, problem};
use insula_store::{Sizes, StoredDataset, Tasks};
use tokio::sync::oneshot;

use self::line::{Bounds, Full, Line, Ticket, Work};
use self::pace::Pace;
use crate::settings::QuestionLimits;

/// Work that is taken to cost as many milliseconds is done one at a time for each tenant, and at a pace.
const COSTLY: u64 = 100;

/// How many events PostgreSQL reads in a millisecond, about: 10 M rows, row-level security, covering index.
const EVENTS: u64 = 4_000;

struct Inner {
    line: Line,
    begun: Instant,
    tasks: Tasks,
    /// How those who wait are told that it is their turn.
    waiting: HashMap<Ticket, oneshot::Sender<()>>,
    /// When somebody looks next whether a rest is over.
    alarm: Option<u64>,
}

/// The queue of one node.
pub(crate) struct Queue {
    inner: Arc<Mutex<Inner>>,
    limits: QuestionLimits,
    sizes: Sizes,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Queue")
    }
}

/// The right to run statements now; before its turn has come, the place in the queue.
#[must_use]
pub(crate) struct Slot<'q> {
    queue: &'q Queue,
    tenant: TenantId,
    ticket: Ticket,
    begun: Instant,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let spent = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut inner = lock(&self.queue.inner);
        let now = inner.now();
        inner.waiting.remove(&self.ticket);
        inner.line.leave(self.tenant, self.ticket, spent, now);
        inner.go_on(&self.queue.inner);
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    /// Milliseconds since the queue was made.
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Starts what may start, and sees to it that somebody looks again when a rest is over.
    fn go_on(&mut self, this: &Arc<Mutex<Self>>) {
        let now = self.now();
        while let Some(ticket) = self.line.start(now) {
            if let Some(waiting) = self.waiting.remove(&ticket) {
                // Who is gone already gives the place back when it notices.
                let _ = waiting.send(());
            }
        }
        let Some(at) = self.line.resumes(now) else { return };
        if self.alarm.is_none_or(|alarm| at < alarm || alarm <= now) {
            self.alarm = Some(at);
            let wait = Duration::from_millis(at - now);
            self.tasks.spawn(wake(Arc::downgrade(this), self.tasks.clone(), wait));
        }
    }
}

async fn wake(queue: Weak<Mutex<Inner>>, tasks: Tasks, wait: Duration) {
    if tasks.pause(wait).await
        && let Some(queue) = queue.upgrade()
    {
        lock(&queue).go_on(&queue);
    }
}

impl Queue {
    pub(crate) fn new(limits: QuestionLimits, sizes: Sizes, tasks: Tasks) -> Self {
        let bounds = Bounds {
            slots: limits.slots.max(1),
            waiting: limits.tenant_waiting as usize,
            waiting_in_all: limits.waiting as usize,
            pace: Pace(limits.costly_share.into()),
        };
        let (line, waiting) = (Line::new(bounds), HashMap::new());
        let inner = Inner { line, begun: Instant::now(), tasks, waiting, alarm: None };
        Self { inner: Arc::new(Mutex::new(inner)), limits, sizes }
    }

    /// How many works are under way, and how many wait.
    pub(crate) fn counts(&self) -> (u32, usize) {
        lock(&self.inner).line.counts()
    }

    /// Waits until statements of this cost may run for a tenant.
    ///
    /// # Errors
    /// `limit.busy` when too many of the tenant's questions wait already, or this one has waited too long.
    pub(crate) async fn enter(&self, record: &TenantRecord, cost: u64) -> Result<Slot<'_>> {
        let cap = self.cap(record);
        let costly = cost >= COSTLY;
        let work = Work { cost: cost.max(1), weight: if costly { cap } else { 1 }, cap, costly };
        let (mut slot, turn) = self.stand(record.id, work)?;
        let patience = Duration::from_secs(u64::from(self.limits.waiting_seconds));
        match tokio::time::timeout(patience, turn).await {
            Ok(_) => {
                slot.begun = Instant::now();
                Ok(slot)
            }
            Err(_) => {
                let seconds = self.limits.waiting_seconds;
                let detail = format!(
                    "The question waited {seconds} seconds behind others of this workspace and was given up. \
                     Ask again later, ask for less at once, or for shorter ranges."
                );
                Err(Error::new(problem::BUSY, detail).retry_after(patience))
            }
        }
    }

    /// How much of one tenant may be under way. A lane of schema tenants has few connections, and one of them stays
    /// free for the others.
    fn cap(&self, record: &TenantRecord) -> u32 {
        let of_pool = match record.placement.tier {
            Tier::Pooled => self.sizes.pooled,
            Tier::Schema => self.sizes.lane,
            Tier::Database => self.sizes.database,
        };
        let spare = u32::try_from(of_pool.saturating_sub(1)).unwrap_or(u32::MAX);
        self.limits.tenant_slots.min(spare).max(1)
    }

    fn stand(&self, tenant: TenantId, work: Work) -> Result<(Slot<'_>, oneshot::Receiver<()>)> {
        let mut inner = lock(&self.inner);
        let now = inner.now();
        let ticket = match inner.line.arrive(tenant, work, now) {
            Ok(ticket) => ticket,
            Err(full) => return Err(busy(full, work, self.limits.costly_share)),
        };
        let (sender, turn) = oneshot::channel();
        inner.waiting.insert(ticket, sender);
        inner.go_on(&self.inner);
        Ok((Slot { queue: self, tenant, ticket, begun: Instant::now() }, turn))
    }
}

fn busy(full: Full, work: Work, share: u8) -> Error {
    let detail = if full.in_all {
        "Too many questions of all workspaces are waiting on this node. Ask again later.".to_owned()
    } else {
        format!(
            "{} questions of this workspace are waiting already. Ask again later, ask for less at once, or for \
             shorter ranges.",
            full.waiting
        )
    };
    // Those before it are taken to cost as much, and to be done at the pace at which it would be.
    let share = if work.costly { u64::from(share.max(1)) } else { 100 };
    let behind = work.cost.saturating_mul(full.waiting as u64) / (10 * share);
    Error::new(problem::BUSY, detail).retry_after(Duration::from_secs(behind.clamp(1, 30)))
}

/// What statements are taken to cost, in milliseconds: as much as reading the events of their days, of a dataset that
/// has its events within a year.
pub(crate) fn cost<'s>(statements: impl Iterator<Item = &'s Statement>, datasets: &[StoredDataset]) -> u64 {
    let one = |statement: &Statement| {
        let events = datasets
            .iter()
            .filter(|d| statement.datasets.contains(&d.number))
            .map(|d| d.dataset.events.unwrap_or_default())
            .sum::<u64>();
        let read = events.saturating_mul(u64::from(statement.cost.days.min(365))) / 365;
        1 + read / EVENTS * u64::from(statement.cost.scans)
    };
    statements.map(one).sum()
}
