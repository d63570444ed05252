//! Heads of audit chains are kept apart from them: who cuts off a tail, or writes all of it anew, is found.

use std::sync::atomic::{AtomicBool, Ordering};

use insula_model::policy::action::AuditView;
use insula_model::{RequestId, Tier};
use insula_store::{Alarm, AuditVerdict, OpCtx};
use insula_testkit::{Arena, Client, TestOptions, TestPlatform, TestTenant, each_tier};

/// What anybody who checks the log is told.
async fn verdict(t: &TestPlatform, tenant: &TestTenant) -> AuditVerdict {
    let op = t.operator().await.with_reason("a test checks the chain").unwrap();
    let view = t.store().tenant(&op, tenant.record.clone()).unwrap();
    t.platform.audit_verify(&view).await.unwrap()
}

async fn alarms(t: &TestPlatform) -> Vec<Alarm> {
    t.platform.status_view(&t.operator().await).await.unwrap().alarms
}

async fn anchors(t: &TestPlatform, tenant: &TestTenant) -> Vec<(i64, Vec<u8>)> {
    let op = OpCtx::of_anchoring(tenant.id(), RequestId::from_uuid(t.platform.world().uuid()));
    let permit = t.store().tenant(&op, tenant.record.clone()).unwrap().authorize::<AuditView>().unwrap();
    t.store().audit_anchor_list(&permit).await.unwrap()
}

/// Lets the log grow by one row.
async fn grow(t: &TestPlatform, tenant: &TestTenant) {
    let op = t.operator().await.with_reason("a test looks in").unwrap();
    let view = t.store().tenant(&op, tenant.record.clone()).unwrap();
    t.platform.dashboard_list(&view).await.unwrap();
}

async fn head(root: &Client, tenant: &TestTenant) -> (i64, Vec<u8>) {
    let sql = "SELECT seq, hash FROM audit_heads WHERE tenant_id = $1";
    let row = root.query_one(sql, &[&tenant.id().uuid()]).await.unwrap();
    (row.get(0), row.get(1))
}

/// Cuts off the last `rows` rows and puts the head back, past every wall: the chain alone is whole.
async fn cut(root: &Client, tenant: &TestTenant, rows: i64) {
    let end = head(root, tenant).await.0 - rows;
    let id = tenant.id().uuid();
    root.batch_execute(&format!(
        "DELETE FROM audit WHERE tenant_id = '{id}' AND seq > {end}; UPDATE audit_heads SET seq = {end}, \
         hash = (SELECT hash FROM audit WHERE tenant_id = '{id}' AND seq = {end}) WHERE tenant_id = '{id}'"
    ))
    .await
    .unwrap();
}

each_tier!(a_tail_that_was_cut_off_is_found_through_the_anchor, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (t.tenant("acme", tier).await, t.tenant("globex", tier).await);
    for _ in 0..3 {
        grow(t, &acme).await;
    }
    let root = acme.superuser(t).await;
    t.platform.audit_anchor().await.unwrap();
    let kept = anchors(t, &acme).await;
    assert_eq!(kept.last(), Some(&head(&root, &acme).await), "the head is kept");
    assert_eq!(alarms(t).await, []);
    assert_eq!(t.platform.audit_anchor().await.unwrap(), 0, "nothing grew, nothing is kept");
    let good = verdict(t, &acme).await;
    assert!(good.ok && good.anchored == kept.last().unwrap().0, "{good:?}");

    // The check itself left a row. Back to before the anchor, and a row of another kind in its place.
    cut(&root, &acme, 3).await;
    t.platform.audit_anchor().await.unwrap();
    let found = alarms(t).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].kind.as_str(), found[0].subject.as_str()),
        ("audit", acme.id().to_string().as_str())
    );
    assert!(found[0].detail.contains("anchored and are gone"), "{found:?}");
    for _ in 0..4 {
        grow(t, &acme).await;
    }
    t.platform.audit_anchor().await.unwrap();
    assert!(alarms(t).await[0].detail.contains("written anew"), "{:?}", alarms(t).await);
    assert_eq!(anchors(t, &acme).await, kept, "an anchor is never overwritten");
    let bad = verdict(t, &acme).await;
    assert!(!bad.ok && bad.first_bad == Some(kept.last().unwrap().0), "{bad:?}");

    // Others are not suspected, and the control plane's log has it for ever, once.
    assert!(verdict(t, &globex).await.ok);
    let raised: i64 = t
        .control_superuser()
        .await
        .query_one("SELECT count(*) FROM control.control_audit WHERE action = 'alarm.raise'", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(raised, 1);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_never_saw_the_tenant_comes_by_on_patrol() {
    let t = TestPlatform::start().await;
    let acme = t.tenant("acme", Tier::Schema).await;
    t.platform.audit_anchor().await.unwrap();
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    assert_eq!(other.audit_anchor().await.unwrap(), 0);
    let root = acme.superuser(&t).await;
    root.batch_execute("DELETE FROM audit; DELETE FROM audit_heads").await.unwrap();
    other.audit_anchor().await.unwrap();
    assert_eq!(alarms(&t).await.len(), 1, "an empty log is no new log");
    tasks.stop();
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_is_over_when_the_whole_chain_is_good_again() {
    let t = TestPlatform::start().await;
    let acme = t.tenant("acme", Tier::Pooled).await;
    grow(&t, &acme).await;
    t.platform.audit_anchor().await.unwrap();
    let root = acme.superuser(&t).await;
    let harm = "UPDATE audit SET actor_name = actor_name || '!' WHERE seq = 1";
    root.batch_execute(harm).await.unwrap();
    // What lies before the anchor is found by whoever checks all of it.
    assert!(!verdict(&t, &acme).await.ok);
    assert_eq!(alarms(&t).await.len(), 1);
    t.platform.audit_anchor().await.unwrap();
    assert_eq!(alarms(&t).await.len(), 1, "that the tail is good ends no alarm");
    root.batch_execute("UPDATE audit SET actor_name = rtrim(actor_name, '!') WHERE seq = 1").await.unwrap();
    assert!(verdict(&t, &acme).await.ok);
    assert_eq!(alarms(&t).await, []);
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_grows_meanwhile_is_no_alarm() {
    let t = TestPlatform::start().await;
    let arena = Arena::new(&t, Tier::Pooled).await;
    let acme = TestTenant { record: arena.a().clone() };
    let stop = AtomicBool::new(false);
    let growing = async {
        let mut rows = 0;
        while !stop.load(Ordering::SeqCst) {
            grow(&t, &acme).await;
            rows += 1;
        }
        rows
    };
    let checking = async {
        for _ in 0..25 {
            let checked = verdict(&t, &acme).await;
            assert!(checked.ok, "{checked:?}");
            t.platform.audit_anchor().await.unwrap();
        }
        stop.store(true, Ordering::SeqCst);
    };
    let (rows, ()) = futures_util::join!(growing, checking);
    assert!(rows > 10, "only {rows} rows were written meanwhile");
    assert_eq!(alarms(&t).await, []);
    let op = t.operator().await;
    let delete =
        insula_platform::DeleteTenantInput { confirm: acme.slug().to_owned(), now: true, reason: None };
    let erase = t.platform.tenant_delete(&op, &acme.record, &delete).await.unwrap();
    let anchoring = async {
        for _ in 0..20 {
            t.platform.audit_anchor().await.unwrap();
        }
    };
    let (ended, ()) = futures_util::join!(t.ended(erase), anchoring);
    assert_eq!(ended.status.as_str(), "succeeded");
    assert_eq!(alarms(&t).await, [], "what is erased is no alarm");
    t.stop().await;
}
