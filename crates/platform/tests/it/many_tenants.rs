//! The console's list of tenants, where there are many. Bounds are wide: a machine that does other things is no failure, a
//! list that reads everything again and again is.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use insula_store::{TenantFilter, TenantSort};
use insula_testkit::TestPlatform;

const MANY: usize = 10_000;

/// The middle of several tries.
async fn median(mut one: impl AsyncFnMut()) -> Duration {
    let mut took = Vec::new();
    for _ in 0..15 {
        let begun = Instant::now();
        one().await;
        took.push(begun.elapsed());
    }
    took.sort();
    took[took.len() / 2]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_ten_thousand_costs_little_more_than_counting_them() {
    let t = TestPlatform::start().await;
    let control = t.control_superuser().await;
    control
        .batch_execute(&format!(
            "SET search_path = control; SET session_replication_role = replica; \
             INSERT INTO tenants (id, slug, name, status, plan, created_at, status_at) \
             SELECT gen_random_uuid(), 'many-' || n, 'Many ' || n % 977, \
                    (ARRAY['active', 'active', 'suspended'])[1 + n % 3], 'free', \
                    now() - n % 4000 * interval '1 second', now() FROM generate_series(1, {MANY}) AS n; \
             INSERT INTO placements (tenant_id, cell, tier, database_name, schema_name, role_name) \
             SELECT id, 'local', 'pooled', 'x', 'tenant', 'insula_tenant' FROM tenants; ANALYZE tenants, placements"
        ))
        .await
        .unwrap();
    let op = t.operator().await;
    let count = "SELECT count(*) FROM tenants t JOIN placements p ON p.tenant_id = t.id";
    let counting = median(async || drop(control.query_one(count, &[]).await.unwrap())).await;
    for sort in [TenantSort::CreatedAt, TenantSort::Slug, TenantSort::Name, TenantSort::Status] {
        for descending in [false, true] {
            let filter = TenantFilter { sort, descending, limit: 50, ..TenantFilter::default() };
            let page = median(async || {
                let page = t.platform.tenant_list(&op, &filter).await.unwrap();
                assert_eq!((page.tenants.len(), page.total), (50, MANY as i64));
            })
            .await;
            println!("{sort:?} {descending}: {page:?}, counting {counting:?}");
            assert!(page < counting * 8 + Duration::from_millis(20), "{page:?} for a page by {sort:?}");
        }
    }
    // Sorted by time, by the index, also from the middle of the list on.
    let plan = "EXPLAIN SELECT t.id FROM tenants t JOIN placements p ON p.tenant_id = t.id \
                 WHERE (t.created_at, t.id) < (now() - interval '2000 seconds', gen_random_uuid()) \
                 ORDER BY t.created_at DESC, t.id DESC LIMIT 50";
    let plan: Vec<String> = control.query(plan, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(plan.iter().any(|line| line.contains("tenants_created")), "{plan:#?}");
    assert!(!plan.iter().any(|line| line.contains("Sort")), "{plan:#?}");
    // Page by page everybody is met once, although many were made in the same moment.
    let mut met = HashSet::new();
    let mut filter =
        TenantFilter { sort: TenantSort::CreatedAt, descending: true, limit: 999, ..TenantFilter::default() };
    loop {
        let page = t.platform.tenant_list(&op, &filter).await.unwrap();
        met.extend(page.tenants.iter().map(|tenant| tenant.id));
        assert!(page.tenants.windows(2).all(|w| w[0].created_at >= w[1].created_at));
        filter.after = page.last;
        if filter.after.is_none() {
            break;
        }
    }
    assert_eq!(met.len(), MANY);
    t.stop().await;
}
