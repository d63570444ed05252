//! Background work that is fired and forgotten: a kind, a payload, retries. One job, one file.
//!
//! What must always hold: a job says of each failure whether trying again can help; its tenant comes from its row,
//! never from its payload; doing it twice has one effect (its id is the key); one that panics or ends its worker is given up
//! after some tries, and holds up nobody. Tested in `testkit/tests/it/jobs.rs`.

mod mail;
mod relay;
mod rollup;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use insula_model::problem::Kind as ProblemKind;
use insula_model::{Error, Result, problem};
use insula_store::{Announcement, JobEnd, LeasedJob};

pub use crate::mails::{Letter, LetterAction, MailPayload};

use crate::Platform;

/// How long one try may take.
const LEASE: Duration = Duration::from_secs(60);
/// How often a job is tried.
const TRIES: i32 = 8;

/// The kinds that this binary does.
const KINDS: &[&str] = &[mail::KIND, rollup::KIND];

impl Platform {
    /// Starts `count` workers that run until the process ends.
    pub fn run_jobs(&self, count: usize) {
        for _ in 0..count {
            let platform = self.clone();
            self.store().tasks().clone().spawn(async move { platform.job_worker().await });
        }
    }

    async fn job_worker(&self) {
        let tasks = self.store().tasks().clone();
        let mut announcements = self.store().announcements();
        while !tasks.is_stopping() {
            match self.job_step().await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! {
                        () = tasks.stopping() => return,
                        () = tokio::time::sleep(Duration::from_secs(2)) => {}
                        () = async {
                            while !matches!(
                                announcements.recv().await,
                                Ok(Announcement::Jobs | Announcement::Missed) | Err(_)
                            ) {}
                        } => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(?error, "jobs could not be leased");
                    tasks.pause(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Takes one job that is due and tries it. `false`: none is due.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn job_step(&self) -> Result<bool> {
        let Some(job) = self.store().job_lease(KINDS, LEASE).await? else { return Ok(false) };
        let done = if job.attempt > TRIES {
            // Nobody came back to say how the last try ended: the job may be what ended its workers.
            Err(Error::new(problem::TIMEOUT, "Every try of this job ended without a word."))
        } else {
            let run = AssertUnwindSafe(tokio::time::timeout(LEASE, self.job_run(&job))).catch_unwind();
            match run.await {
                Ok(Ok(done)) => done,
                Ok(Err(_)) => Err(Error::internal("the job took longer than its lease")),
                // The worker goes on with the jobs of others.
                Err(_) => Err(Error::internal("the job panicked")),
            }
        };
        let end = match done {
            Ok(()) => JobEnd::Done,
            Err(error) if job.attempt < TRIES && again(&error) => JobEnd::Retry {
                at: self.world().now() + self.backoff(job.attempt + 3),
                why: format!("{error:?}"),
            },
            Err(error) => {
                tracing::error!(job = %job.id, kind = %job.kind, ?error, "given up");
                JobEnd::Failed { why: format!("{error:?}") }
            }
        };
        if !self.store().job_end(&job, &end).await? {
            tracing::warn!(job = %job.id, "another worker has taken this job over");
        }
        Ok(true)
    }

    async fn job_run(&self, job: &LeasedJob) -> Result<()> {
        self.faults().at(&format!("job {} {}", job.kind, job.attempt))?;
        match job.kind.as_str() {
            mail::KIND => self.mail_send(job).await,
            rollup::KIND => self.rollup_run(job).await,
            other => Err(Error::internal(format!("no worker for jobs of kind {other:?}"))),
        }
    }
}

fn again(error: &Error) -> bool {
    matches!(
        error.kind(),
        ProblemKind::Unavailable | ProblemKind::Timeout | ProblemKind::Full | ProblemKind::Internal
    )
}
