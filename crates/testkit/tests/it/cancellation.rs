//! Futures that are dropped: at every await, in the middle of every exchange, the next tenant on the same connection
//! sees only what is its own.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use insula_model::{DashboardConfig, DashboardInput, EventBatch, Last, Question, Range, RequestId, Tier};
use insula_platform::QuestionRequest;
use insula_store::{OpCtx, Sizes, Tenant};
use insula_testkit::{Arena, TestOptions, TestPlatform};
use serde_json::json;

/// Polls a future so often and then drops it. `None`: it was dropped.
struct Polled<F> {
    future: Pin<Box<F>>,
    left: u32,
}

impl<F: Future> Future for Polled<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.future.as_mut().poll(cx).map(Some)
    }
}

/// Works as the attacker until it is dropped, or ends.
async fn work(t: &TestPlatform, tenant: &Tenant<'_>, what: u64) {
    let name = format!("c{what}");
    match what % 4 {
        0 => {
            let question = json!({ "dataset": "verify_0", "measures": [{ "agg": "sum", "measure": "amount" }], "by": ["place"] });
            let question: Question = serde_json::from_value(question).unwrap();
            let range = Some(Range::Last(Last::All));
            let _ = t
                .platform
                .question_ask(tenant, &QuestionRequest { range, ..QuestionRequest::new(question) })
                .await;
        }
        1 => {
            let config = DashboardConfig::empty(Range::Last(Last::All));
            let input = DashboardInput { name, description: None, config, note: None };
            if let Ok(made) = t.platform.dashboard_create(tenant, &input).await {
                let _ = t.platform.dashboard_delete(tenant, made.id).await;
            }
        }
        2 => {
            let event = json!({ "events": [{ "id": name, "dataset": "verify_0", "at": "2026-01-01T00:00:00Z", "measures": { "amount": 0 } }] });
            let _ = t
                .platform
                .event_ingest(tenant, EventBatch::from_json(event.to_string().as_bytes()).unwrap())
                .await;
        }
        _ => {
            let _ = t.platform.settings_view(tenant).await;
            let _ = t.platform.dataset_list(tenant).await;
        }
    }
}

async fn in_tier(tier: Tier) {
    // One connection for everybody: whatever is left behind, the next one meets it.
    let sizes = Sizes { control: 2, pooled: 1, lanes: 1, lane: 1, database: 1, databases: 4, admin: 1 };
    let t = TestPlatform::start_with(TestOptions { sizes, ..TestOptions::default() }).await;
    let arena = Arena::new(&t, tier).await;
    let request = || RequestId::from_uuid(t.platform.world().uuid());
    let (a, b) = (&arena.cast.attacker, &arena.cast.victim);
    let key = t.platform.api_key_context(&a.key, &a.record, request()).await.unwrap();
    let tenant = t.store().tenant(&key, a.record.clone()).unwrap();
    let other = OpCtx::of_visitor(b.record.id, request());
    let other = t.store().tenant(&other, b.record.clone()).unwrap();
    let begun = Instant::now();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut tries, mut dropped) = (0u64, 0u64);
    while tries < 10_000 && begun.elapsed() < Duration::from_secs(8) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let left = u32::try_from(random % 14).unwrap() + 1;
        let ended = pin!(Polled { future: Box::pin(work(&t, &tenant, tries)), left }).await;
        dropped += u64::from(ended.is_none());
        // The victim comes next, on the connection that is there: an error here is a mixed-up connection.
        let settings = t
            .platform
            .settings_view(&other)
            .await
            .unwrap_or_else(|e| panic!("try {tries}, after {left} polls: {e:?}"));
        assert!(
            settings.name.starts_with(&b.canary.mark),
            "try {tries}, after {left} polls: {}",
            settings.name
        );
        tries += 1;
    }
    println!("{tier}: {dropped} of {tries} dropped");
    assert!(dropped > 50, "{dropped} of {tries} futures were dropped: too few to mean anything");
    let root = t.superuser_in(&a.record.placement.database).await;
    insula_testkit::until("no transaction is left open", || async {
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'insula_app' \
                     AND state LIKE 'idle in transaction%'";
        root.query_one(open, &[]).await.unwrap().get::<_, i64>(0) == 0
    })
    .await;
    // Nothing half-done: every dashboard is whole or not there, and the log counts no gap.
    let tenant = t.store().tenant(&key, a.record.clone()).unwrap();
    assert!(t.platform.audit_verify(&tenant).await.unwrap().ok);
    arena.assert_unchanged().await;
    t.stop().await;
}

#[tokio::test]
async fn pooled() {
    in_tier(Tier::Pooled).await;
}

#[tokio::test]
async fn schema() {
    in_tier(Tier::Schema).await;
}

#[tokio::test]
async fn database() {
    in_tier(Tier::Database).await;
}
