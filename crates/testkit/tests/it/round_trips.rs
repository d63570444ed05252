//! What a scope costs in round trips, counted by a proxy between the platform and PostgreSQL.

use insula_model::policy::action::{DashboardView, SettingsUpdate, SettingsView};
use insula_model::{Read, RequestId, Tier};
use insula_store::{OpCtx, Sizes, TenantTx};
use insula_testkit::{Proxy, TestPlatform};

/// What it has cost so far. The end of a scope that only read is sent without waiting for an answer, if it was not sent
/// before: that it is answered is waited for here, or it would be counted as somebody else's.
async fn rolled_back(proxy: &Proxy, before: u64, tx: TenantTx<'_, Read>) -> u64 {
    let now = proxy.round_trips();
    drop(tx);
    proxy.settled().await;
    now - before
}

/// One thread, so that what is sent together leaves together.
async fn in_tier(tier: Tier) {
    let t = TestPlatform::start().await;
    let acme = t.tenant("acme", tier).await;
    let proxy = Proxy::start(&t.databases.url).await;
    let sizes = Sizes { control: 2, pooled: 1, lanes: 1, lane: 1, database: 1, databases: 4, admin: 1 };
    let (node, tasks) = t.another_node_through(&proxy, sizes).await;
    let store = node.store();
    let request = || RequestId::from_uuid(node.world().uuid());

    let look = async || {
        let op = OpCtx::of_visitor(acme.id(), request());
        let permit = store.tenant(&op, acme.record.clone()).unwrap().authorize::<SettingsView>().unwrap();
        let before = proxy.round_trips();
        let mut tx = store.begin(&permit).await.unwrap();
        tx.settings().view().await.unwrap();
        rolled_back(&proxy, before, tx).await
    };
    look().await;
    for _ in 0..3 {
        assert_eq!(look().await, 1, "a scoped read, its scope included, is one round trip");
    }

    let change = async || {
        let operator = t.operator().await.with_reason("round trips are counted").unwrap();
        let permit =
            store.tenant(&operator, acme.record.clone()).unwrap().authorize::<SettingsUpdate>().unwrap();
        let before = proxy.round_trips();
        let mut tx = store.begin(&permit).await.unwrap();
        tx.note(&permit, "nothing", &serde_json::Value::Null).unwrap();
        tx.settings().view().await.unwrap();
        tx.commit().await.unwrap();
        proxy.round_trips() - before
    };
    change().await;
    for _ in 0..3 {
        assert_eq!(
            change().await,
            2,
            "a write with one statement, its audit row included, is two round trips"
        );
    }

    // What an operator looks at costs two more: the row in the tenant's log, before anything is seen.
    let peek = async || {
        let operator = t.operator().await.with_reason("round trips are counted").unwrap();
        let permit =
            store.tenant(&operator, acme.record.clone()).unwrap().authorize::<DashboardView>().unwrap();
        let before = proxy.round_trips();
        let mut tx = store.begin(&permit).await.unwrap();
        tx.settings().view().await.unwrap();
        rolled_back(&proxy, before, tx).await
    };
    peek().await;
    // Ends with an answer, where a look ends with a rollback that nobody waits for.
    change().await;
    assert_eq!(peek().await, 3);
    tasks.stop();
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
