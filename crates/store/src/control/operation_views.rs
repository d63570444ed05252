//! Operations as people see and control them.

use insula_model::policy::operator_action::{OperationControl, OperationView};
use insula_model::{Error, OperationId, Result, TenantId, problem};
use jiff::Timestamp;
use serde_json::Value;
use tokio_postgres::Row;

use super::operations::{OperationStatus, StepStatus};
use super::operator_requests::seen;
use crate::Store;
use crate::scope::{Actor, ControlEntry, OperatorPermit};

/// An operation as people see it.
#[derive(Debug, Clone)]
pub struct OperationRow {
    /// Its id.
    pub id: OperationId,
    /// `tenant.provision`, …
    pub kind: String,
    /// The tenant that it changes, with its slug.
    pub tenant: Option<(TenantId, String)>,
    /// Where it is.
    pub status: OperationStatus,
    /// The step that is next.
    pub step: i32,
    /// How often the next step was tried.
    pub attempt: i32,
    /// Whether it only goes forward now.
    pub past_pivot: bool,
    /// Whether somebody asked to cancel it.
    pub cancel_asked: bool,
    /// Who asked for it.
    pub actor: Actor,
    /// What went wrong.
    pub error: Option<Value>,
    /// What came of it.
    pub result: Option<Value>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How its steps stand.
    pub steps: Vec<StepRow>,
}

/// One step that was begun.
#[derive(Debug, Clone)]
pub struct StepRow {
    /// Its number.
    pub step: i32,
    /// How it stands.
    pub status: StepStatus,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What was said about it.
    pub message: Option<String>,
}

/// Which operations a list has.
#[derive(Debug, Clone, Default)]
pub struct OperationFilter {
    /// Of this status.
    pub status: Option<OperationStatus>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this tenant.
    pub tenant: Option<TenantId>,
    /// After this one (older).
    pub after: Option<(Timestamp, OperationId)>,
    /// How many.
    pub limit: u32,
}

macro_rules! columns {
    () => {
        "id, kind, tenant_id, tenant_slug, status, step, attempt, past_pivot, cancel_asked, actor, error, result, \
         created_at, started_at, ended_at"
    };
}

fn operation(row: &Row) -> Result<OperationRow> {
    Ok(OperationRow {
        id: OperationId::from_uuid(row.get(0)),
        kind: row.get(1),
        tenant: row
            .get::<_, Option<uuid::Uuid>>(2)
            .map(|id| (TenantId::from_uuid(id), row.get::<_, Option<String>>(3).unwrap_or_default())),
        status: OperationStatus::parse(row.get(4))
            .ok_or_else(|| Error::internal("unknown operation status"))?,
        step: row.get(5),
        attempt: row.get(6),
        past_pivot: row.get(7),
        cancel_asked: row.get(8),
        actor: serde_json::from_value(row.get(9)).map_err(Error::internal)?,
        error: row.get(10),
        result: row.get(11),
        created_at: row.get(12),
        started_at: row.get(13),
        ended_at: row.get(14),
        steps: Vec::new(),
    })
}

fn step(row: &Row) -> StepRow {
    StepRow {
        step: row.get(1),
        status: StepStatus::parse(row.get(2)),
        started_at: row.get(3),
        ended_at: row.get(4),
        message: row.get(5),
    }
}

impl Store {
    /// One operation with its steps.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn operation_view(
        &self,
        _: &OperatorPermit<'_, OperationView>,
        id: OperationId,
    ) -> Result<OperationRow> {
        let mut tx = self.control().await?;
        let row = tx
            .row(concat!("SELECT ", columns!(), " FROM operations WHERE id = $1"), &[&id.uuid()])
            .await?
            .ok_or_else(|| Error::not_found("operation", id))?;
        let mut found = operation(&row)?;
        let steps = tx
            .rows(
                "SELECT operation_id, step, status, started_at, ended_at, message FROM operation_steps \
                  WHERE operation_id = $1 ORDER BY step",
                &[&id.uuid()],
            )
            .await?;
        found.steps = steps.iter().map(step).collect();
        Ok(found)
    }

    /// Operations, the newest first.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operation_list(
        &self,
        _: &OperatorPermit<'_, OperationView>,
        filter: &OperationFilter,
    ) -> Result<Vec<OperationRow>> {
        let mut tx = self.control().await?;
        let status = filter.status.map(OperationStatus::as_str);
        let (at, id) = (filter.after.map(|a| a.0), filter.after.map(|a| a.1.uuid()));
        let tenant = filter.tenant.map(TenantId::uuid);
        let limit = i64::from(filter.limit);
        let rows = tx
            .rows(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM operations WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR kind = $2) \
                        AND ($3::uuid IS NULL OR tenant_id = $3) \
                        AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5)) \
                      ORDER BY created_at DESC, id DESC LIMIT $6"
                ),
                &[&status, &filter.kind, &tenant, &at, &id, &limit],
            )
            .await?;
        let mut found: Vec<OperationRow> = rows.iter().map(operation).collect::<Result<_>>()?;
        let ids: Vec<uuid::Uuid> = found.iter().map(|o| o.id.uuid()).collect();
        let steps = tx
            .rows(
                "SELECT operation_id, step, status, started_at, ended_at, message FROM operation_steps \
                  WHERE operation_id = ANY($1) ORDER BY operation_id, step",
                &[&ids],
            )
            .await?;
        for row in &steps {
            let owner: uuid::Uuid = row.get(0);
            if let Some(op) = found.iter_mut().find(|o| o.id.uuid() == owner) {
                op.steps.push(step(row));
            }
        }
        Ok(found)
    }

    /// Asks for an operation to be cancelled: it undoes what it did, unless it has passed its pivot.
    ///
    /// # Errors
    /// `operation.done`; `operation.past_pivot`.
    pub async fn operation_cancel(
        &self,
        permit: &OperatorPermit<'_, OperationControl>,
        id: OperationId,
    ) -> Result<()> {
        self.control_operation(permit, id, "operation.cancel", |status, past_pivot| {
            match (status, past_pivot) {
                (s, _) if s.ended() => {
                    Err(Error::new(problem::OPERATION_DONE, format!("It has ended: {}.", s.as_str())))
                }
                (_, true) => Err(Error::new(problem::OPERATION_PAST_PIVOT, "It only goes forward now.")),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Tries an operation again that needs a person, or does not wait for its next try.
    ///
    /// # Errors
    /// `operation.done`.
    pub async fn operation_retry(
        &self,
        permit: &OperatorPermit<'_, OperationControl>,
        id: OperationId,
    ) -> Result<()> {
        self.control_operation(permit, id, "operation.retry", |status, _| {
            if status.ended() {
                return Err(Error::new(
                    problem::OPERATION_DONE,
                    format!("It has ended: {}.", status.as_str()),
                ));
            }
            Ok(())
        })
        .await
    }

    async fn control_operation(
        &self,
        permit: &OperatorPermit<'_, OperationControl>,
        id: OperationId,
        action: &'static str,
        allowed: impl FnOnce(OperationStatus, bool) -> Result<()>,
    ) -> Result<()> {
        let mut tx = self.control().await?;
        let row = tx
            .row("SELECT status, past_pivot FROM operations WHERE id = $1 FOR UPDATE", &[&id.uuid()])
            .await?
            .ok_or_else(|| Error::not_found("operation", id))?;
        let status = OperationStatus::parse(row.get(0)).ok_or_else(|| Error::internal("unknown status"))?;
        let past_pivot: bool = row.get(1);
        if seen(&mut tx, permit.op, self.inner.world.now()).await? {
            return Ok(());
        }
        allowed(status, past_pivot)?;
        let cancel = action == "operation.cancel";
        // A stuck one goes on in the direction in which it can: forward after the pivot, else back.
        tx.execute(
            "UPDATE operations SET cancel_asked = cancel_asked OR $2, run_at = $3, attempt = 0, \
                    status = CASE WHEN status <> 'stuck' THEN status WHEN past_pivot THEN 'running' ELSE 'unwinding' END \
              WHERE id = $1",
            &[&id.uuid(), &cancel, &self.inner.world.now()],
        )
        .await?;
        tx.commit_with(&ControlEntry {
            action,
            actor: permit.op.actor(),
            subject: id.to_string(),
            request: permit.op.request().to_string(),
            detail: String::new(),
        })
        .await
    }
}
