//! Guards behind which another one stands, so that nothing else stumbles when they are gone: each is asked here by
//! itself. `cargo xtask mutate-guards` takes each of them away once.

use std::time::Duration;

use insula_model::policy::action::{AuditView, SettingsUpdate, SettingsView};
use insula_model::policy::operator_action::IsolationVerify;
use insula_model::{RequestId, SettingsPatch, Tier, World, problem};
use insula_store::{OpCtx, Sizes, Store, Tasks};
use insula_testkit::{PrivateServer, TestEntropy, TestOptions, TestPlatform, each_tier};
use serde_json::Value;

fn visitor(t: &TestPlatform, tenant: insula_model::TenantId) -> OpCtx {
    OpCtx::of_visitor(tenant, RequestId::from_uuid(t.platform.world().uuid()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_system_does_not_name_it_may_not_do() {
    let t = TestPlatform::start().await;
    let acme = t.tenant("acme", Tier::Pooled).await;
    let op = visitor(&t, acme.id());
    let tenant = t.store().tenant(&op, acme.record.clone()).unwrap();
    assert!(tenant.authorize::<SettingsView>().is_ok());
    assert!(tenant.authorize::<AuditView>().unwrap_err().is(problem::FORBIDDEN));
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permit_counts_in_its_own_tenants_transaction_only() {
    let t = TestPlatform::start().await;
    let (acme, globex) = (t.tenant("acme", Tier::Pooled).await, t.tenant("globex", Tier::Pooled).await);
    let op = t.operator().await.with_reason("a permit is tested").unwrap();
    let permit = |tenant: &insula_testkit::TestTenant| {
        t.store().tenant(&op, tenant.record.clone()).unwrap().authorize::<SettingsUpdate>().unwrap()
    };
    let (own, others) = (permit(&acme), permit(&globex));
    let mut tx = t.store().begin(&own).await.unwrap();
    assert!(tx.note(&own, "it", &Value::Null).is_ok());
    assert!(tx.note(&others, "it", &Value::Null).unwrap_err().is(problem::INTERNAL));
    drop(tx);
    t.stop().await;
}

// Attack 199: what is done and what the log says of it are one transaction.
each_tier!(an_action_that_cannot_be_logged_is_not_done, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let root = acme.superuser(t).await;
    let change = async |locale: &str| {
        let op = t.operator().await.with_reason("a log is tested").unwrap();
        let tenant = t.store().tenant(&op, acme.record.clone()).unwrap();
        let version = t.platform.settings_view(&tenant).await.unwrap().version;
        let patch: SettingsPatch = serde_json::from_value(serde_json::json!({ "locale": locale })).unwrap();
        t.platform.settings_update(&tenant, Some(version), &patch).await.map(drop)
    };
    let locale = async || -> String {
        let sql = "SELECT locale FROM settings WHERE tenant_id = $1";
        root.query_one(sql, &[&acme.id().uuid()]).await.unwrap().get(0)
    };
    change("de").await.unwrap();
    root.batch_execute(
        "ALTER TABLE audit ADD CONSTRAINT full_disk CHECK (action <> 'settings.update') NOT VALID",
    )
    .await
    .unwrap();
    assert!(change("fr").await.is_err(), "the caller believes that it was done");
    assert_eq!(locale().await, "de", "it was done, and the log does not know");
    root.batch_execute("ALTER TABLE audit DROP CONSTRAINT full_disk").await.unwrap();
    change("fr").await.unwrap();
    assert_eq!(locale().await, "fr");
});

// Attack 139: a worker that slept longer than its lease wakes up and wants to save what it did.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_was_taken_over_saves_nothing() {
    let t = TestPlatform::start_with(TestOptions { workers: false, ..TestOptions::default() }).await;
    let id = t.ask_for_tenant("acme", Tier::Pooled, |_| {}).await;
    let lease = Duration::from_secs(10);
    let mut stale =
        t.store().operation_lease("first", &["tenant.provision"], lease).await.unwrap().expect("it is due");
    assert_eq!(stale.id, id);
    t.clock.advance(jiff::SignedDuration::from_secs(11));
    let mut current = t
        .store()
        .operation_lease("second", &["tenant.provision"], lease)
        .await
        .unwrap()
        .expect("the lease is over");
    let refused = t.store().operation_step_begin(&stale).await.unwrap_err();
    assert!(refused.is(problem::OPERATION_FENCED), "{refused:?}");
    let refused = t.store().operation_step_end(&mut stale, false, false).await.unwrap_err();
    assert!(refused.is(problem::OPERATION_FENCED), "{refused:?}");
    let refused = t.store().operation_heartbeat(id, stale.fence, lease).await.unwrap_err();
    assert!(refused.is(problem::OPERATION_FENCED), "{refused:?}");
    t.store().operation_step_begin(&current).await.unwrap();
    t.store().operation_step_end(&mut current, false, false).await.unwrap();
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_attack_is_run_in_a_real_tenant() {
    let t = TestPlatform::start().await;
    let acme = t.tenant("acme", Tier::Pooled).await;
    let op = t.operator().await.with_reason("the door is tested").unwrap();
    let permit = op.authorize_operator::<IsolationVerify>().unwrap();
    let refused =
        t.store().attack_for_verification(&permit, &acme.record, "SELECT 1", false).await.unwrap_err();
    assert!(refused.is(problem::INTERNAL), "{refused:?}");
    let planted = t.store().plant_for_verification(&permit, &acme.record, &["SELECT 1".to_owned()]).await;
    assert!(planted.is_err());
    t.stop().await;
}

// The roles belong to the whole server, so this test has one of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_is_too_strong_is_refused() {
    let mut server = PrivateServer::start().await;
    let options =
        TestOptions { server: Some(server.url().to_owned()), workers: false, ..TestOptions::default() };
    let t = TestPlatform::start_with(options).await;
    let root = t.superuser().await;
    let open = async || {
        let world = World { clock: t.clock.clone(), entropy: std::sync::Arc::new(TestEntropy) };
        let sizes = Sizes { control: 2, pooled: 1, lanes: 1, lane: 1, database: 1, databases: 4, admin: 1 };
        let tasks = Tasks::default();
        let store = Store::open(t.databases.control.clone(), sizes, world, tasks.clone()).await;
        tasks.stop();
        store.map(|store| store.close())
    };
    for (strong, weak) in [
        ("ALTER ROLE insula_app SUPERUSER", "ALTER ROLE insula_app NOSUPERUSER"),
        ("ALTER ROLE insula_app BYPASSRLS", "ALTER ROLE insula_app NOBYPASSRLS"),
        ("ALTER ROLE insula_app INHERIT", "ALTER ROLE insula_app NOINHERIT"),
        ("ALTER ROLE insula_app CREATEROLE", "ALTER ROLE insula_app NOCREATEROLE"),
        ("ALTER ROLE insula_app CREATEDB", "ALTER ROLE insula_app NOCREATEDB"),
        ("ALTER ROLE insula_app REPLICATION", "ALTER ROLE insula_app NOREPLICATION"),
        ("ALTER ROLE insula_tenant BYPASSRLS", "ALTER ROLE insula_tenant NOBYPASSRLS"),
        ("ALTER ROLE insula_tenant LOGIN", "ALTER ROLE insula_tenant NOLOGIN"),
        ("GRANT insula_owner TO insula_app", "REVOKE insula_owner FROM insula_app"),
        ("GRANT insula_control TO insula_app", "REVOKE insula_control FROM insula_app"),
        ("GRANT SELECT ON tenant.events TO insula_app", "REVOKE SELECT ON tenant.events FROM insula_app"),
        ("ALTER TABLE tenant.events OWNER TO insula_app", "ALTER TABLE tenant.events OWNER TO insula_owner"),
    ] {
        root.batch_execute(strong).await.unwrap();
        let opened = open().await;
        root.batch_execute(weak).await.unwrap();
        let refused = opened.expect_err(strong);
        assert!(
            refused.is(problem::SETTINGS) && refused.detail().contains("too strong"),
            "{strong}: {refused:?}"
        );
    }
    open().await.expect("it serves again");
    t.stop().await;
    server.stop().await;
}
