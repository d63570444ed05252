//! Summing up a dataset's events by day, some days in each transaction.

use std::time::{Duration, Instant};

use insula_insight::{Rolled, days_over};
use insula_model::policy::action::RollupUpdate;
use insula_model::{Error, JobId, RequestId, Result, TenantId, Write, period, problem};
use insula_store::{LeasedJob, NewJob, OpCtx, Permit, ROLLUP_JOB, TenantTx};
use serde::Deserialize;

use crate::Platform;

pub(super) const KIND: &str = ROLLUP_JOB;

/// About so many events are summed up in one transaction,
const AT_ONCE: u64 = 200_000;
/// and so many days at most.
const DAYS: u64 = 500;
/// After so long another job goes on with what is left: far less than a lease.
const LONG: Duration = Duration::from_secs(20);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RollupPayload {
    /// The dataset's number.
    dataset: i32,
}

impl Platform {
    pub(super) async fn rollup_run(&self, job: &LeasedJob) -> Result<()> {
        let RollupPayload { dataset } = serde_json::from_value(job.payload.clone())
            .map_err(|e| Error::new(problem::INVALID, "The job's payload is no dataset.").context(e))?;
        let tenant = job.tenant.ok_or_else(|| Error::internal("a job to sum up nobody's events"))?;
        if self.rollup_update(tenant, dataset).await? {
            return Ok(());
        }
        let next = NewJob {
            id: JobId::from_uuid(self.world().uuid()),
            tenant: job.tenant,
            kind: KIND.to_owned(),
            payload: job.payload.clone(),
            run_at: self.world().now(),
        };
        self.store().job_enqueue(&[next]).await
    }

    /// Sums up the days of a dataset that are marked, for some seconds. `false`: there are more.
    ///
    /// # Errors
    /// `database.down`; `timeout`.
    pub async fn rollup_update(&self, tenant: TenantId, dataset: i32) -> Result<bool> {
        let Some(record) = self.store().tenant_of_id(tenant).await? else { return Ok(true) };
        let op = OpCtx::of_rollup(tenant, RequestId::from_uuid(self.world().uuid()));
        let permit = self.store().tenant(&op, record)?.authorize::<RollupUpdate>()?;
        self.sum_up(&permit, dataset).await
    }

    /// A time zone may have changed, and with it what a day is: what was summed up is looked at again.
    pub(crate) async fn days_are_others(&self, tx: &mut TenantTx<'_, Write>, tenant: TenantId) -> Result<()> {
        if tx.rollups().ask_again(self.world()).await? {
            self.store().outbox_hint(tenant).await?;
        }
        Ok(())
    }

    async fn sum_up(&self, permit: &Permit<'_, RollupUpdate>, dataset: i32) -> Result<bool> {
        let begun = Instant::now();
        let mut tx = self.store().begin(permit).await?;
        let Some(state) = tx.rollups().begin(permit, dataset).await? else { return Ok(true) };
        let zone = period::time_zone(&state.time_zone, "/time_zone")?;
        let name = Rolled::zone_of(&zone);
        if state.rolled.is_none_or(|rolled| rolled.zone != name) {
            tx.rollups().mark_all(permit, dataset).await?;
        }
        tx.commit().await?;
        // As if the events were spread evenly.
        let each = state.events / state.days.max(1);
        let limit = u32::try_from((AT_ONCE / each.max(1)).clamp(1, DAYS)).unwrap_or(u32::MAX);
        loop {
            let mut tx = self.store().begin(permit).await?;
            let marked = tx.rollups().marked(permit, dataset, limit).await?;
            if marked.is_empty() {
                tx.rollups().end(permit, dataset, &name, begun.elapsed()).await?;
                tx.commit().await?;
                return Ok(true);
            }
            let days = days_over(&marked, &zone)?;
            tx.rollups().update(permit, dataset, &marked, &days).await?;
            tx.commit().await?;
            if begun.elapsed() > LONG {
                return Ok(false);
            }
        }
    }
}
