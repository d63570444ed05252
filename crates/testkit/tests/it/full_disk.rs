//! The volume of the tables is full: whoever writes is told so, nothing is half-done, reading goes on, and when there is
//! room again everything goes on by itself.

use std::collections::HashSet;

use insula_model::{ApiKeyInput, EventBatch, RequestId, Result, Scope, Tier, problem};
use insula_store::OpCtx;
use insula_testkit::{PrivateServer, TestOptions, TestPlatform, TestTenant};
use serde_json::json;

/// A tenant and a key of it.
struct Sender {
    tenant: TestTenant,
    key: String,
}

impl Sender {
    async fn new(t: &TestPlatform, tier: Tier) -> Self {
        let tenant = t.tenant(&format!("full-{}", tier.as_str()), tier).await;
        let op = t.operator().await.with_reason("a key for a test").unwrap();
        let view = t.store().tenant(&op, tenant.record.clone()).unwrap();
        let scopes = vec![Scope::EventsWrite, Scope::DashboardsRead, Scope::AuditRead];
        let input = ApiKeyInput { name: "full".to_owned(), scopes, expires_at: None };
        let made = t.platform.api_key_create(&view, &input).await.unwrap();
        Self { tenant, key: made.secret.expect("shown once") }
    }

    async fn op(&self, t: &TestPlatform) -> Result<OpCtx> {
        let request = RequestId::from_uuid(t.platform.world().uuid());
        t.platform.api_key_context(&self.key, &self.tenant.record, request).await
    }
}

/// Sends a batch of events that take room, with numbers from `first`. Says how many were new.
async fn send(t: &TestPlatform, sender: &Sender, first: usize, count: usize) -> Result<u64> {
    let op = sender.op(t).await?;
    let tenant = t.store().tenant(&op, sender.tenant.record.clone())?;
    let event = |n: usize| {
        json!({ "id": format!("full {n}"), "dataset": "full", "at": "2013-01-01T10:00:00Z",
                "measures": { "size": 1.0 }, "dimensions": { "text": "x".repeat(200) } })
    };
    let events: Vec<_> = (first..first + count).map(event).collect();
    let body = json!({ "events": events }).to_string().into_bytes();
    let receipt = t.platform.event_ingest(&tenant, EventBatch::from_json(&body)?).await?;
    assert!(receipt.rejected.is_empty(), "{receipt:?}");
    Ok(receipt.accepted)
}

/// The numbers of the events that are there, and what the dataset's own count says.
async fn there(t: &TestPlatform, sender: &Sender) -> (i64, i64) {
    let root = sender.tenant.superuser(t).await;
    let sql = "SELECT (SELECT count(*) FROM events e JOIN datasets d ON d.tenant_id = e.tenant_id AND d.number = e.dataset \
                        WHERE e.tenant_id = $1 AND d.name = 'full'), \
                      (SELECT coalesce(max(events), 0) FROM datasets WHERE tenant_id = $1 AND name = 'full')";
    let row = root.query_one(sql, &[&sender.tenant.id().uuid()]).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_said_nothing_is_half_done_and_it_goes_on() {
    let Some(mut server) = PrivateServer::start_on_a_small_disk(260).await else {
        println!("NOT TESTED: this machine does not let us mount a small volume (it takes root)");
        return;
    };
    let options = TestOptions { server: Some(server.url().to_owned()), ..TestOptions::default() };
    let t = TestPlatform::start_with(options).await;
    let mut senders = Vec::new();
    for tier in Tier::ALL {
        senders.push(Sender::new(&t, *tier).await);
    }
    for sender in &senders {
        assert_eq!(send(&t, sender, 0, 100).await.unwrap(), 100);
    }
    server.fill_the_disk();
    // What pages have room for still goes in; then there is an end.
    let mut acknowledged = vec![100; senders.len()];
    let mut refused: HashSet<usize> = HashSet::new();
    for round in 1..200 {
        for (n, sender) in senders.iter().enumerate() {
            match send(&t, sender, round * 1_000, 500).await {
                Ok(new) => acknowledged[n] += new,
                Err(error) => {
                    assert!(error.is(problem::DATABASE_FULL), "{error:?}");
                    assert!(
                        error.wait().is_some() && error.detail().contains("Nothing was changed"),
                        "{error:?}"
                    );
                    refused.insert(n);
                }
            }
        }
        if refused.len() == senders.len() {
            break;
        }
    }
    assert_eq!(refused.len(), senders.len(), "every tier runs out of room");
    // A tenant cannot be made; who asked is told, or the operation waits for room.
    let op = t.operator().await;
    let asked = t.platform.tenant_create(
        &op,
        insula_platform::TenantRequest {
            slug: "too-much".parse().unwrap(),
            name: None,
            plan: insula_model::Plan::Free,
            tier: Some(Tier::Database),
            cell: None,
            owner: insula_platform::OwnerRequest {
                email: "owner@too-much.test".to_owned(),
                name: None,
                password_hash: None,
            },
            sample_data: false,
            time_zone: None,
        },
    );
    let asked = asked.await;
    if let Err(error) = &asked {
        assert!(error.is(problem::DATABASE_FULL), "{error:?}");
    }
    for (sender, acknowledged) in senders.iter().zip(&acknowledged) {
        let (events, counted) = there(&t, sender).await;
        assert_eq!(events, i64::try_from(*acknowledged).unwrap(), "what was acknowledged, and nothing else");
        assert_eq!(events, counted);
        // Reading goes on.
        let op = sender.op(&t).await.unwrap();
        let tenant = t.store().tenant(&op, sender.tenant.record.clone()).unwrap();
        t.platform.dashboard_list(&tenant).await.unwrap();
        assert!(t.platform.audit_verify(&tenant).await.unwrap().ok);
    }

    server.make_room();
    for sender in &senders {
        assert_eq!(send(&t, sender, 900_000, 500).await.unwrap(), 500, "the same goes in now");
    }
    if let Ok(operation) = asked {
        let ended = t.ended(operation).await;
        assert!(matches!(ended.status.as_str(), "succeeded" | "failed"), "{ended:?}");
    }
    t.tenant("afterwards", Tier::Schema).await;
    assert_eq!(t.leftovers().await, [] as [String; 0]);
    t.stop().await;
    server.stop().await;
}
