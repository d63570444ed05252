//! The wire breaks while a transaction is being committed: whoever asked is told that it is not known, and sending it again
//! with the same key takes effect once, whichever way it went.

use std::sync::Arc;

use insula_model::{Dashboard, DashboardConfig, DashboardInput, Last, Plan, Range, Result, Tier, problem};
use insula_platform::{OwnerRequest, Platform, TenantRequest};
use insula_store::{IdempotencyKey, Sizes};
use insula_testkit::{Cut, Proxy, TestPlatform, TestTenant, each_tier};

use crate::data::{batch, flight};
use crate::people::{Person, audit, home};

fn key(key: &str) -> Option<IdempotencyKey> {
    Some(IdempotencyKey { key: key.to_owned(), fingerprint: [7; 32] })
}

async fn create(
    node: &Platform,
    acme: &TestTenant,
    owner: &Person,
    name: &str,
    sent: Option<IdempotencyKey>,
    cut: Option<(&Proxy, Cut)>,
) -> Result<Dashboard> {
    let op = owner.again(node).await?.with_idempotency(sent);
    if let Some((proxy, cut)) = cut {
        // That the owner was here is noted beside the request, in a transaction of its own: not that one is to break.
        proxy.settled().await;
        proxy.cut(cut);
    }
    let tenant = node.store().tenant(&op, Arc::clone(&acme.record))?;
    let config = DashboardConfig::empty(Range::Last(Last::All));
    node.dashboard_create(
        &tenant,
        &DashboardInput { name: name.to_owned(), description: None, config, note: None },
    )
    .await
}

/// How often it is there, and how often the log says that it was made.
async fn made(t: &TestPlatform, acme: &TestTenant, owner: &Person, name: &str) -> (usize, usize) {
    let there: Vec<Dashboard> = t.platform.dashboard_list(&owner.tenant(t)).await.unwrap().items;
    let there: Vec<_> = there.iter().filter(|d| d.name == name).collect();
    let logged = audit(t, acme).await;
    let logged =
        logged.iter().filter(|(action, _, detail)| action == "dashboard.create" && detail.contains(name));
    (there.len(), logged.count())
}

each_tier!(what_is_not_known_is_said_and_found_out, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let proxy = Proxy::start(&t.databases.url).await;
    let sizes = Sizes { control: 2, pooled: 1, lanes: 1, lane: 1, database: 1, databases: 4, admin: 1 };
    let (node, tasks) = t.another_node_through(&proxy, sizes).await;
    for (cut, committed) in [(Cut::NextCommit, 0), (Cut::NextCommitsAnswer, 1)] {
        // With a key.
        let name = format!("keyed {committed}");
        create(&node, &acme, &owner, &format!("warm {committed}"), None, None).await.unwrap();
        let sent = || key(&name.replace(' ', "-"));
        let unknown = create(&node, &acme, &owner, &name, sent(), Some((&proxy, cut))).await.unwrap_err();
        assert!(unknown.is(problem::UNKNOWN_OUTCOME), "{unknown:?}");
        assert!(proxy.cuts(Cut::Nothing), "the commit was cut");
        assert_eq!(made(t, &acme, &owner, &name).await, (committed, committed));
        let first = create(&node, &acme, &owner, &name, sent(), None).await.unwrap();
        let again = create(&t.platform, &acme, &owner, &name, sent(), None).await.unwrap();
        assert_eq!(first.id, again.id);
        assert_eq!(made(t, &acme, &owner, &name).await, (1, 1), "once, whichever way it went");
        // Without one: it is not done again by itself.
        let name = format!("plain {committed}");
        let unknown = create(&node, &acme, &owner, &name, None, Some((&proxy, cut))).await.unwrap_err();
        assert!(unknown.is(problem::UNKNOWN_OUTCOME), "{unknown:?}");
        assert_eq!(made(t, &acme, &owner, &name).await, (committed, committed));
        // Events carry their own key.
        let event = [flight(&format!("event {committed}"), "2013-01-01T10:00:00Z", 5.0)];
        let op = owner.again(&node).await.unwrap();
        let send = async || {
            let tenant = node.store().tenant(&op, Arc::clone(&acme.record))?;
            node.event_ingest(&tenant, batch(&event)).await
        };
        proxy.settled().await;
        proxy.cut(cut);
        let unknown = send().await.unwrap_err();
        assert!(unknown.is(problem::UNKNOWN_OUTCOME), "{unknown:?}");
        let receipt = send().await.unwrap();
        let before = u64::try_from(committed).unwrap();
        assert_eq!((receipt.accepted, receipt.duplicates), (1 - before, before));
    }
    let events: i64 =
        acme.superuser(t).await.query_one("SELECT count(*) FROM events", &[]).await.unwrap().get(0);
    assert_eq!(events, 2);
    assert!(t.platform.audit_verify(&owner.tenant(t)).await.unwrap().ok);
    tasks.stop();
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_asked_for_once_however_the_wire_breaks() {
    let t = TestPlatform::start().await;
    let proxy = Proxy::start(&t.databases.url).await;
    let (node, tasks) = t.another_node_controlled_through(&proxy).await;
    for (cut, slug, there) in [(Cut::NextCommit, "acme", 0), (Cut::NextCommitsAnswer, "globex", 1)] {
        let ask = async || {
            let op = t.operator().await.with_idempotency(key(&format!("make-{slug}")));
            let owner = OwnerRequest { email: format!("owner@{slug}.test"), name: None, password_hash: None };
            let request = TenantRequest {
                slug: slug.parse().unwrap(),
                name: None,
                plan: Plan::Free,
                tier: Some(Tier::Pooled),
                cell: None,
                owner,
                sample_data: false,
                time_zone: None,
            };
            node.tenant_create(&op, request).await
        };
        proxy.cut(cut);
        let unknown = ask().await.unwrap_err();
        assert!(unknown.is(problem::UNKNOWN_OUTCOME), "{unknown:?}");
        let count = "SELECT count(*) FROM control.tenants WHERE slug = $1";
        let control = t.control_superuser().await;
        assert_eq!(control.query_one(count, &[&slug]).await.unwrap().get::<_, i64>(0), there);
        let operation = ask().await.unwrap();
        assert_eq!(ask().await.unwrap(), operation, "it is the same one");
        assert_eq!(t.ended(operation).await.status.as_str(), "succeeded");
        let operations = "SELECT count(*) FROM control.operations WHERE tenant_slug = $1";
        assert_eq!(control.query_one(operations, &[&slug]).await.unwrap().get::<_, i64>(0), 1);
    }
    tasks.stop();
    t.stop().await;
}
