//! A process that ends before and after each step of each operation, forward and while undoing, and again while it
//! recovers: the next process finds a named state, goes on, and nothing is left over.

use std::process::{Command, Stdio};

use insula_model::Tier;
use insula_platform::operations::kind;
use insula_testkit::{Scenario, TestOptions, TestPlatform};
use serde_json::json;

/// Runs a worker process to its end. `true`: it ended at the point where it was to.
fn worker(t: &TestPlatform, abort_at: Option<&str>, refuse_at: Option<&str>) -> bool {
    let orders = json!({ "control": t.databases.control, "abort_at": abort_at, "refuse_at": refuse_at });
    let output = Command::new(env!("CARGO_BIN_EXE_insula-test-worker"))
        .arg(orders.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .output()
        .expect("a worker");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!said.contains("error"), "the worker said: {said}");
    assert_eq!(output.status.success(), said.contains("idle"), "the worker said: {said}");
    !output.status.success()
}

/// The points at which a process can end, in the order in which they are reached.
fn points(kind_name: &str, word: &str) -> Vec<String> {
    let steps = (kind(kind_name).unwrap().steps)();
    steps
        .iter()
        .flat_map(|(step, _)| ["before", "after"].map(|side| format!("{kind_name}.{step}.{word}.{side}")))
        .collect()
}

async fn quiet() -> TestPlatform {
    TestPlatform::start_with(TestOptions { workers: false, ..TestOptions::default() }).await
}

/// Brings about what must be there before, by a worker that is left alone.
async fn prepare(t: &TestPlatform, scenario: Scenario, slug: &str) -> Option<insula_testkit::TestTenant> {
    let work = async {
        loop {
            t.platform.operation_step("preparation").await.expect("the journal");
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        tenant = scenario.prepare(t, slug) => tenant,
        () = work => None,
    }
}

async fn ends_at_every_step(tier: Tier) {
    let t = quiet().await;
    for (i, scenario) in Scenario::all(tier).into_iter().enumerate() {
        for (n, point) in points(scenario.kind, "do").iter().enumerate() {
            let slug = format!("abort-{i}-{n}");
            let tenant = prepare(&t, scenario, &slug).await;
            let id = scenario.ask(&t, &slug, tenant.as_ref()).await;
            assert!(worker(&t, Some(point), None), "{point} was not reached");
            if tier == Tier::Schema {
                // The same end again while it recovers.
                assert!(worker(&t, Some(point), None), "{point} was not reached again");
            }
            assert!(!worker(&t, None, None));
            assert_eq!(t.ended(id).await.status.as_str(), "succeeded", "after an end at {point}");
            scenario.check(&t, &slug, true).await;
        }
    }
    t.stop().await;
}

async fn ends_while_undoing(tier: Tier) {
    let t = quiet().await;
    for (i, scenario) in Scenario::all(tier).into_iter().enumerate() {
        let steps = (kind(scenario.kind).unwrap().steps)();
        let pivot = (0..steps.len()).find(|n| kind(scenario.kind).unwrap().is_pivot(*n)).unwrap();
        let refuse = format!("{}.{}.do.before", scenario.kind, steps[pivot].0);
        for (n, point) in points(scenario.kind, "undo").iter().take((pivot + 1) * 2).enumerate() {
            let slug = format!("undo-{i}-{n}");
            let tenant = prepare(&t, scenario, &slug).await;
            let id = scenario.ask(&t, &slug, tenant.as_ref()).await;
            assert!(worker(&t, Some(point), Some(&refuse)), "{point} was not reached");
            assert!(!worker(&t, None, Some(&refuse)));
            assert_eq!(t.ended(id).await.status.as_str(), "failed", "after an end at {point}");
            scenario.check(&t, &slug, false).await;
        }
    }
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_every_step_pooled() {
    ends_at_every_step(Tier::Pooled).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_every_step_schema() {
    ends_at_every_step(Tier::Schema).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_every_step_database() {
    ends_at_every_step(Tier::Database).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_undoing_schema() {
    ends_while_undoing(Tier::Schema).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_undoing_database() {
    ends_while_undoing(Tier::Database).await;
}
