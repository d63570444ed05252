//! Which tenant an address means, on several nodes: what is not known cannot displace what is, and a tenant that was
//! closed is closed everywhere within a second.

use std::time::{Duration, Instant};

use insula_model::{Tier, problem};
use insula_testkit::{Arena, TestOptions, TestPlatform, each_tier, until};

each_tier!(an_unknown_host_becomes_known_when_its_tenant_comes, async |t: &TestPlatform, tier: Tier| {
    let (node, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let host = "acme.localhost";
    for store in [t.store(), node.store()] {
        for _ in 0..3 {
            assert!(store.tenant_of_host(host).await.unwrap().is_none());
        }
    }
    let acme = t.tenant("acme", tier).await;
    let begun = Instant::now();
    for store in [t.store(), node.store()] {
        until("the new address on every node", || async {
            store.tenant_of_host(host).await.unwrap().is_some_and(|found| found.id == acme.id())
        })
        .await;
    }
    assert!(begun.elapsed() < Duration::from_millis(1_100), "{:?}", begun.elapsed());
    // Spellings that are not the host, whatever they resemble.
    for other in [
        "ACME.localhost",
        "acme.localhost.",
        "acme.localhost:8080",
        "acme",
        ".localhost",
        "acme.localhost\0",
        "globex.localhost",
        "%",
        "*.localhost",
        "",
    ] {
        let found = t.store().tenant_of_host(other).await;
        assert!(!found.as_ref().is_ok_and(Option::is_some), "{other:?}: {found:?}");
    }
    // Names by the thousand fill nothing up and displace nobody.
    for n in 0..300 {
        let (one, two) = tokio::join!(
            async { t.store().tenant_of_host(&format!("n{n}.localhost")).await.unwrap() },
            async { t.store().tenant_of_host(host).await.unwrap() },
        );
        assert!(one.is_none() && two.is_some_and(|found| found.id == acme.id()));
    }
    tasks.stop();
});

each_tier!(a_suspended_tenant_is_refused_everywhere_within_a_second, async |t: &TestPlatform, tier: Tier| {
    let arena = Arena::new(t, tier).await;
    let (node, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let player = &arena.cast.attacker;
    let host = format!("{}.localhost", player.record.slug);
    let enter = async || {
        let record = node.store().tenant_of_host(&host).await?.expect("the tenant");
        let request = insula_model::RequestId::from_uuid(node.world().uuid());
        let op = node.api_key_context(&player.key, &record, request).await?;
        let tenant = node.store().tenant(&op, record.clone())?;
        node.settings_view(&tenant).await
    };
    enter().await.expect("an open tenant");
    let suspend = t.platform.tenant_suspend(&t.operator().await, player.record.id, None).await.unwrap();
    assert_eq!(t.ended(suspend).await.status.as_str(), "succeeded");
    let begun = Instant::now();
    until("the tenant is closed on the other node", || async {
        enter().await.err().is_some_and(|e| e.is(problem::TENANT_SUSPENDED))
    })
    .await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    for _ in 0..20 {
        assert!(enter().await.unwrap_err().is(problem::TENANT_SUSPENDED), "it was let in again");
    }
    let resume = t.platform.tenant_resume(&t.operator().await, player.record.id, None).await.unwrap();
    assert_eq!(t.ended(resume).await.status.as_str(), "succeeded");
    until("the tenant is open again", || async { enter().await.is_ok() }).await;
    tasks.stop();
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_hears_nothing_is_a_second_behind_at_most() {
    let t = TestPlatform::start().await;
    let (node, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let acme = t.tenant("acme", Tier::Pooled).await;
    until("the tenant is known", || async { node.store().tenant_of_id(acme.id()).await.unwrap().is_some() })
        .await;
    // Everybody's ears are closed, again and again, while the tenant changes.
    let root = t.control_superuser().await;
    let deaf = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'insula listen'";
    let change = "UPDATE control.tenants SET status = 'suspended' WHERE id = $1";
    root.batch_execute(&deaf.replace("count(", "max((").replace("pid)) FROM", "pid))::int) FROM"))
        .await
        .unwrap();
    root.execute(change, &[&acme.id().uuid()]).await.unwrap();
    let begun = Instant::now();
    loop {
        root.query(deaf, &[]).await.unwrap();
        let status = node.store().tenant_of_id(acme.id()).await.unwrap().unwrap().status;
        if status.as_str() == "suspended" {
            break;
        }
        assert!(begun.elapsed() < Duration::from_millis(1_300), "still {status} after {:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tasks.stop();
    t.stop().await;
}
