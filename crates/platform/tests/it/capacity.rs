//! A cell bears so many tenants of a tier, however many are asked for at once.

use insula_model::{Plan, Tier};
use insula_platform::{DeleteTenantInput, OwnerRequest, TenantRequest};
use insula_testkit::{TestOptions, TestPlatform};

use crate::people::refused;

fn wanted(slug: &str, tier: Tier) -> TenantRequest {
    TenantRequest {
        slug: slug.parse().expect("a slug"),
        name: None,
        plan: Plan::Free,
        tier: Some(tier),
        cell: None,
        owner: OwnerRequest { email: format!("owner@{slug}.test"), name: None, password_hash: None },
        sample_data: false,
        time_zone: None,
    }
}

async fn set(t: &TestPlatform, change: &str) {
    let sql = format!("UPDATE control.cells SET {change}");
    t.control_superuser().await.batch_execute(&sql).await.expect("a setting of the cell");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_ask_at_once_as_many_come_in_as_there_is_room_for() {
    let t = TestPlatform::start().await;
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    set(&t, "schema_limit = 3, database_limit = 1").await;
    for (tier, room) in [(Tier::Schema, 3), (Tier::Database, 1)] {
        let asked = (0..8).map(|n| {
            let (t, node) = (&t, if n % 2 == 0 { &t.platform } else { &other });
            async move {
                let op = t.operator().await;
                node.tenant_create(&op, wanted(&format!("{}-{n}", tier.as_str()), tier)).await
            }
        });
        let answers = futures_util::future::join_all(asked).await;
        let (taken, left): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((taken.len(), left.len()), (room, 8 - room));
        for answer in left {
            let error = answer.expect_err("no room");
            assert_eq!(error.code(), "cell.full");
            assert!(error.detail().contains("bears") && error.detail().contains(tier.as_str()), "{error:?}");
        }
        for operation in taken {
            let ended = t.ended(operation.expect("asked for")).await;
            assert_eq!(ended.status.as_str(), "succeeded", "{:?}", ended.error);
        }
    }
    // Pooled tenants take no place.
    t.tenant("pooled", Tier::Pooled).await;
    tasks.stop();
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_is_free_again_when_its_tenant_is_gone() {
    let t = TestPlatform::start().await;
    set(&t, "schema_limit = 1").await;
    let acme = t.tenant("acme", Tier::Schema).await;
    let op = t.operator().await;
    let delete = |now| DeleteTenantInput { confirm: "acme".to_owned(), now, reason: None };
    let soft = t.platform.tenant_delete(&op, &acme.record, &delete(false)).await.expect("asked for");
    t.ended(soft).await;
    // While its quarantine runs it can come back.
    assert_eq!(refused(t.platform.tenant_create(&op, wanted("globex", Tier::Schema)).await), "cell.full");
    let gone = t.known_tenant(acme.id()).await;
    let hard = t.platform.tenant_delete(&op, &gone.record, &delete(true)).await.expect("asked for");
    t.ended(hard).await;
    t.tenant("globex", Tier::Schema).await;
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cell_that_is_closed_takes_nobody() {
    let t = TestPlatform::start().await;
    let op = t.operator().await;
    for state in ["full", "drained"] {
        set(&t, &format!("state = '{state}'")).await;
        for tier in Tier::ALL {
            assert_eq!(refused(t.platform.tenant_create(&op, wanted("acme", *tier)).await), "cell.full");
        }
    }
    assert!(t.leftovers().await.is_empty());
    set(&t, "state = 'open'").await;
    t.tenant("acme", Tier::Pooled).await;
    t.stop().await;
}
