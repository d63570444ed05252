//! Jobs: fire and forget, with retries. Tenants take turns, so that one that queues a million waits for itself.

use std::time::Duration;

use insula_model::{JobId, Result, TenantId};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::Store;
use crate::cell::Fence;
use crate::scope::ControlTx;

/// A job that is to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its id: the same id is queued once.
    pub id: JobId,
    /// The tenant that caused it.
    pub tenant: Option<TenantId>,
    /// Which worker does it.
    pub kind: String,
    /// What it is given.
    pub payload: Value,
    /// Not before.
    pub run_at: Timestamp,
}

/// A job that this process may do, until its lease ends.
#[derive(Debug)]
pub struct LeasedJob {
    /// Its id.
    pub id: JobId,
    /// The tenant that caused it: from the row, never from the payload.
    pub tenant: Option<TenantId>,
    /// Which worker does it.
    pub kind: String,
    /// What it is given.
    pub payload: Value,
    /// 1 for the first try. Counted before the try, so that a job that kills its worker ends too.
    pub attempt: i32,
    fence: Fence,
}

/// How a try ended.
#[derive(Debug, Clone)]
pub enum JobEnd {
    /// Done.
    Done,
    /// To be tried again.
    Retry {
        /// Not before.
        at: Timestamp,
        /// Why, for the log.
        why: String,
    },
    /// Given up.
    Failed {
        /// Why, for the log.
        why: String,
    },
}

pub(crate) async fn enqueue(tx: &mut ControlTx, job: &NewJob, now: Timestamp) -> Result<()> {
    let tenant = job.tenant.map(TenantId::uuid);
    tx.execute(
        "INSERT INTO jobs (id, tenant_id, kind, payload, run_at, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (id) DO NOTHING",
        &[&job.id.uuid(), &tenant, &job.kind, &job.payload, &job.run_at, &now],
    )
    .await?;
    tx.execute(
        "INSERT INTO job_turns (tenant_id, turn) VALUES ($1, nextval('job_turn')) ON CONFLICT DO NOTHING",
        &[&tenant.unwrap_or(Uuid::nil())],
    )
    .await?;
    Ok(())
}

impl Store {
    /// Queues jobs of the platform or of a tenant.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn job_enqueue(&self, jobs: &[NewJob]) -> Result<()> {
        let mut tx = self.control().await?;
        let now = self.inner.world.now();
        for job in jobs {
            enqueue(&mut tx, job, now).await?;
        }
        tx.commit().await
    }

    /// Takes the oldest due job of the tenant whose turn was longest ago. Suspended tenants are passed over.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn job_lease(&self, kinds: &[&str], lease: Duration) -> Result<Option<LeasedJob>> {
        let now = self.inner.world.now();
        let until = now + lease;
        // Somebody may take the same job between the look at it and the lock on its tenant's turn: whoever comes second
        // finds it taken and looks again.
        loop {
            let mut tx = self.control().await?;
            let row = tx
                .row(
                    "WITH turn AS ( \
                         SELECT j.tenant_id, due.id FROM job_turns j, LATERAL ( \
                             SELECT id FROM jobs WHERE tenant_id IS NOT DISTINCT FROM nullif(j.tenant_id, $4::uuid) \
                                AND state IN ('queued', 'running') AND run_at <= $1 \
                                AND (lease_until IS NULL OR lease_until < $1) AND kind = ANY($3) \
                              ORDER BY run_at, id LIMIT 1) AS due \
                          WHERE NOT EXISTS (SELECT FROM tenants t WHERE t.id = j.tenant_id AND t.status = 'suspended') \
                          ORDER BY j.turn LIMIT 1 FOR UPDATE OF j SKIP LOCKED), \
                     moved AS (UPDATE job_turns SET turn = nextval('job_turn') FROM turn \
                                WHERE job_turns.tenant_id = turn.tenant_id), \
                     leased AS ( \
                         UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_until = $2, \
                                fence = nextval('fences') \
                           FROM turn WHERE jobs.id = turn.id AND state IN ('queued', 'running') AND run_at <= $1 \
                            AND (lease_until IS NULL OR lease_until < $1) \
                         RETURNING jobs.id, jobs.tenant_id, kind, payload, attempt, fence) \
                     SELECT l.id, l.tenant_id, l.kind, l.payload, l.attempt, l.fence \
                       FROM turn LEFT JOIN leased l USING (id)",
                    &[&now, &until, &kinds, &Uuid::nil()],
                )
                .await?;
            let Some(row) = row else { return Ok(None) };
            let Some(id) = row.get::<_, Option<Uuid>>(0) else { continue };
            let job = LeasedJob {
                id: JobId::from_uuid(id),
                tenant: row.get::<_, Option<Uuid>>(1).map(TenantId::from_uuid),
                kind: row.get(2),
                payload: row.get(3),
                attempt: row.get(4),
                fence: Fence(row.get(5)),
            };
            tx.commit().await?;
            return Ok(Some(job));
        }
    }

    /// Says how a try ended. A worker that lost its lease is not heard: `false`.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn job_end(&self, job: &LeasedJob, end: &JobEnd) -> Result<bool> {
        let now = self.inner.world.now();
        let (state, run_at, why, ended) = match end {
            JobEnd::Done => ("done", None, None, Some(now)),
            JobEnd::Retry { at, why } => ("queued", Some(*at), Some(why), None),
            JobEnd::Failed { why } => ("failed", None, Some(why), Some(now)),
        };
        let mut tx = self.control().await?;
        let heard = tx
            .execute(
                "UPDATE jobs SET state = $3, run_at = coalesce($4, run_at), error = $5, ended_at = $6, lease_until = NULL \
                  WHERE id = $1 AND fence = $2",
                &[&job.id.uuid(), &job.fence.0, &state, &run_at, &why, &ended],
            )
            .await?;
        tx.commit().await?;
        Ok(heard == 1)
    }

    /// Notes that a tenant's outbox may have something, before the transaction that puts it there commits: so
    /// nothing is forgotten if this process ends in between.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn outbox_hint(&self, tenant: TenantId) -> Result<()> {
        let mut tx = self.control().await?;
        tx.execute(
            "INSERT INTO outbox_hints (tenant_id, hinted_at) VALUES ($1, $2) \
             ON CONFLICT (tenant_id) DO UPDATE SET hinted_at = excluded.hinted_at",
            &[&tenant.uuid(), &self.inner.world.now()],
        )
        .await?;
        tx.commit().await
    }

    /// Tenants whose outbox may have something.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn outbox_hints(&self) -> Result<Vec<(TenantId, Timestamp)>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows("SELECT tenant_id, hinted_at FROM outbox_hints ORDER BY hinted_at LIMIT 500", &[])
            .await?;
        Ok(rows.iter().map(|row| (TenantId::from_uuid(row.get(0)), row.get(1))).collect())
    }

    /// Takes a hint away, unless there is a newer one.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn outbox_hint_done(&self, tenant: TenantId, hinted_at: Timestamp) -> Result<()> {
        let mut tx = self.control().await?;
        tx.execute(
            "DELETE FROM outbox_hints WHERE tenant_id = $1 AND hinted_at = $2",
            &[&tenant.uuid(), &hinted_at],
        )
        .await?;
        tx.commit().await
    }
}
