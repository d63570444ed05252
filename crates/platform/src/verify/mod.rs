//! Attacking a living installation, to see that its walls stand: throw-away tenants in every tier, rows in them that
//! nobody else may find, every attack that is known, and a report of what held.
//!
//! What must always hold: only tenants that the verification made are touched; whatever happens, they are removed
//! again, and what a killed run left behind the next one removes; a byte of somebody else's in anything that an
//! attacker received, or a changed row of a victim's, is a leak, whatever the attack was. Tested in
//! `testkit/tests/it/walls.rs`.

mod cast;
mod oracle;
mod report;
mod statements;
mod use_cases;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use insula_model::policy::operator_action::IsolationVerify;
use insula_model::{Error, Result, Tier, problem};
use insula_store::{OpCtx, OperatorPermit};

pub use cast::{Cast, Owner, Player};
pub use report::{CaseResult, IsolationReport, SurfaceReport, TierReport, Verdict};

use crate::Platform;

/// Something beside the database on which attacks are tried: HTTP, by whoever knows how to speak it.
pub trait Surface: Send + Sync {
    /// `http`.
    fn name(&self) -> &'static str;

    /// Tries everything that it knows as the cast's attacker, and says what the attacker received.
    fn attack<'a>(&'a self, cast: &'a Cast) -> BoxFuture<'a, Result<Vec<Catch>>>;
}

/// What an attacker received on some surface.
#[derive(Debug, Clone, Default)]
pub struct Catch {
    /// The number in the corpus of attacks; 0 for a kin of those.
    pub corpus: u16,
    /// What was tried.
    pub name: String,
    /// Everything that came back: headers, body, messages.
    pub received: String,
    /// What should not be so, besides anything of somebody else's in what was received: `status 200, not 404`.
    pub wrong: Option<String>,
}

/// How a verification is to run.
pub struct VerifyOptions<'a> {
    /// The tiers in which tenants are made.
    pub tiers: Vec<Tier>,
    /// What else is attacked.
    pub surfaces: Vec<&'a dyn Surface>,
    /// Told of every step.
    pub progress: &'a (dyn Fn(Progress) + Send + Sync),
    /// Ends it early, and everything is still removed.
    pub stop: BoxFuture<'a, ()>,
}

/// How far a verification has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// What a killed run left behind was removed.
    Swept(usize),
    /// So many tenants of so many are ready.
    Making(usize, usize),
    /// Canaries are being planted.
    Planting,
    /// So many cases were tried, so many of them leaked or were not refused.
    Attacking(usize, usize),
    /// The tenants are being removed.
    Removing,
}

impl Platform {
    /// Attacks this installation with throw-away tenants and reports what held.
    ///
    /// # Errors
    /// `auth.forbidden` for operators without the role; `support.reason` for one who does not say why; `database.down`
    /// and the like when the tenants could not be made. What was made is removed then too.
    pub async fn verify_isolation(&self, op: &OpCtx, options: VerifyOptions<'_>) -> Result<IsolationReport> {
        let permit = op.authorize_operator::<IsolationVerify>()?;
        if op.reason().is_none() {
            return Err(Error::new(
                problem::REASON_REQUIRED,
                "Say why the walls are verified: it goes into the logs.",
            ));
        }
        let begun = Instant::now();
        let VerifyOptions { tiers, surfaces, progress, stop } = options;
        let swept = self.throwaways_sweep(op).await?;
        progress(Progress::Swept(swept));
        let run = self.throwaway_run();
        let mut report = IsolationReport::default();
        let making = AtomicBool::new(false);
        let done = {
            let work =
                self.verify_cases((&permit, &run), (&tiers, &surfaces), progress, &making, &mut report);
            let mut work = Box::pin(work);
            tokio::select! {
                done = &mut work => Some(done),
                () = stop => {
                    // A tenant that is being asked for would appear behind the removal.
                    while making.load(Ordering::Relaxed) && (&mut work).now_or_never().is_none() {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    None
                }
            }
        };
        progress(Progress::Removing);
        report.left_behind = self.throwaways_remove(op, &run).await?;
        match done {
            Some(Ok(())) => {}
            // Where a wall is down, an attack may break more than the wall: what was found counts.
            Some(Err(error)) if report.bad().next().is_some() => {
                report.failed = Some(error.for_log().join(": "));
            }
            Some(Err(error)) => return Err(error),
            None => report.stopped = true,
        }
        report.close(begun.elapsed());
        Ok(report)
    }

    /// An attacker, a victim and a bystander of one tier, with everything planted: for attacks that are not part of the
    /// verification. A later run of it removes them.
    ///
    /// # Errors
    /// As [`Platform::verify_isolation`].
    pub async fn verification_cast(&self, op: &OpCtx, tier: Tier) -> Result<Cast> {
        let permit = op.authorize_operator::<IsolationVerify>()?;
        let run = self.throwaway_run();
        let mut casts =
            self.throwaway_casts(&permit, &run, &[tier], &|_| {}, &AtomicBool::new(false)).await?;
        let cast = casts.pop().ok_or_else(|| Error::internal("a tier without tenants"))?;
        for player in cast.players() {
            self.plant(&permit, player).await?;
        }
        self.settled(&permit, cast).await
    }

    async fn verify_cases(
        &self,
        (permit, run): (&OperatorPermit<'_, IsolationVerify>, &str),
        (tiers, surfaces): (&[Tier], &[&dyn Surface]),
        progress: &(dyn Fn(Progress) + Send + Sync),
        making: &AtomicBool,
        report: &mut IsolationReport,
    ) -> Result<()> {
        let casts = self.throwaway_casts(permit, run, tiers, progress, making).await?;
        progress(Progress::Planting);
        for cast in &casts {
            for player in cast.players() {
                self.plant(permit, player).await?;
            }
        }
        let mut settled = Vec::new();
        for cast in casts {
            settled.push(self.settled(permit, cast).await?);
        }
        for cast in &settled {
            let mut found = report::Findings::new(cast.tier, report, progress);
            let begun = Instant::now();
            self.attack_by_statements(permit, cast, &settled, &mut found).await?;
            found.tried("statement", begun.elapsed());
            let begun = Instant::now();
            Box::pin(self.attack_by_use_cases(permit.op(), cast, &mut found)).await?;
            found.tried("use case", begun.elapsed());
            for surface in surfaces {
                let begun = Instant::now();
                for catch in surface.attack(cast).await? {
                    found.judge(surface.name(), cast, &catch);
                }
                found.tried(surface.name(), begun.elapsed());
            }
            let begun = Instant::now();
            self.unchanged(permit, cast, &mut found).await?;
            found.tried("data", begun.elapsed());
        }
        Ok(())
    }
}

/// What the verification's own helpers of a tenant's record share.
type Record = Arc<insula_model::TenantRecord>;
