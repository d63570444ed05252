//! What looks like a tenant's and is nobody's is found, set apart and reported, and never dropped.

use insula_model::{TenantId, Tier};
use insula_store::Alarm;
use insula_testkit::{TestOptions, TestPlatform, TestTenant};
use jiff::SignedDuration;

async fn alarms(t: &TestPlatform) -> Vec<Alarm> {
    t.platform.status_view(&t.operator().await).await.unwrap().alarms
}

/// Whether the application could become the tenant where its data is.
async fn reachable(t: &TestPlatform, tenant: &TestTenant) -> bool {
    let placement = &tenant.record.placement;
    t.superuser_in(&placement.database)
        .await
        .query_one(
            "SELECT has_database_privilege('insula_app', current_database(), 'CONNECT') \
                AND pg_has_role('insula_app', $1, 'MEMBER') AND has_schema_privilege($1, $2, 'USAGE')",
            &[&placement.role, &placement.schema],
        )
        .await
        .unwrap()
        .get(0)
}

/// The control database forgets a tenant, as after it was restored to an earlier day. Says how to bring it back.
async fn forget(t: &TestPlatform, tenant: &TestTenant) -> impl AsyncFn() {
    let control = t.control_superuser().await;
    let id = tenant.id().uuid();
    control
        .batch_execute(
            "SET search_path = control; CREATE TABLE IF NOT EXISTS kept_t AS SELECT * FROM tenants WITH NO DATA; \
             CREATE TABLE IF NOT EXISTS kept_p AS SELECT * FROM placements WITH NO DATA",
        )
        .await
        .unwrap();
    for sql in [
        "INSERT INTO kept_t SELECT * FROM tenants WHERE id = $1",
        "INSERT INTO kept_p SELECT * FROM placements WHERE tenant_id = $1",
        "DELETE FROM tenants WHERE id = $1",
    ] {
        control.execute(sql, &[&id]).await.unwrap();
    }
    async move || {
        let back = "INSERT INTO tenants SELECT * FROM kept_t; INSERT INTO placements SELECT * FROM kept_p";
        control.batch_execute(back).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_nobodys_is_set_apart_and_opened_again_when_it_is_somebodys() {
    let t = TestPlatform::start().await;
    for (slug, tier, things) in [("acme", Tier::Schema, 2), ("globex", Tier::Database, 2)] {
        let bystander = t.tenant(&format!("{slug}-too"), tier).await;
        let tenant = t.tenant(slug, tier).await;
        assert_eq!(t.platform.orphans_look().await.unwrap(), 0);
        let back = forget(&t, &tenant).await;
        assert_eq!(t.platform.orphans_look().await.unwrap(), 0, "not at once: it may be on its way out");
        assert!(reachable(&t, &tenant).await);
        t.clock.advance(SignedDuration::from_mins(6));
        assert_eq!(t.platform.orphans_look().await.unwrap(), things);
        assert!(!reachable(&t, &tenant).await, "nobody comes near it");
        assert!(reachable(&t, &bystander).await);
        let found = alarms(&t).await;
        assert_eq!(found.len(), things, "{found:?}");
        assert!(found.iter().all(|a| a.kind == "orphan" && a.subject.contains(&tenant.id().object_name())));
        let root = tenant.superuser(&t).await;
        let rows: i64 = root.query_one("SELECT count(*) FROM settings", &[]).await.unwrap().get(0);
        assert_eq!(rows, 1, "nothing in it was touched");
        assert_eq!(t.platform.orphans_look().await.unwrap(), 0, "it is told once");
        back().await;
        assert_eq!(t.platform.orphans_look().await.unwrap(), 0);
        assert_eq!(alarms(&t).await, []);
        assert!(reachable(&t, &tenant).await, "it is somebody's again");
        t.control_superuser().await.batch_execute("DROP TABLE control.kept_t, control.kept_p").await.unwrap();
    }
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operation_has_its_hands_on_is_no_orphan_and_what_it_left_is() {
    let t = TestPlatform::start_with(TestOptions { workers: false, ..TestOptions::default() }).await;
    let operation = t.ask_for_tenant("acme", Tier::Schema, |_| {}).await;
    // Its first two steps, and then nobody works on it for a long time.
    let control = t.control_superuser().await;
    let id: uuid::Uuid =
        control.query_one("SELECT id FROM control.tenants WHERE slug = 'acme'", &[]).await.unwrap().get(0);
    let name = TenantId::from_uuid(id).object_name();
    let root = t.superuser().await;
    root.batch_execute(&format!("CREATE SCHEMA {name} AUTHORIZATION insula_owner")).await.unwrap();
    for _ in 0..2 {
        t.clock.advance(SignedDuration::from_mins(6));
        assert_eq!(t.platform.orphans_look().await.unwrap(), 0);
    }
    // It is undone elsewhere, and a worker that was taken over makes the schema after that.
    let end = "WITH ended AS (UPDATE control.operations SET status = 'failed' WHERE id = $1) \
               DELETE FROM control.tenants WHERE id = $2";
    control.execute(end, &[&operation.uuid(), &id]).await.unwrap();
    t.platform.orphans_look().await.unwrap();
    t.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(t.platform.orphans_look().await.unwrap(), 1);
    assert_eq!(alarms(&t).await[0].subject, format!("local/schema/{name}"));
    // A person looked into it and dropped it.
    root.batch_execute(&format!("DROP SCHEMA {name}")).await.unwrap();
    t.platform.orphans_look().await.unwrap();
    assert_eq!(alarms(&t).await, []);
    t.stop().await;
}
