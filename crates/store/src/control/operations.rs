//! The journal of operations: what was asked for, how far it has come, who works on it.
//!
//! What must always hold: one operation at a time changes a tenant (a unique index); only the holder of the
//! newest fencing token moves an operation (every update names it); a step's mark and the state after it are one
//! update.

use std::time::Duration;

use insula_model::policy::operator_action::TenantCreate;
use insula_model::{Error, OperationId, OperatorAction, Result, TenantId, TenantStatus, problem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tenants::{NewTenant, reserve};
use crate::Store;
use crate::cell::Fence;
use crate::scope::{Actor, ControlEntry, ControlTx, IdempotencyKey, OperatorPermit};

/// Where an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationStatus {
    /// Waits for a worker.
    Queued,
    /// Goes forward.
    Running,
    /// Undoes what it did.
    Unwinding,
    /// Did all of it.
    Succeeded,
    /// Failed and undid all of it.
    Failed,
    /// Was cancelled and undid all of it.
    Cancelled,
    /// Needs a person: it can neither go on nor back.
    Stuck,
}

impl OperationStatus {
    const ALL: [Self; 7] = [
        Self::Queued,
        Self::Running,
        Self::Unwinding,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Stuck,
    ];

    /// As in the API and in PostgreSQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Unwinding => "unwinding",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stuck => "stuck",
        }
    }

    /// From the text of the API or of PostgreSQL.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// Whether it will not change any more by itself.
    #[must_use]
    pub fn ended(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// Which way a leased operation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Step `step` is to be done next.
    Forward,
    /// Step `step - 1` is to be undone next.
    Unwinding,
}

/// How one step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepStatus {
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Done and undone again.
    Undone,
    /// Failed.
    Failed,
}

impl StepStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Undone => "undone",
            Self::Failed => "failed",
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        match text {
            "done" => Self::Done,
            "undone" => Self::Undone,
            "failed" => Self::Failed,
            _ => Self::Running,
        }
    }
}

/// An operation that is asked for.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// Its id.
    pub id: OperationId,
    /// `tenant.provision`, …
    pub kind: &'static str,
    /// What it is given.
    pub input: Value,
    /// What its steps begin with.
    pub state: Value,
}

/// An operation that this process may move, until somebody else takes it over.
#[derive(Debug)]
pub struct LeasedOperation {
    /// Its id.
    pub id: OperationId,
    /// `tenant.provision`, …
    pub kind: String,
    /// The tenant that it changes.
    pub tenant: Option<TenantId>,
    /// What it was given.
    pub input: Value,
    /// What its steps have noted.
    pub state: Value,
    /// Which way it goes.
    pub phase: Phase,
    /// The step that is next.
    pub step: i32,
    /// How often the next step was tried.
    pub attempt: i32,
    /// Whether somebody asked to cancel it.
    pub cancel_asked: bool,
    /// Whether the journal says already that the next step is under way.
    pub begun: bool,
    /// Whether it only goes forward now.
    pub past_pivot: bool,
    /// In whose name it acts.
    pub actor: Actor,
    /// What made it unwind.
    pub error: Option<Value>,
    /// The token that its changes carry.
    pub fence: Fence,
    /// Whether another worker held it before and went silent.
    pub taken_over: bool,
}

impl Store {
    /// Reserves a tenant's record, placement and slug and asks for its provisioning: both or neither.
    ///
    /// # Errors
    /// `tenant.slug_taken`; `cell.unknown`; `cell.full`.
    pub async fn tenant_create(
        &self,
        permit: &OperatorPermit<'_, TenantCreate>,
        tenant: &NewTenant,
        new: &NewOperation,
    ) -> Result<OperationId> {
        let mut tx = self.control().await?;
        if let Some(earlier) = earlier(&mut tx, permit.op.actor(), permit.op.idempotency()).await? {
            return Ok(earlier);
        }
        let now = self.inner.world.now();
        reserve(&mut tx, self, tenant, now).await?;
        insert(&mut tx, new, Some((tenant.id, tenant.slug.as_str())), permit.op, now).await?;
        tx.commit_with(&ControlEntry {
            action: "tenant.create",
            actor: permit.op.actor(),
            subject: tenant.id.to_string(),
            request: permit.op.request().to_string(),
            detail: serde_json::json!({ "slug": tenant.slug, "tier": tenant.tier, "cell": tenant.cell })
                .to_string(),
        })
        .await?;
        Ok(new.id)
    }

    /// Asks for an operation on a tenant that must be in one of the given states.
    ///
    /// # Errors
    /// `tenant.busy` when another one is under way; `tenant.status` when the tenant is in another state.
    pub async fn operation_create<A: OperatorAction>(
        &self,
        permit: &OperatorPermit<'_, A>,
        tenant: TenantId,
        from: &[TenantStatus],
        new: &NewOperation,
    ) -> Result<OperationId> {
        let mut tx = self.control().await?;
        if let Some(earlier) = earlier(&mut tx, permit.op.actor(), permit.op.idempotency()).await? {
            return Ok(earlier);
        }
        let row = tx
            .row("SELECT status, slug FROM tenants WHERE id = $1 FOR UPDATE", &[&tenant.uuid()])
            .await?
            .ok_or_else(|| Error::not_found("tenant", tenant))?;
        let (status, slug): (String, String) = (row.get(0), row.get(1));
        let active = tx
            .row(
                "SELECT id, kind FROM operations WHERE tenant_id = $1 \
                    AND status IN ('queued', 'running', 'unwinding', 'stuck')",
                &[&tenant.uuid()],
            )
            .await?;
        if let Some(active) = active {
            let (id, kind): (uuid::Uuid, String) = (active.get(0), active.get(1));
            return Err(Error::new(
                problem::TENANT_BUSY,
                format!("{kind} ({}) is under way. Wait for it, or cancel it.", OperationId::from_uuid(id)),
            ));
        }
        if !TenantStatus::parse(&status).is_some_and(|s| from.contains(&s)) {
            return Err(Error::new(
                problem::TENANT_STATUS,
                format!("The tenant is {status}; this needs {}.", words(from)),
            ));
        }
        insert(&mut tx, new, Some((tenant, &slug)), permit.op, self.inner.world.now()).await?;
        tx.commit_with(&ControlEntry {
            action: A::RULE.name,
            actor: permit.op.actor(),
            subject: tenant.to_string(),
            request: permit.op.request().to_string(),
            detail: new.input.to_string(),
        })
        .await?;
        Ok(new.id)
    }

    /// Asks for the removal of tenants whose quarantine has ended; those that are busy come later.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn erasures_begin(&self, kind: &'static str, new: impl Fn() -> OperationId) -> Result<usize> {
        let now = self.inner.world.now();
        let mut tx = self.control().await?;
        let due = tx
            .rows(
                "SELECT id, slug FROM tenants t WHERE status = 'deleted' AND purge_at <= $1 AND NOT EXISTS ( \
                     SELECT FROM operations o WHERE o.tenant_id = t.id \
                        AND o.status IN ('queued', 'running', 'unwinding', 'stuck')) \
                  ORDER BY purge_at LIMIT 20 FOR UPDATE SKIP LOCKED",
                &[&now],
            )
            .await?;
        let actor = serde_json::to_value(Actor::system("quarantine")).map_err(Error::internal)?;
        for row in &due {
            let (tenant, slug): (uuid::Uuid, String) = (row.get(0), row.get(1));
            let empty = serde_json::json!({});
            tx.execute(
                "INSERT INTO operations (id, kind, tenant_id, tenant_slug, input, state, status, run_at, actor, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $5, 'queued', $6, $7, $6)",
                &[&new().uuid(), &kind, &tenant, &slug, &empty, &now, &actor],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(due.len())
    }

    /// Takes the next operation that is due: one that nobody works on, or whose worker went silent.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operation_lease(
        &self,
        worker: &str,
        kinds: &[&str],
        lease: Duration,
    ) -> Result<Option<LeasedOperation>> {
        let now = self.inner.world.now();
        let until = now + lease;
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "UPDATE operations SET fence = nextval('fences'), lease_until = $3, worker = $1, \
                        attempt = attempt + 1, started_at = coalesce(started_at, $4), \
                        status = CASE status WHEN 'queued' THEN 'running' ELSE status END \
                  WHERE id = (SELECT id FROM operations WHERE status IN ('queued', 'running', 'unwinding') \
                                 AND kind = ANY($2) AND run_at <= $4 AND (lease_until IS NULL OR lease_until < $4) \
                               ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) \
                 RETURNING id, kind, tenant_id, input, state, status, step, attempt, cancel_asked, past_pivot, \
                           actor, error, fence",
                &[&worker, &kinds, &until, &now],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let attempt: i32 = row.get(7);
        let leased = LeasedOperation {
            id: OperationId::from_uuid(row.get(0)),
            kind: row.get(1),
            tenant: row.get::<_, Option<uuid::Uuid>>(2).map(TenantId::from_uuid),
            input: row.get(3),
            state: row.get(4),
            phase: if row.get::<_, &str>(5) == "unwinding" { Phase::Unwinding } else { Phase::Forward },
            step: row.get(6),
            attempt,
            cancel_asked: row.get(8),
            begun: false,
            past_pivot: row.get(9),
            actor: serde_json::from_value(row.get(10)).map_err(Error::internal)?,
            error: row.get(11),
            fence: Fence(row.get(12)),
            taken_over: attempt > 1,
        };
        tx.commit().await?;
        Ok(Some(leased))
    }

    /// When an operation will be due that is not due now, or whose lease may run out.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operation_next_due(&self) -> Result<Option<Timestamp>> {
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "SELECT min(greatest(run_at, lease_until)) FROM operations \
                  WHERE status IN ('queued', 'running', 'unwinding')",
                &[],
            )
            .await?;
        Ok(row.and_then(|row| row.get(0)))
    }

    /// Keeps a lease, and tells whether somebody asked to cancel meanwhile.
    ///
    /// # Errors
    /// `operation.fenced` when another worker has taken it over.
    pub async fn operation_heartbeat(&self, id: OperationId, fence: Fence, lease: Duration) -> Result<bool> {
        let until = self.inner.world.now() + lease;
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "UPDATE operations SET lease_until = $3 WHERE id = $1 AND fence = $2 RETURNING cancel_asked",
                &[&id.uuid(), &fence.0, &until],
            )
            .await?
            .ok_or_else(fenced)?;
        tx.commit().await?;
        Ok(row.get(0))
    }

    /// Marks that a step begins, and tells whether somebody asked to cancel.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn operation_step_begin(&self, op: &LeasedOperation) -> Result<bool> {
        let now = self.inner.world.now();
        let mut tx = self.control().await?;
        let cancel_asked = hold(&mut tx, op).await?;
        if op.phase == Phase::Forward {
            tx.execute(
                "INSERT INTO operation_steps (operation_id, step, status, started_at) VALUES ($1, $2, 'running', $3) \
                 ON CONFLICT (operation_id, step) DO UPDATE SET status = 'running', ended_at = NULL",
                &[&op.id.uuid(), &op.step, &now],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(cancel_asked)
    }

    /// Saves what a step noted together with its mark, and goes on to the next one: forward, or back. With `more` steps
    /// ahead the next one is under way with it, unless somebody asked to cancel: one commit for both marks.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn operation_step_end(&self, op: &mut LeasedOperation, pivot: bool, more: bool) -> Result<()> {
        let now = self.inner.world.now();
        let (done, next, status) = match op.phase {
            Phase::Forward => (op.step, op.step + 1, StepStatus::Done),
            Phase::Unwinding => (op.step - 1, op.step - 1, StepStatus::Undone),
        };
        let past_pivot = op.past_pivot || (pivot && op.phase == Phase::Forward);
        let more = more && op.phase == Phase::Forward;
        let mut tx = self.control().await?;
        let cancel_asked: bool = tx
            .row(
                "WITH moved AS ( \
                     UPDATE operations SET state = $3, step = $4, attempt = 0, past_pivot = $5, \
                            error = CASE status WHEN 'unwinding' THEN error END WHERE id = $1 AND fence = $2 \
                     RETURNING id, cancel_asked), \
                 marked AS ( \
                     INSERT INTO operation_steps (operation_id, step, status, started_at, ended_at) \
                     SELECT id, $6::int4, $7::text, $8::timestamptz, $8::timestamptz FROM moved UNION ALL \
                     SELECT id, $4, 'running', $8, NULL FROM moved WHERE $9 AND NOT cancel_asked \
                     ON CONFLICT (operation_id, step) DO UPDATE SET status = excluded.status, ended_at = excluded.ended_at) \
                 SELECT cancel_asked FROM moved",
                &[&op.id.uuid(), &op.fence.0, &op.state, &next, &past_pivot, &done, &status.as_str(), &now, &more],
            )
            .await?
            .ok_or_else(fenced)?
            .get(0);
        tx.commit().await?;
        (op.step, op.attempt, op.past_pivot) = (next, 0, past_pivot);
        (op.cancel_asked, op.begun) = (cancel_asked, more && !cancel_asked);
        Ok(())
    }

    /// Gives the operation back, to be tried again later, and notes why.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn operation_retry_later(
        &self,
        op: &LeasedOperation,
        at: Timestamp,
        why: &Value,
    ) -> Result<()> {
        let mut tx = self.control().await?;
        let held = tx
            .execute(
                "UPDATE operations SET run_at = $3, lease_until = NULL, worker = NULL, error = $4, attempt = $5 \
                  WHERE id = $1 AND fence = $2",
                &[&op.id.uuid(), &op.fence.0, &at, why, &op.attempt],
            )
            .await?;
        if held == 0 {
            return Err(fenced());
        }
        tx.commit().await
    }

    /// Turns an operation round: from now on it undoes what it did.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn operation_turn_round(
        &self,
        op: &mut LeasedOperation,
        why: Option<&Value>,
        failed: bool,
    ) -> Result<()> {
        let mut tx = self.control().await?;
        hold(&mut tx, op).await?;
        tx.execute(
            "UPDATE operations SET status = 'unwinding', attempt = 0, error = $2 WHERE id = $1",
            &[&op.id.uuid(), &why],
        )
        .await?;
        if failed {
            tx.execute(
                "UPDATE operation_steps SET status = 'failed', ended_at = $3 WHERE operation_id = $1 AND step = $2",
                &[&op.id.uuid(), &op.step, &self.inner.world.now()],
            )
            .await?;
        }
        tx.commit().await?;
        op.phase = Phase::Unwinding;
        op.attempt = 0;
        op.error = why.cloned();
        // The step that failed may have done half of its work: it is undone too.
        if failed {
            op.step += 1;
        }
        Ok(())
    }

    /// Ends an operation.
    ///
    /// # Errors
    /// `operation.fenced`.
    pub async fn operation_end(
        &self,
        op: &LeasedOperation,
        status: OperationStatus,
        error: Option<&Value>,
        result: Option<&Value>,
    ) -> Result<()> {
        let now = self.inner.world.now();
        let mut tx = self.control().await?;
        let held = tx
            .execute(
                "UPDATE operations SET status = $3, error = CASE WHEN $3 = 'succeeded' THEN NULL ELSE coalesce($4::jsonb, error) END, \
                        result = $5, ended_at = CASE WHEN $3 = 'stuck' THEN NULL ELSE $6::timestamptz END, lease_until = NULL, worker = NULL \
                  WHERE id = $1 AND fence = $2",
                &[&op.id.uuid(), &op.fence.0, &status.as_str(), &error, &result, &now],
            )
            .await?;
        if held == 0 {
            return Err(fenced());
        }
        tx.commit().await
    }
}

/// The operation that the same request asked for earlier.
async fn earlier(
    tx: &mut ControlTx,
    actor: &Actor,
    key: Option<&IdempotencyKey>,
) -> Result<Option<OperationId>> {
    let Some(key) = key else { return Ok(None) };
    // Of requests with one key that come at once, the later ones wait here until the first has ended.
    tx.row("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 7595))", &[&actor.id, &key.key])
        .await?;
    let row = tx
        .row(
            "SELECT id, fingerprint FROM operations WHERE actor ->> 'id' = $1 AND idempotency_key = $2",
            &[&actor.id, &key.key],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.get::<_, Option<Vec<u8>>>(1).as_deref() != Some(&key.fingerprint[..]) {
        return Err(Error::new(problem::IDEMPOTENCY_REUSED, "This key was used for another request."));
    }
    Ok(Some(OperationId::from_uuid(row.get(0))))
}

async fn insert(
    tx: &mut ControlTx,
    new: &NewOperation,
    tenant: Option<(TenantId, &str)>,
    op: &crate::OpCtx,
    now: Timestamp,
) -> Result<()> {
    let actor = serde_json::to_value(op.actor()).map_err(Error::internal)?;
    let (id, slug) = (tenant.map(|t| t.0.uuid()), tenant.map(|t| t.1));
    let key = op.idempotency().map(|k| k.key.as_str());
    let fingerprint = op.idempotency().map(|k| k.fingerprint.to_vec());
    tx.execute(
        "INSERT INTO operations (id, kind, tenant_id, tenant_slug, input, state, status, run_at, actor, \
                                 idempotency_key, fingerprint, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9, $10, $7)",
        &[&new.id.uuid(), &new.kind, &id, &slug, &new.input, &new.state, &now, &actor, &key, &fingerprint],
    )
    .await?;
    Ok(())
}

/// Checks that the token is the newest and keeps others from taking the operation over until the commit.
pub(crate) async fn hold(tx: &mut ControlTx, op: &LeasedOperation) -> Result<bool> {
    let held = tx
        .row(
            "SELECT cancel_asked FROM operations WHERE id = $1 AND fence = $2 FOR UPDATE",
            &[&op.id.uuid(), &op.fence.0],
        )
        .await?;
    held.map(|row| row.get(0)).ok_or_else(fenced)
}

fn fenced() -> Error {
    Error::new(problem::OPERATION_FENCED, "Another worker has taken this operation over.")
}

fn words(of: &[TenantStatus]) -> String {
    of.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" or ")
}
