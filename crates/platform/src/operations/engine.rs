//! The worker that moves operations. Any number of them run on any number of nodes.

use std::time::Duration;

use insula_model::problem::Kind as ProblemKind;
use insula_model::{Error, Result, problem};
use insula_store::{Announcement, LeasedOperation, OperationStatus, Phase};
use serde_json::{Value, json};

use super::{KINDS, Kind, kind};
use crate::Platform;

/// How often a step is tried before the operation turns round.
const TRIES_FORWARD: i32 = 5;
/// How often a step that must succeed (after the pivot, or undoing) is tried before a person is needed.
const TRIES_NEEDED: i32 = 12;

/// What comes after a step.
enum Next {
    /// Go on with this operation.
    Go,
    /// It has ended, waits for its next try, or is somebody else's now.
    Leave,
}

impl Platform {
    /// Starts `count` workers that run until the process ends.
    pub fn run_operations(&self, count: usize) {
        for number in 0..count {
            let platform = self.clone();
            self.store().tasks().clone().spawn(async move {
                let worker = format!("{}-{number}", platform.world().secret().get(..8).unwrap_or_default());
                platform.operation_worker(&worker).await;
            });
        }
    }

    async fn operation_worker(&self, worker: &str) {
        let tasks = self.store().tasks().clone();
        let mut announcements = self.store().announcements();
        while !tasks.is_stopping() {
            match self.operation_step(worker).await {
                Ok(true) => {}
                Ok(false) => {
                    // Something is asked for, or a lease has run out, or a pause between two tries is over.
                    let pause = self.operation_pause().await;
                    tokio::select! {
                        () = tasks.stopping() => return,
                        () = tokio::time::sleep(pause) => {}
                        () = async {
                            while !matches!(
                                announcements.recv().await,
                                Ok(Announcement::Operation(_) | Announcement::Missed) | Err(_)
                            ) {}
                        } => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(?error, "operations could not be leased");
                    tasks.pause(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// How long there is nothing to do unless somebody asks for something.
    async fn operation_pause(&self) -> Duration {
        let (least, most) = (Duration::from_millis(20), Duration::from_secs(2));
        match self.store().operation_next_due().await {
            Ok(Some(due)) => {
                let wait = due.duration_since(self.world().now());
                Duration::try_from(wait).unwrap_or(least).clamp(least, most)
            }
            Ok(None) | Err(_) => most,
        }
    }

    /// Takes one operation that is due and moves it as far as it goes. `false`: none is due.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operation_step(&self, worker: &str) -> Result<bool> {
        let names: Vec<&str> = KINDS.iter().map(|k| k.name).collect();
        let Some(mut op) = self.store().operation_lease(worker, &names, self.settings().worker_lease).await?
        else {
            return Ok(false);
        };
        let Some(kind) = kind(&op.kind) else { return Ok(false) };
        if op.taken_over {
            tracing::info!(operation = %op.id, kind = kind.name, step = op.step, "taken up again");
        }
        loop {
            match self.advance(kind, &mut op).await {
                Ok(Next::Go) => {}
                Ok(Next::Leave) => return Ok(true),
                Err(error) if error.is(problem::OPERATION_FENCED) => {
                    tracing::warn!(operation = %op.id, "another worker has taken over");
                    return Ok(true);
                }
                Err(error) => {
                    // The journal cannot be written: the lease runs out and somebody goes on from its last mark.
                    tracing::warn!(operation = %op.id, ?error, "the journal could not be written");
                    return Err(error);
                }
            }
        }
    }

    async fn advance(&self, kind: &Kind, op: &mut LeasedOperation) -> Result<Next> {
        let store = self.store();
        let steps = i32::try_from((kind.steps)().len()).map_err(Error::internal)?;
        match op.phase {
            Phase::Forward if op.step >= steps => {
                let result = (kind.result)(self, op)?;
                store.operation_end(op, OperationStatus::Succeeded, None, Some(&result)).await?;
                tracing::info!(operation = %op.id, kind = kind.name, "succeeded");
                return Ok(Next::Leave);
            }
            Phase::Unwinding if op.step <= 0 => {
                let status =
                    if op.error.is_some() { OperationStatus::Failed } else { OperationStatus::Cancelled };
                store.operation_end(op, status, None, None).await?;
                tracing::info!(operation = %op.id, kind = kind.name, status = status.as_str(), "undone");
                return Ok(Next::Leave);
            }
            Phase::Forward | Phase::Unwinding => {}
        }
        let cancel =
            if std::mem::take(&mut op.begun) { false } else { store.operation_step_begin(op).await? };
        if cancel && op.phase == Phase::Forward && !op.past_pivot {
            store.operation_turn_round(op, None, false).await?;
            return Ok(Next::Go);
        }
        let done = self.with_heartbeat(kind, op).await;
        match done {
            Ok(()) => {
                let pivot = usize::try_from(op.step).is_ok_and(|step| (kind.pivot)(step));
                store.operation_step_end(op, pivot, op.step + 1 < steps).await?;
                Ok(Next::Go)
            }
            Err(error) if error.is(problem::OPERATION_FENCED) => Err(error),
            Err(error) => self.after_failure(op, &error).await,
        }
    }

    /// Does the step while keeping the lease. When the lease is lost the step is dropped where it is.
    async fn with_heartbeat(&self, kind: &Kind, op: &mut LeasedOperation) -> Result<()> {
        let (id, fence, lease) = (op.id, op.fence, self.settings().worker_lease);
        let beat = async {
            loop {
                tokio::time::sleep(lease / 4).await;
                if let Err(error) = self.store().operation_heartbeat(id, fence, lease).await
                    && error.is(problem::OPERATION_FENCED)
                {
                    return error;
                }
            }
        };
        tokio::select! {
            done = (kind.run)(self, op) => done,
            lost = beat => Err(lost),
        }
    }

    async fn after_failure(&self, op: &mut LeasedOperation, error: &Error) -> Result<Next> {
        tracing::warn!(operation = %op.id, step = op.step, attempt = op.attempt, ?error, "a step failed");
        let store = self.store();
        let why = public(error);
        let must = op.past_pivot || op.phase == Phase::Unwinding;
        let tries = if must { TRIES_NEEDED } else { TRIES_FORWARD };
        op.attempt = op.attempt.max(1);
        if (must || passing(error)) && op.attempt < tries {
            let wait = self.backoff(op.attempt);
            store.operation_retry_later(op, self.world().now() + wait, &why).await?;
            return Ok(Next::Leave);
        }
        if must {
            store.operation_end(op, OperationStatus::Stuck, Some(&why), None).await?;
            tracing::error!(operation = %op.id, ?error, "stuck: a person is needed");
            return Ok(Next::Leave);
        }
        op.error = Some(why.clone());
        store.operation_turn_round(op, Some(&why), true).await?;
        Ok(Next::Go)
    }

    /// 0.1 s, 0.2 s, 0.4 s, … at most 30 s, spread by a quarter so that those who failed together do not return
    /// together.
    pub(crate) fn backoff(&self, attempt: i32) -> Duration {
        let exponent = u32::try_from(attempt.clamp(1, 9) - 1).unwrap_or_default();
        let base = Duration::from_millis(100 * 2u64.pow(exponent)).min(Duration::from_secs(30));
        let mut byte = [0u8; 1];
        self.world().entropy.fill(&mut byte);
        base.mul_f64(0.75 + f64::from(byte[0]) / 510.0)
    }
}

/// Whether it is worth trying again.
fn passing(error: &Error) -> bool {
    matches!(
        error.kind(),
        ProblemKind::Unavailable | ProblemKind::Timeout | ProblemKind::Full | ProblemKind::Internal
    )
}

/// The half of an error that people may see.
pub(crate) fn public(error: &Error) -> Value {
    json!({ "code": error.code(), "title": error.problem().title, "detail": error.detail(), "errors": error.fields() })
}
