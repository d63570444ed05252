//! The rules that every operation keeps: each step may be done twice, it can be undone from each step before the
//! pivot, each undo may be done twice, it can be cancelled before the pivot. In every tier.

use std::sync::{Arc, Mutex};

use insula_model::{Error, Result, Tier, problem};
use insula_platform::Faults;
use insula_platform::operations::{KINDS, kind};
use insula_testkit::{Scenario, TestOptions, TestPlatform};

/// What the next operation is to stumble over.
#[derive(Default)]
struct Plan {
    /// Fails for good at this point.
    refuse: Option<String>,
    /// Fails once at every point that ends like this, as if the process had ended before it could save.
    once: Option<&'static str>,
    seen: Vec<String>,
}

#[derive(Clone, Default)]
struct Script(Arc<Mutex<Plan>>);

impl Script {
    fn set(&self, plan: Plan) {
        *self.0.lock().unwrap() = plan;
    }

    fn at(&self, point: &str) -> Result<()> {
        let mut plan = self.0.lock().unwrap();
        if plan.refuse.as_deref() == Some(point) {
            return Err(Error::new(problem::INVALID, "refused by the test"));
        }
        if plan.once.is_some_and(|end| point.ends_with(end)) && !plan.seen.iter().any(|p| p == point) {
            plan.seen.push(point.to_owned());
            return Err(Error::internal("lost by the test"));
        }
        Ok(())
    }
}

async fn platform(script: &Script) -> TestPlatform {
    let script = script.clone();
    TestPlatform::start_with(TestOptions {
        faults: Faults::new(move |p| script.at(p)),
        ..TestOptions::default()
    })
    .await
}

async fn every_step_twice(tier: Tier) {
    let script = Script::default();
    let t = platform(&script).await;
    for (i, scenario) in Scenario::all(tier).into_iter().enumerate() {
        let slug = format!("twice-{i}");
        let tenant = scenario.prepare(&t, &slug).await;
        script.set(Plan { once: Some(".do.after"), ..Plan::default() });
        let id = scenario.ask(&t, &slug, tenant.as_ref()).await;
        let done = t.ended(id).await;
        assert_eq!(done.status.as_str(), "succeeded", "{done:?}");
        assert_eq!(script.0.lock().unwrap().seen.len(), done.steps.len(), "every step was to be done twice");
        script.set(Plan::default());
        scenario.check(&t, &slug, true).await;
    }
    t.stop().await;
}

async fn undone_from_every_step(tier: Tier, twice: bool) {
    let script = Script::default();
    let t = platform(&script).await;
    for (i, scenario) in Scenario::all(tier).into_iter().enumerate() {
        let steps = (kind(scenario.kind).unwrap().steps)();
        for (number, (step, _)) in steps.iter().enumerate() {
            for side in ["before", "after"] {
                let slug = format!("undo-{i}-{number}-{side}");
                let tenant = scenario.prepare(&t, &slug).await;
                script.set(Plan {
                    refuse: Some(format!("{}.{step}.do.{side}", scenario.kind)),
                    once: twice.then_some(".undo.after"),
                    seen: Vec::new(),
                });
                let id = scenario.ask(&t, &slug, tenant.as_ref()).await;
                let cancellable = pivot_is_later(scenario.kind, number);
                if cancellable {
                    let done = t.ended(id).await;
                    assert_eq!(done.status.as_str(), "failed", "{done:?}");
                    script.set(Plan::default());
                    scenario.check(&t, &slug, false).await;
                } else {
                    // After the pivot there is no way back: it waits for what holds it up to go away.
                    insula_testkit::until("a try after the pivot", async || {
                        let view = t.platform.operation_view(&t.operator().await, id).await.unwrap();
                        view.error.is_some()
                    })
                    .await;
                    script.set(Plan::default());
                    let op = t.operator().await;
                    t.platform.operation_retry(&op, id).await.expect("it can be tried again");
                    assert_eq!(t.ended(id).await.status.as_str(), "succeeded");
                    scenario.check(&t, &slug, true).await;
                }
            }
        }
    }
    t.stop().await;
}

/// Whether a failure at step `number` turns the operation round: no step before it was the pivot.
fn pivot_is_later(kind_name: &str, number: usize) -> bool {
    let kind = kind(kind_name).unwrap();
    !(0..number).any(|step| kind.is_pivot(step))
}

macro_rules! tiers {
    ($($name:ident = $call:expr;)*) => {$(
        mod $name {
            use super::*;
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn pooled() { let call: fn(Tier) -> _ = $call; call(Tier::Pooled).await; }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn schema() { let call: fn(Tier) -> _ = $call; call(Tier::Schema).await; }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn database() { let call: fn(Tier) -> _ = $call; call(Tier::Database).await; }
        }
    )*};
}

tiers! {
    each_step_may_be_done_twice = every_step_twice;
    each_undo_may_be_done_twice = |tier| undone_from_every_step(tier, true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_undone_from_each_step() {
    undone_from_every_step(Tier::Schema, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_cancelled_before_the_pivot_and_not_after() {
    let script = Script::default();
    let t = platform(&script).await;
    for (i, scenario) in Scenario::all(Tier::Schema).into_iter().enumerate() {
        let steps = (kind(scenario.kind).unwrap().steps)();
        let slug = format!("cancel-{i}");
        let tenant = scenario.prepare(&t, &slug).await;
        // It stumbles at its last step before the pivot and would try again; meanwhile somebody cancels.
        let last = (0..steps.len()).rev().find(|n| pivot_is_later(scenario.kind, *n)).unwrap();
        script.set(Plan { once: Some(".do.before"), ..Plan::default() });
        let point = format!("{}.{}.do.before", scenario.kind, steps[last].0);
        let id = scenario.ask(&t, &slug, tenant.as_ref()).await;
        insula_testkit::until("the step before the pivot", async || {
            script.0.lock().unwrap().seen.contains(&point)
        })
        .await;
        let op = t.operator().await;
        let asked = t.platform.operation_cancel(&op, id).await;
        script.set(Plan::default());
        let done = t.ended(id).await;
        match asked {
            Ok(()) => {
                // The worker may have passed the pivot between its look and ours; then it says so by succeeding.
                let cancelled = done.status.as_str() == "cancelled";
                scenario.check(&t, &slug, !cancelled).await;
            }
            Err(error) => {
                assert!(matches!(error.code(), "operation.past_pivot" | "operation.done"), "{error:?}");
                scenario.check(&t, &slug, true).await;
            }
        }
        let late = t.platform.operation_cancel(&t.operator().await, id).await.expect_err("it has ended");
        assert_eq!(late.code(), "operation.done");
    }
    t.stop().await;
}

#[test]
fn every_kind_has_exactly_one_pivot() {
    for kind in KINDS {
        let pivots = (0..(kind.steps)().len()).filter(|n| kind.is_pivot(*n)).count();
        assert_eq!(pivots, 1, "{}", kind.name);
    }
}
