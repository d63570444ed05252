//! A connection that refuses a tenant's role: another takes its place, and only if that one refuses as well is it a
//! refusal.

use insula_model::policy::action::SettingsView;
use insula_model::{RequestId, Tier, problem};
use insula_store::{OpCtx, Sizes};
use insula_testkit::{Proxy, TestPlatform, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_does_not_know_of_a_role_is_replaced() {
    let t = TestPlatform::start().await;
    let acme = t.tenant("acme", Tier::Schema).await;
    let proxy = Proxy::start(&t.databases.url).await;
    let sizes = Sizes { control: 2, pooled: 1, lanes: 1, lane: 1, database: 1, databases: 4, admin: 1 };
    let (node, tasks) = t.another_node_through(&proxy, sizes).await;
    let look = async || {
        let op = OpCtx::of_visitor(acme.id(), RequestId::from_uuid(node.world().uuid()));
        let tenant = node.store().tenant(&op, acme.record.clone()).unwrap();
        let mut tx = node.store().begin(&tenant.authorize::<SettingsView>().unwrap()).await.unwrap();
        tx.settings().view().await
    };
    look().await.unwrap();

    // The membership is there again by the time at which the second connection asks for it.
    let root = t.superuser().await;
    let role = &acme.record.placement.role;
    let revoke = format!("REVOKE {role} FROM insula_app");
    let grant = format!("GRANT {role} TO insula_app");
    root.batch_execute(&revoke).await.unwrap();
    proxy.hold(true);
    let before = proxy.connections();
    let granted = async {
        until("another connection is made", async || proxy.connections() > before).await;
        root.batch_execute(&grant).await.unwrap();
        proxy.hold(false);
    };
    let (seen, ()) = tokio::join!(look(), granted);
    seen.expect("it is read on the second connection");
    assert_eq!(proxy.connections(), before + 1);
    look().await.unwrap();
    assert_eq!(proxy.connections(), before + 1, "the second connection is kept");

    // Refused in earnest: tried twice and no more.
    root.batch_execute(&revoke).await.unwrap();
    let refused = look().await.unwrap_err();
    assert!(refused.is(problem::INTERNAL), "{refused:?}");
    assert_eq!(proxy.connections(), before + 2);
    root.batch_execute(&grant).await.unwrap();
    look().await.unwrap();
    tasks.stop();
    t.stop().await;
}
