//! A running platform per test, over a real PostgreSQL: databases cloned from a template that is made once per
//! set of migrations, a clock that tests move, a client for looking past every wall.
//!
//! The server is the one that `INSULA_TEST_POSTGRES` names (`cargo xtask test` and `cargo xtask pg` start one).
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    reason = "for tests only: a broken fixture is to fail loudly, and it is one of the few that read the environment"
)]

mod arena;
mod clock;
mod commit_watch;
mod leftovers;
mod platform;
mod private;
mod proxy;
mod scenario;
mod server;
mod small_disk;
mod tenant;

pub use arena::Arena;
pub use clock::{TestClock, TestEntropy};
pub use platform::{TestOptions, TestPlatform, test_settings};
pub use private::PrivateServer;
pub use proxy::{Cut, Proxy};
pub use scenario::Scenario;
pub use server::{Databases, superuser_at, superuser_url};
pub use tenant::TestTenant;
/// A connection that no wall holds back.
pub use tokio_postgres::Client;
pub use tokio_postgres::types::{ToSql, Type};

use std::time::{Duration, Instant};

/// Waits until something is so, and fails with `what` if it is not within ten seconds.
pub async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < Duration::from_secs(10), "waited ten seconds for: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Runs an async test once for each tier: `each_tier!(name, async |t: TestPlatform, tier| { … });` makes the tests
/// `name::pooled`, `name::schema` and `name::database`.
#[macro_export]
macro_rules! each_tier {
    ($name:ident, $body:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn pooled() {
                $crate::in_tier(insula_model::Tier::Pooled, $body).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn schema() {
                $crate::in_tier(insula_model::Tier::Schema, $body).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn database() {
                $crate::in_tier(insula_model::Tier::Database, $body).await;
            }
        }
    };
}

/// A fresh platform, a test on it, and everything gone again.
pub async fn in_tier(tier: insula_model::Tier, body: impl AsyncFnOnce(&TestPlatform, insula_model::Tier)) {
    let platform = TestPlatform::start().await;
    body(&platform, tier).await;
    platform.stop().await;
}
