//! What cannot be written into the audit log does not happen.

use insula_model::{ApiKeyInput, DashboardConfig, DashboardInput, Last, Range, Role, Scope, Tier};
use insula_testkit::{Client, TestPlatform, TestTenant, each_tier, until};
use serde_json::json;

use crate::data::{accepted, flight, ingest};
use crate::people::{Person, audit, credentials, from, home, owner_of};

/// Everything that a tenant has, but when somebody was last seen.
async fn everything(root: &Client, acme: &TestTenant) -> Vec<String> {
    let id = acme.id().uuid();
    let tables = root
        .query(
            "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' ORDER BY 1",
            &[&acme.record.placement.schema],
        )
        .await
        .unwrap();
    let mut all = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        let sql = format!(
            "SELECT (to_jsonb(x) - 'last_seen_at' - 'last_used_at')::text FROM {table} x WHERE tenant_id = $1 ORDER BY 1"
        );
        let rows = root.query(&sql, &[&id]).await.unwrap();
        all.extend(rows.iter().map(|row| format!("{table} {}", row.get::<_, String>(0))));
    }
    all
}

/// The log takes nothing from now on, whoever writes.
async fn close_the_log(root: &Client) {
    root.batch_execute("ALTER TABLE audit ADD CONSTRAINT full_up CHECK (seq < 0) NOT VALID").await.unwrap();
}

fn dashboard(name: &str) -> DashboardInput {
    let config = DashboardConfig::empty(Range::Last(Last::All));
    DashboardInput { name: name.to_owned(), description: None, config, note: None }
}

each_tier!(what_cannot_be_logged_does_not_happen, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let other = owner.bring(t, "other@acme.test", Role::Viewer).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let board = platform.dashboard_create(&tenant, &dashboard("Before")).await.unwrap();
    let invited = owner.invite(t, "new@acme.test", Role::Viewer).await.unwrap();
    let key = ApiKeyInput { name: "before".to_owned(), scopes: vec![Scope::DataRead], expires_at: None };
    let made = platform.api_key_create(&tenant, &key).await.unwrap();
    assert_eq!(ingest(t, &owner, &[flight("1", "2013-01-01T10:00:00Z", 5.0)]).await.unwrap(), accepted(1));
    let root = acme.superuser(t).await;
    let rows = audit(t, &acme).await.len();
    // What is on its way to the mails is carried over first: it would be missing afterwards, and rightly so.
    let waiting = format!("SELECT count(*) FROM {}.outbox", acme.record.placement.schema);
    until("the outbox is carried over", async || {
        root.query_one(&waiting, &[]).await.unwrap().get::<_, i64>(0) == 0
    })
    .await;
    close_the_log(&root).await;
    let before = everything(&root, &acme).await;

    let patch = serde_json::from_value(json!({ "name": "After" })).unwrap();
    let put = serde_json::from_value(json!({ "label": "After" })).unwrap();
    let sign_in = credentials(&owner_of("acme"), crate::people::PASSWORD);
    let refused = [
        ("dashboard.create", platform.dashboard_create(&tenant, &dashboard("After")).await.err()),
        (
            "dashboard.update",
            platform
                .dashboard_update(&tenant, board.id, Some(board.version), &dashboard("After"))
                .await
                .err(),
        ),
        ("dashboard.delete", platform.dashboard_delete(&tenant, board.id).await.err()),
        ("settings.update", platform.settings_update(&tenant, Some(1), &patch).await.err()),
        ("member.update", platform.member_update(&tenant, other.id, Role::Admin).await.err()),
        ("member.delete", platform.member_delete(&tenant, other.id).await.err()),
        ("invitation.create", owner.invite(t, "newer@acme.test", Role::Viewer).await.err()),
        ("invitation.delete", platform.invitation_delete(&tenant, invited.invitation.id).await.err()),
        ("api_key.create", platform.api_key_create(&tenant, &key).await.err()),
        ("api_key.delete", platform.api_key_delete(&tenant, made.key.id).await.err()),
        ("dataset.update", platform.dataset_update(&tenant, "planes", &put, None).await.err()),
        ("dataset.delete", platform.dataset_delete(&tenant, "flights").await.err()),
        ("sample.delete", platform.sample_delete(&tenant).await.err()),
        ("session.create", platform.session_create(&acme.record, &sign_in, &from(t)).await.err()),
    ];
    for (action, error) in refused {
        assert_eq!(error.map(|e| e.code()), Some("internal"), "{action}");
    }
    // Nor does an operator see what the log does not say that they saw.
    let op = t.operator().await.with_reason("looking around in a test").unwrap();
    let looking = t.store().tenant(&op, acme.record.clone()).unwrap();
    assert!(platform.dashboard_list(&looking).await.is_err());
    let after = everything(&root, &acme).await;
    assert_eq!(before, after, "something happened that the log does not say");
    assert_eq!(audit(t, &acme).await.len(), rows);

    root.batch_execute("ALTER TABLE audit DROP CONSTRAINT full_up").await.unwrap();
    platform.dashboard_delete(&tenant, board.id).await.unwrap();
    assert!(platform.audit_verify(&tenant).await.unwrap().ok);
});

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_does_happens_only_with_its_row_in_the_control_planes_log() {
    let t = TestPlatform::start().await;
    let acme = t.tenant("acme", Tier::Pooled).await;
    let control = t.control_superuser().await;
    control.batch_execute("SET search_path = control").await.unwrap();
    let count = "SELECT (SELECT count(*) FROM tenants) + (SELECT count(*) FROM operations)";
    let before: i64 = control.query_one(count, &[]).await.unwrap().get(0);
    control
        .batch_execute("ALTER TABLE control_audit ADD CONSTRAINT full_up CHECK (seq < 0) NOT VALID")
        .await
        .unwrap();
    let op = t.operator().await;
    assert!(t.platform.tenant_suspend(&op, acme.id(), None).await.is_err());
    let request = insula_platform::TenantRequest {
        slug: "globex".parse().unwrap(),
        name: None,
        plan: insula_model::Plan::Free,
        tier: None,
        cell: None,
        owner: insula_platform::OwnerRequest {
            email: "owner@globex.test".to_owned(),
            name: None,
            password_hash: None,
        },
        sample_data: false,
        time_zone: None,
    };
    assert!(t.platform.tenant_create(&op, request).await.is_err());
    let after: i64 = control.query_one(count, &[]).await.unwrap().get(0);
    assert_eq!(before, after);
    control.batch_execute("ALTER TABLE control_audit DROP CONSTRAINT full_up").await.unwrap();
    t.tenant("globex", Tier::Pooled).await;
    t.stop().await;
}
