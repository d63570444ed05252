//! What an operator sends again takes effect once, also where no operation comes of it.

use insula_model::Tier;
use insula_platform::CellRequest;
use insula_store::{IdempotencyKey, OpCtx};
use insula_testkit::{PrivateServer, TestOptions, TestPlatform};

use crate::people::refused;

async fn with(t: &TestPlatform, key: &str, fingerprint: u8) -> OpCtx {
    let key = IdempotencyKey { key: key.to_owned(), fingerprint: [fingerprint; 32] };
    t.operator().await.with_idempotency(Some(key))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_is_cancelled_once() {
    let t = TestPlatform::start_with(TestOptions { workers: false, ..TestOptions::default() }).await;
    let id = t.ask_for_tenant("acme", Tier::Pooled, |_| {}).await;
    let p = &t.platform;
    p.operation_cancel(&with(&t, "cancel-acme", 1).await, id).await.expect("it can be cancelled");
    while p.operation_step("test").await.expect("the journal") {}
    assert_eq!(t.ended(id).await.status.as_str(), "cancelled");
    p.operation_cancel(&with(&t, "cancel-acme", 1).await, id).await.expect("the same reply again");
    assert_eq!(refused(p.operation_cancel(&with(&t, "cancel-again", 1).await, id).await), "operation.done");
    assert_eq!(refused(p.operation_retry(&with(&t, "cancel-acme", 2).await, id).await), "idempotency.reused");
    let sql = "SELECT count(*) FROM control.control_audit WHERE action = 'operation.cancel'";
    let logged: i64 = t.control_superuser().await.query_one(sql, &[]).await.expect("the log").get(0);
    assert_eq!(logged, 1);
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_becomes_a_cell_once_and_takes_tenants() {
    let mut server = PrivateServer::start().await;
    let t = TestPlatform::start().await;
    let request = |name: &str| CellRequest {
        name: name.to_owned(),
        region: "elsewhere".to_owned(),
        dsn: server.url().to_owned(),
    };
    let (one, two) = (with(&t, "cell-number-two", 1).await, with(&t, "cell-number-two", 1).await);
    let asked = request("two");
    let (first, second) =
        futures_util::join!(t.platform.cell_create(&one, &asked), t.platform.cell_create(&two, &asked));
    assert_eq!(first.expect("added"), second.expect("the same"));
    let op = t.operator().await;
    assert_eq!(t.platform.cell_list(&op).await.expect("cells").len(), 2);
    assert_eq!(refused(t.platform.cell_create(&op, &request("two")).await), "input.invalid");
    assert_eq!(refused(t.platform.cell_create(&op, &request("three")).await), "cell.unusable");
    for tier in Tier::ALL {
        let slug = format!("far-{}", tier.as_str());
        let far = t.tenant_with(&slug, *tier, |r| r.cell = Some("two".to_owned())).await;
        assert_eq!(far.record.placement.cell, "two");
    }
    t.stop().await;
    server.stop().await;
}
