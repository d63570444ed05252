//! The walls, attacked on a living platform: the very verification that operators run, and that it sees what it is
//! to see when a wall is missing.

use insula_model::{Plan, Tier, problem};
use insula_platform::verify::{IsolationReport, VerifyOptions};
use insula_platform::{OwnerRequest, TenantRequest};
use insula_testkit::{TestPlatform, each_tier};

async fn verify(t: &TestPlatform, tiers: &[Tier]) -> IsolationReport {
    let op = t.operator().await.with_reason("the walls are tested").unwrap();
    let options = VerifyOptions {
        tiers: tiers.to_vec(),
        surfaces: Vec::new(),
        progress: &|_| {},
        stop: Box::pin(std::future::pending()),
    };
    t.platform.verify_isolation(&op, options).await.expect("a report")
}

fn shown(report: &IsolationReport) -> String {
    report
        .bad()
        .map(|r| format!("\n  {:?} {} #{} {}: {:?}", r.verdict, r.tier, r.corpus, r.name, r.what))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_wall_holds_in_every_tier_and_nothing_is_left_behind() {
    let t = TestPlatform::start().await;
    let report = verify(&t, Tier::ALL).await;
    assert!(report.ok, "{} of {} cases failed:{}", report.bad().count(), report.cases, shown(&report));
    assert!(report.tiers.iter().all(|tier| tier.cases > 400), "{:?}", report.tiers);
    assert_eq!(report.left_behind, Vec::<String>::new());
    println!("{} cases in {:.1} s", report.cases, report.seconds);
    t.stop().await;
}

each_tier!(every_wall_holds, async |t: &TestPlatform, tier: Tier| {
    let report = verify(t, &[tier]).await;
    assert!(report.ok, "{} of {} cases failed:{}", report.bad().count(), report.cases, shown(&report));
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_gets_a_name_of_a_throw_away_tenant() {
    let t = TestPlatform::start().await;
    let request = TenantRequest {
        slug: "verify-acme".parse().unwrap(),
        name: None,
        plan: Plan::Free,
        tier: None,
        cell: None,
        owner: OwnerRequest { email: "a@acme.test".to_owned(), name: None, password_hash: None },
        sample_data: false,
        time_zone: None,
    };
    let refused = t.platform.tenant_create(&t.operator().await, request).await.unwrap_err();
    assert!(refused.is(problem::TENANT_SLUG_RESERVED), "{refused:?}");
    t.stop().await;
}
