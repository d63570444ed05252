//! How often one may try.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use insula_model::{Role, Tier, problem};
use insula_platform::{Arrival, FAILURES_PER_ADDRESS, FAILURES_PER_EMAIL, Platform};
use insula_store::AttemptLimit;
use insula_testkit::{TestOptions, TestPlatform, TestTenant};
use jiff::SignedDuration;

use crate::people::{PASSWORD, Person, credentials, home, owner_of, request};

/// What a sign-in from a address of its own is answered with.
async fn attempt(
    t: &TestPlatform,
    platform: &Platform,
    acme: &TestTenant,
    n: u32,
    email: &str,
    password: &str,
) -> &'static str {
    let arrival = Arrival { address: IpAddr::V4(Ipv4Addr::from(n)), request: request(t), replaces: None };
    match platform.session_create(&acme.record, &credentials(email, password), &arrival).await {
        Ok(_) => "ok",
        Err(error) => {
            if error.is(problem::RATE_LIMITED) {
                let wait = error.wait().expect("a time to wait");
                assert!(wait > Duration::ZERO && wait <= Duration::from_mins(15), "{wait:?}");
            }
            error.code()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_e_mail_has_ten_failures_on_all_nodes_together() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let email = owner_of("acme");
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    for n in 0..FAILURES_PER_EMAIL {
        let node = if n % 2 == 0 { &t.platform } else { &other };
        // Successes in between do not count.
        assert_eq!(attempt(&t, node, &acme, n, &email, PASSWORD).await, "ok");
        assert_eq!(attempt(&t, node, &acme, n, &email, "wrong horse").await, problem::CREDENTIALS.code);
    }
    for node in [&t.platform, &other] {
        assert_eq!(attempt(&t, node, &acme, 99, &email, PASSWORD).await, problem::RATE_LIMITED.code);
        assert_eq!(
            attempt(&t, node, &acme, 99, "OWNER@Acme.test", PASSWORD).await,
            problem::RATE_LIMITED.code
        );
        let unknown = attempt(&t, node, &acme, 99, "nobody@acme.test", PASSWORD).await;
        assert_eq!(unknown, problem::CREDENTIALS.code, "another e-mail is not held up");
    }
    t.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(attempt(&t, &other, &acme, 99, &email, PASSWORD).await, "ok", "it ends by itself");
    assert!(t.store().attempt_sweep().await.expect("swept") > 0);
    other.store().close();
    tasks.finish(Duration::from_secs(5)).await;
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_e_mail_is_limited_alike() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    for n in 0..FAILURES_PER_EMAIL {
        let reply = attempt(&t, &t.platform, &acme, n, "nobody@acme.test", PASSWORD).await;
        assert_eq!(reply, problem::CREDENTIALS.code);
    }
    let reply = attempt(&t, &t.platform, &acme, 99, "nobody@acme.test", PASSWORD).await;
    assert_eq!(reply, problem::RATE_LIMITED.code);
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_not_more_than_the_limit() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let email = owner_of("acme");
    let all = (0..30).map(|n| attempt(&t, &t.platform, &acme, n, &email, "wrong horse"));
    let replies = futures_util::future::join_all(all).await;
    let tried = replies.iter().filter(|r| **r == problem::CREDENTIALS.code).count();
    assert_eq!(u32::try_from(tried).unwrap(), FAILURES_PER_EMAIL, "{replies:?}");
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "attempts on several threads at once, each awaited below")]
async fn attempts_on_two_nodes_at_once_are_counted_together() {
    let t = TestPlatform::start().await;
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    for round in 0..15 {
        let limits = [AttemptLimit::of_text("test", &round.to_string(), 3)];
        let tries = (0..12).map(|n| {
            let store = if n % 2 == 0 { t.store().clone() } else { other.store().clone() };
            let limits = limits.clone();
            tokio::spawn(async move { store.attempt_count(&limits).await.is_ok() })
        });
        let tries = futures_util::future::join_all(tries).await;
        let counted = tries.into_iter().filter(|r| *r.as_ref().expect("a try")).count();
        assert_eq!(counted, 3, "round {round}");
    }
    other.store().close();
    tasks.finish(Duration::from_secs(5)).await;
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_fifty_failures() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let network = |host: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, host));
    let arrival = |address| Arrival { address, request: request(&t), replaces: None };
    let all = (0..FAILURES_PER_ADDRESS + 10).map(|n| {
        let (t, acme) = (&t, &acme);
        async move {
            // Any address of the network counts for all of it.
            let arrival =
                Arrival { address: network(u16::try_from(n).unwrap()), request: request(t), replaces: None };
            let input = credentials(&format!("nobody{n}@acme.test"), "wrong horse");
            t.platform.session_create(&acme.record, &input, &arrival).await.expect_err("refused").code()
        }
    });
    let replies = futures_util::future::join_all(all).await;
    let tried = replies.iter().filter(|r| **r == problem::CREDENTIALS.code).count();
    assert_eq!(u32::try_from(tried).unwrap(), FAILURES_PER_ADDRESS, "{replies:?}");
    let input = credentials(&owner_of("acme"), PASSWORD);
    let here = t.platform.session_create(&acme.record, &input, &arrival(network(77))).await;
    assert_eq!(here.expect_err("refused").code(), problem::RATE_LIMITED.code);
    let elsewhere = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 3, 0, 0, 0, 1));
    t.platform.session_create(&acme.record, &input, &arrival(elsewhere)).await.expect("from elsewhere");
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_gets_five_invitations() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    for _ in 0..5 {
        owner.invite(&t, "ada@acme.test", Role::Viewer).await.expect("invited (again)");
    }
    let sixth = owner.invite(&t, "ada@acme.test", Role::Viewer).await;
    assert_eq!(sixth.expect_err("refused").code(), problem::RATE_LIMITED.code);
    owner.invite(&t, "bob@acme.test", Role::Viewer).await.expect("somebody else");
    assert_eq!(owner.invitations(&t).await.len(), 2);
    t.stop().await;
}
