//! A tenant is asked for, comes to be, and goes again, in every tier.

use insula_model::{TenantStatus, Tier};
use insula_platform::DeleteTenantInput;
use insula_testkit::{TestPlatform, each_tier};

each_tier!(a_tenant_comes_to_be, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    assert_eq!(acme.record.status, TenantStatus::Active);
    assert_eq!(acme.record.placement.tier, tier);
    let found = t.store().tenant_of_host("acme.localhost").await.expect("a look").expect("acme");
    assert_eq!(found.id, acme.id());
    let rows: i64 = acme
        .superuser(t)
        .await
        .query_one("SELECT count(*) FROM tenancy WHERE open", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 1);
});

each_tier!(a_tenant_goes_for_good, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let _bystander = t.tenant("globex", tier).await;
    let op = t.operator().await;
    let input = DeleteTenantInput { confirm: "acme".to_owned(), now: true, reason: None };
    let id = t.platform.tenant_delete(&op, &acme.record, &input).await.expect("it can be asked for");
    let done = t.ended(id).await;
    assert_eq!(done.status.as_str(), "succeeded", "{done:?}");
    let root = t.superuser().await;
    let left: i64 = root
        .query_one(
            "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = $1) + (SELECT count(*) FROM pg_roles WHERE rolname = $1) \
                  + (SELECT count(*) FROM pg_database WHERE datname LIKE '%' || $1) \
                  + (SELECT count(*) FROM tenant.tenancy WHERE tenant_id = $2)",
            &[&acme.id().object_name(), &acme.id().uuid()],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 0, "something of the tenant is left");
    let held = t.platform.tenant_view(&op, "acme").await.expect_err("the record is gone");
    assert_eq!(held.code(), "not_found");
});
