//! Tenants with databases of their own: more of them than connections.

use futures_util::future::try_join_all;
use insula_model::policy::action::SettingsView;
use insula_model::{RequestId, Tier, problem};
use insula_store::{OpCtx, Sizes};
use insula_testkit::{Proxy, TestPlatform, TestTenant};

const CONNECTIONS: usize = 2;
/// The proxy hears of a connection's end a moment after it. Without a bound there would be ten.
const ENDING: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_databases_share_few_connections() {
    let t = TestPlatform::start().await;
    let mut tenants = Vec::new();
    for i in 0..5 {
        tenants.push(t.tenant(&format!("own-{i}"), Tier::Database).await);
    }
    let proxy = Proxy::start(&t.databases.url).await;
    let sizes =
        Sizes { control: 2, pooled: 1, lanes: 1, lane: 1, database: 2, databases: CONNECTIONS, admin: 1 };
    let (node, tasks) = t.another_node_through(&proxy, sizes).await;
    let look = async |tenant: &TestTenant| {
        let op = OpCtx::of_visitor(tenant.id(), RequestId::from_uuid(node.world().uuid()));
        let tenant = node.store().tenant(&op, tenant.record.clone())?;
        let mut tx = node.store().begin(&tenant.authorize::<SettingsView>()?).await?;
        tx.settings().view().await
    };

    // One after the other: each takes the place of the one that was asked for longest ago.
    for tenant in tenants.iter().chain(&tenants) {
        look(tenant).await.unwrap();
    }
    assert!(proxy.most_open() <= CONNECTIONS + ENDING, "{} connections were open at once", proxy.most_open());
    // All at once, and several to each: they wait for one another, and none is refused.
    try_join_all(tenants.iter().cycle().take(40).map(&look)).await.unwrap();
    assert!(proxy.most_open() <= CONNECTIONS + ENDING, "{} connections were open at once", proxy.most_open());

    // Of the database that was asked for last the connection is still there.
    let made = proxy.connections();
    let last = tenants.last().unwrap();
    look(last).await.unwrap();
    look(last).await.unwrap();
    assert!(proxy.connections() <= made + 1, "a connection that is used again is kept");
    tasks.stop();
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_stay_in_use_the_others_are_told() {
    let t = TestPlatform::start().await;
    let (one, other) = (t.tenant("one", Tier::Database).await, t.tenant("other", Tier::Database).await);
    let proxy = Proxy::start(&t.databases.url).await;
    let sizes = Sizes { control: 2, pooled: 1, lanes: 1, lane: 1, database: 1, databases: 1, admin: 1 };
    let (node, tasks) = t.another_node_through(&proxy, sizes).await;
    let op = |tenant: &TestTenant| OpCtx::of_visitor(tenant.id(), RequestId::from_uuid(node.world().uuid()));
    let (op_one, op_other) = (op(&one), op(&other));
    let one = node.store().tenant(&op_one, one.record.clone()).unwrap();
    let other = node.store().tenant(&op_other, other.record.clone()).unwrap();
    let held = node.store().begin(&one.authorize::<SettingsView>().unwrap()).await.unwrap();
    let permit = other.authorize::<SettingsView>().unwrap();
    let refused = node.store().begin(&permit).await.map(drop).unwrap_err();
    assert!(refused.is(problem::DATABASE_DOWN), "{refused:?}");
    drop(held);
    node.store().begin(&permit).await.unwrap().settings().view().await.unwrap();
    tasks.stop();
    t.stop().await;
}
