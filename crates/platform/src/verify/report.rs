//! What a verification found.

use std::time::Duration;

use insula_model::Tier;
use serde::{Deserialize, Serialize};

use super::{Cast, Catch, Progress};

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The wall held.
    Held,
    /// Something of somebody else's was received or changed.
    Leak,
    /// Nothing leaked, and yet it did not end as it must: a wall is down behind which another one stands.
    Breach,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseResult {
    /// In which tier.
    pub tier: Tier,
    /// `statement`, `use case`, `http`, …
    pub surface: String,
    /// The number in the corpus of attacks; 0 for a kin of those.
    pub corpus: u16,
    /// What was tried.
    pub name: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// The cases of one tier in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TierReport {
    /// The tier.
    pub tier: Tier,
    /// How many cases were tried.
    pub cases: usize,
    /// How many leaked.
    pub leaks: usize,
    /// How many did not end as they must, without a leak.
    pub breaches: usize,
    /// The same by surface, with how long each took.
    pub surfaces: Vec<SurfaceReport>,
}

/// The cases of one tier on one surface in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SurfaceReport {
    /// `statement`, `use case`, `http`, `data`, …
    pub surface: String,
    /// How many cases were tried.
    pub cases: usize,
    /// How many leaked.
    pub leaks: usize,
    /// How many did not end as they must, without a leak.
    pub breaches: usize,
    /// How long the attacks took.
    pub seconds: f64,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IsolationReport {
    /// Whether every wall held and all cases were tried.
    pub ok: bool,
    /// How many cases were tried.
    pub cases: usize,
    /// How many leaked. Must be 0.
    pub leaks: usize,
    /// How many did not end as they must, without a leak. Must be 0.
    pub breaches: usize,
    /// How long it took, making and removing the tenants included.
    pub seconds: f64,
    /// Whether it was ended early.
    pub stopped: bool,
    /// Why it could not go on, after a wall had been found missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Tenants that could not be removed; the next run tries again.
    pub left_behind: Vec<String>,
    /// By tier.
    pub tiers: Vec<TierReport>,
    /// Case by case.
    pub results: Vec<CaseResult>,
}

impl IsolationReport {
    pub(super) fn close(&mut self, took: Duration) {
        self.seconds = took.as_secs_f64();
        self.cases = self.results.len();
        (_, self.leaks, self.breaches) = counted(self.results.iter());
        self.ok =
            self.leaks == 0 && self.breaches == 0 && self.cases > 0 && !self.stopped && self.failed.is_none();
        for tier in &mut self.tiers {
            let of = self.results.iter().filter(|r| r.tier == tier.tier);
            (tier.cases, tier.leaks, tier.breaches) = counted(of);
            for surface in &mut tier.surfaces {
                let of = self.results.iter().filter(|r| r.tier == tier.tier && r.surface == surface.surface);
                (surface.cases, surface.leaks, surface.breaches) = counted(of);
            }
        }
    }

    /// The cases in which a wall did not hold.
    pub fn bad(&self) -> impl Iterator<Item = &CaseResult> {
        self.results.iter().filter(|r| r.verdict != Verdict::Held)
    }
}

/// How many cases there are, how many of them leaked, how many ended otherwise than they must.
fn counted<'r>(of: impl Iterator<Item = &'r CaseResult>) -> (usize, usize, usize) {
    of.fold((0, 0, 0), |(cases, leaks, breaches), case| {
        let is = |verdict| usize::from(case.verdict == verdict);
        (cases + 1, leaks + is(Verdict::Leak), breaches + is(Verdict::Breach))
    })
}

/// Where the cases of one tier are written down.
pub(super) struct Findings<'a> {
    tier: Tier,
    report: &'a mut IsolationReport,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
}

impl<'a> Findings<'a> {
    pub(super) fn new(
        tier: Tier,
        report: &'a mut IsolationReport,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Self {
        Self { tier, report, progress }
    }

    /// Looks for what is somebody else's in what an attacker received, and writes the case down.
    pub(super) fn judge(&mut self, surface: &str, cast: &Cast, catch: &Catch) {
        let (verdict, what) = match (cast.foreign(&catch.received), &catch.wrong) {
            (Some(found), _) => (Verdict::Leak, Some(found)),
            (None, Some(wrong)) => (Verdict::Breach, Some(wrong.clone())),
            (None, None) => (Verdict::Held, None),
        };
        self.add(surface, catch.corpus, catch.name.clone(), verdict, what);
    }

    /// All cases of a surface were tried, and this is how long it took.
    pub(super) fn tried(&mut self, surface: &str, took: Duration) {
        let seconds = took.as_secs_f64();
        let (surface, tier) = (surface.to_owned(), self.tier);
        let index = self.report.tiers.iter().position(|t| t.tier == tier).unwrap_or_else(|| {
            let new = TierReport { tier, cases: 0, leaks: 0, breaches: 0, surfaces: Vec::new() };
            self.report.tiers.push(new);
            self.report.tiers.len() - 1
        });
        let new = SurfaceReport { surface, cases: 0, leaks: 0, breaches: 0, seconds };
        if let Some(tier) = self.report.tiers.get_mut(index) {
            tier.surfaces.push(new);
        }
    }

    pub(super) fn add(
        &mut self,
        surface: &str,
        corpus: u16,
        name: String,
        verdict: Verdict,
        what: Option<String>,
    ) {
        let surface = surface.to_owned();
        self.report.results.push(CaseResult { tier: self.tier, surface, corpus, name, verdict, what });
        let bad = self.report.bad().count();
        (self.progress)(Progress::Attacking(self.report.results.len(), bad));
    }
}
