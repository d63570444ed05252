//! The audit log is append-only by grant, and whoever gets past the grants is found.

use insula_model::policy::action::AuditView;
use insula_model::{RequestId, Tier};
use insula_store::{AuditVerdict, OpCtx};
use insula_testkit::{Client, TestPlatform, TestTenant, each_tier};

async fn verdict(t: &TestPlatform, tenant: &TestTenant, anchors: &[(i64, Vec<u8>)]) -> AuditVerdict {
    let op = OpCtx::of_anchoring(tenant.id(), RequestId::from_uuid(t.platform.world().uuid()));
    let permit = t.store().tenant(&op, tenant.record.clone()).unwrap().authorize::<AuditView>().unwrap();
    let mut tx = t.store().begin(&permit).await.unwrap();
    tx.audit().verify(anchors).await.unwrap()
}

/// Lets the log grow by a few rows.
async fn some_history(t: &TestPlatform, tenant: &TestTenant) {
    for suspend in [true, false, true, false] {
        let op = t.operator().await;
        let id = match suspend {
            true => t.platform.tenant_suspend(&op, tenant.id(), Some("a test".to_owned())).await,
            false => t.platform.tenant_resume(&op, tenant.id(), None).await,
        };
        assert_eq!(t.ended(id.unwrap()).await.status.as_str(), "succeeded");
    }
}

/// Does something to the log past every wall, looks, and undoes it.
async fn found(t: &TestPlatform, tenant: &TestTenant, root: &Client, harm: &str) -> AuditVerdict {
    root.batch_execute("CREATE TEMP TABLE kept AS SELECT * FROM audit; CREATE TEMP TABLE kept_head AS SELECT * FROM audit_heads")
        .await
        .unwrap();
    root.batch_execute(harm).await.unwrap();
    let verdict = verdict(t, tenant, &[]).await;
    root.batch_execute(
        "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; DELETE FROM audit_heads; \
         INSERT INTO audit_heads SELECT * FROM kept_head; DROP TABLE kept, kept_head",
    )
    .await
    .unwrap();
    verdict
}

each_tier!(whoever_changes_the_log_is_found, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    some_history(t, &acme).await;
    let good = verdict(t, &acme, &[]).await;
    assert!(good.ok && good.rows >= 4, "{good:?}");
    let last = good.head.seq;
    let root = acme.superuser(t).await;
    for (harm, first_bad) in [
        ("UPDATE audit SET action = 'nothing' WHERE seq = 2", 2),
        ("UPDATE audit SET at = at - interval '1 second' WHERE seq = 3", 3),
        ("UPDATE audit SET actor_name = 'somebody' WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 2", 2),
        (
            "UPDATE audit SET seq = seq + 1000 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 1002",
            2,
        ),
    ] {
        let verdict = found(t, &acme, &root, harm).await;
        assert_eq!((verdict.ok, verdict.first_bad), (false, Some(first_bad)), "{harm}: {verdict:?}");
    }
    let tail = found(t, &acme, &root, &format!("DELETE FROM audit WHERE seq = {last}")).await;
    assert_eq!((tail.ok, tail.first_bad), (false, Some(last)), "{tail:?}");
    let all = found(t, &acme, &root, "DELETE FROM audit").await;
    assert_eq!((all.ok, all.first_bad), (false, Some(1)), "{all:?}");
    assert!(verdict(t, &acme, &[]).await.ok, "the test put everything back");
});

each_tier!(
    a_head_that_was_kept_elsewhere_shows_what_the_chain_cannot,
    async |t: &TestPlatform, tier: Tier| {
        let acme = t.tenant("acme", tier).await;
        some_history(t, &acme).await;
        let root = acme.superuser(t).await;
        let head = root.query_one("SELECT seq, hash FROM audit_heads", &[]).await.unwrap();
        let anchor: (i64, Vec<u8>) = (head.get(0), head.get(1));
        assert!(verdict(t, &acme, std::slice::from_ref(&anchor)).await.ok);
        // Cut off properly, with the head put back: the chain alone is whole.
        let cut = anchor.0 - 1;
        root.batch_execute(&format!(
        "DELETE FROM audit WHERE seq > {cut}; UPDATE audit_heads SET seq = {cut}, hash = (SELECT hash FROM audit WHERE seq = {cut})"
    ))
    .await
    .unwrap();
        assert!(verdict(t, &acme, &[]).await.ok, "nothing inside the database shows it");
        let against = verdict(t, &acme, std::slice::from_ref(&anchor)).await;
        assert!(!against.ok, "{against:?}");
    }
);

each_tier!(nobody_writes_but_the_function, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let root = acme.superuser(t).await;
    let rights: Vec<String> = root
        .query(
            "SELECT privilege FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege, \
                unnest(ARRAY['audit', 'audit_heads']) AS name WHERE has_table_privilege($1, name, privilege)",
            &[&acme.record.placement.role],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert!(rights.is_empty(), "{rights:?}");
});
