//! A worker process for tests: opens a platform on given databases, moves operations, and ends at once (`abort`, as
//! by `kill -9`) when it comes to a named point for the n-th time. Says `ready` when it works and `idle` when no
//! operation is left to move.
#![allow(clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods, reason = "for tests only")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use insula_model::{Error, World, problem};
use insula_platform::{Faults, Platform};
use insula_store::{ControlSpec, Sizes, Store, Tasks};
use insula_testkit::{TestClock, TestEntropy, test_settings};

/// What to do, as JSON in the first argument.
#[derive(serde::Deserialize)]
struct Orders {
    control: ControlSpec,
    /// End here …
    abort_at: Option<String>,
    /// … when it is reached for this time, from 1.
    #[serde(default)]
    nth: usize,
    /// Let this step fail for good.
    refuse_at: Option<String>,
}

fn main() {
    let orders: Orders = serde_json::from_str(&std::env::args().nth(1).expect("orders")).expect("orders");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work(orders));
}

async fn work(orders: Orders) {
    let world = World { clock: Arc::new(TestClock::default()), entropy: Arc::new(TestEntropy) };
    let sizes = Sizes { control: 3, pooled: 2, lanes: 1, lane: 2, database: 2, databases: 8, admin: 2 };
    let store = Store::open(orders.control, sizes, world, Tasks::default()).await.expect("a store");
    let seen = AtomicUsize::new(0);
    let (abort_at, refuse_at, nth) = (orders.abort_at, orders.refuse_at, orders.nth.max(1));
    let faults = Faults::new(move |point| {
        if abort_at.as_deref() == Some(point) && seen.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            std::process::abort();
        }
        if refuse_at.as_deref() == Some(point) {
            return Err(Error::new(problem::INVALID, "refused by the test"));
        }
        Ok(())
    });
    // Short, because whoever takes over waits for it.
    let settings =
        insula_platform::Settings { worker_lease: std::time::Duration::from_millis(400), ..test_settings() };
    let platform = Platform::new(store, settings, faults);
    println!("ready");
    loop {
        match platform.operation_step("test-worker").await {
            Ok(true) => {}
            Ok(false) if platform.store().operation_next_due().await.expect("the journal").is_none() => break,
            Ok(false) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            Err(error) => {
                println!("error {error:?}");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
    println!("idle");
}
