//! Signing in and out, and what ends a session.

use std::time::{Duration, Instant};

use insula_model::{PasswordUpdate, Role, Tier, problem};
use insula_testkit::{TestOptions, TestPlatform, each_tier, until};
use jiff::SignedDuration;

use crate::people::{
    PASSWORD, Person, audit, credentials, from, home, occurrences, owner_of, refused, request,
};

each_tier!(a_member_signs_in_and_out, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let input = credentials("OWNER@acme.test", PASSWORD);
    let signed_in = t.platform.session_create(&acme.record, &input, &from(t)).await.expect("signed in");
    assert_eq!(signed_in.session.member.email, "owner@acme.test");
    assert_eq!(signed_in.session.member.role, Role::Owner);
    assert_eq!(signed_in.session.tenant.id, acme.id());
    assert!(signed_in.session.can.iter().any(|a| a == "member.invite"));
    assert!(!signed_in.session.can.iter().any(|a| a == "session.record"), "an owner is not the system");

    let token = &signed_in.token;
    let op = t.platform.session_context(token, &acme.record, request(t)).await.expect("valid");
    assert_eq!(op.member(), Some(signed_in.session.member.id));
    let tenant = t.store().tenant(&op, acme.record.clone()).expect("their tenant");
    assert_eq!(t.platform.session_view(&tenant).await.expect("themselves"), signed_in.session);

    let control = t.control_superuser().await;
    let secret = token.trim_start_matches("ise_");
    assert_eq!(occurrences(&control, "control.sessions", secret).await, 0, "the token is kept");

    t.platform.session_delete(token, &acme.record, request(t)).await.expect("signed out");
    until("the session is over", async || {
        t.platform.session_context(token, &acme.record, request(t)).await.is_err()
    })
    .await;
    let ended = t.platform.session_context(token, &acme.record, request(t)).await;
    assert_eq!(refused(ended), problem::SESSION_ENDED.code);
    t.platform.session_delete(token, &acme.record, request(t)).await.expect("nothing to say the second time");

    let log = audit(t, &acme).await;
    let sessions: Vec<_> = log.iter().filter(|(action, ..)| action == "session.record").collect();
    assert_eq!(sessions.len(), 2, "{log:?}");
    assert!(sessions.iter().all(|(_, who, _)| who == "owner@acme.test"), "{log:?}");
    assert!(sessions[0].2.contains("sign_in") && sessions[1].2.contains("sign_out"), "{log:?}");
    assert!(!format!("{log:?}").contains(secret));
});

#[tokio::test(flavor = "multi_thread")]
async fn unknown_e_mails_and_wrong_passwords_look_the_same() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let mut replies = Vec::new();
    for (email, password) in [
        ("owner@acme.test", "wrong horse battery"),
        ("owner@acme.test", ""),
        ("nobody@acme.test", PASSWORD),
        ("no e-mail at all", PASSWORD),
        ("owner@acme.test\0", PASSWORD),
    ] {
        let reply = t.platform.session_create(&acme.record, &credentials(email, password), &from(&t)).await;
        let error = reply.expect_err("refused");
        replies.push((error.code(), error.detail().to_owned(), error.fields().to_vec(), error.wait()));
    }
    assert!(replies.iter().all(|r| r.0 == problem::CREDENTIALS.code && *r == replies[0]), "{replies:?}");
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_e_mails_and_wrong_passwords_take_as_long() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    let mut times: [Vec<Duration>; 2] = Default::default();
    // Alternating, so that what else the machine does falls on both; several e-mails, because of their limit.
    for n in 0..3 {
        owner.bring(&t, &format!("known{n}@acme.test"), Role::Viewer).await;
        for _ in 0..7 {
            for (kind, email) in
                [format!("known{n}@acme.test"), format!("unknown{n}@acme.test")].iter().enumerate()
            {
                let input = credentials(email, "wrong horse battery");
                let start = Instant::now();
                assert_eq!(
                    refused(t.platform.session_create(&acme.record, &input, &from(&t)).await),
                    problem::CREDENTIALS.code
                );
                times[kind].push(start.elapsed());
            }
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    };
    let (known, unknown) = (median(&mut times[0]), median(&mut times[1]));
    let ratio = known / unknown;
    assert!(
        (0.65..1.55).contains(&ratio),
        "known {known} s, unknown {unknown} s: the time tells who has an account"
    );
    t.stop().await;
}

each_tier!(a_session_opens_its_own_tenant_only, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let owner = Person::owner(t, &acme).await;

    let there = t.platform.session_context(&owner.token, &globex.record, request(t)).await;
    assert_eq!(refused(there), problem::NOT_YOURS.code);
    let mixed = t.store().tenant(&owner.op, globex.record.clone());
    assert_eq!(refused(mixed), problem::NOT_YOURS.code);
    for wrong in ["", "ise_", "ise_0000", "isk_0000", &owner.token[..owner.token.len() - 1]] {
        let reply = t.platform.session_context(wrong, &acme.record, request(t)).await;
        assert_eq!(refused(reply), problem::SESSION_ENDED.code, "{wrong}");
    }

    // The right password of somebody who is no member.
    let input = credentials(&owner_of("acme"), PASSWORD);
    let stranger = t.platform.session_create(&globex.record, &input, &from(t)).await;
    assert_eq!(refused(stranger), problem::NOT_YOURS.code);
    let control = t.control_superuser().await;
    let sessions = "SELECT count(*) FROM control.sessions WHERE tenant_id = $1";
    let there: i64 = control.query_one(sessions, &[&globex.id().uuid()]).await.unwrap().get(0);
    assert_eq!(there, 0, "a session at a tenant that is not theirs");

    // Signing out at the wrong tenant ends nothing.
    t.platform.session_delete(&owner.token, &globex.record, request(t)).await.expect("nothing to say");
    owner.again(&t.platform).await.expect("still signed in at home");
});

#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_gives_a_new_token_and_ends_the_old_one() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let (first, other) = (Person::owner(&t, &acme).await, Person::owner(&t, &acme).await);
    let mut arrival = from(&t);
    arrival.replaces = Some(&first.token);
    let input = credentials(&owner_of("acme"), PASSWORD);
    let second = t.platform.session_create(&acme.record, &input, &arrival).await.expect("signed in");
    assert_ne!(second.token, first.token);
    until("the replaced session is over", async || first.again(&t.platform).await.is_err()).await;
    other.again(&t.platform).await.expect("another browser stays signed in");
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_without_use_and_after_thirty_days() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let (idle, used) = (Person::owner(&t, &acme).await, Person::owner(&t, &acme).await);
    let control = t.control_superuser().await;
    // 65 times 11 hours: 29 days and 19 hours.
    for _ in 0..65 {
        t.clock.advance(SignedDuration::from_hours(11));
        used.again(&t.platform).await.expect("used every 11 hours");
        let now = t.platform.world().now();
        until("the use is noted", async || {
            let seen: jiff::Timestamp =
                control.query_one("SELECT max(seen_at) FROM control.sessions", &[]).await.unwrap().get(0);
            seen >= now - Duration::from_secs(60)
        })
        .await;
    }
    assert_eq!(refused(idle.again(&t.platform).await), problem::SESSION_ENDED.code, "12 hours without use");
    t.clock.advance(SignedDuration::from_hours(6));
    assert_eq!(refused(used.again(&t.platform).await), problem::SESSION_ENDED.code, "30 days");
    assert_eq!(t.store().session_sweep(100).await.expect("swept"), 2);
    t.stop().await;
}

each_tier!(a_new_password_ends_all_sessions, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (owner, host) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    host.bring(t, &owner_of("acme"), Role::Viewer).await;
    let there = Person::sign_in(t, &globex, &owner_of("acme")).await;
    let other = Person::owner(t, &acme).await;

    let update =
        |current: &str, new: &str| PasswordUpdate { current: current.to_owned(), new: new.to_owned() };
    let tenant = owner.tenant(t);
    let wrong = update("wrong horse battery", "another horse, stronger");
    assert_eq!(
        refused(t.platform.password_update(&tenant, &wrong, &from(t)).await),
        problem::CREDENTIALS.code
    );
    let weak = update(PASSWORD, "owner@acme.test");
    assert_eq!(
        refused(t.platform.password_update(&tenant, &weak, &from(t)).await),
        problem::PASSWORD_WEAK.code
    );
    owner.again(&t.platform).await.expect("a refusal changes nothing");

    let right = update(PASSWORD, "another horse, stronger");
    let fresh = t.platform.password_update(&tenant, &right, &from(t)).await.expect("changed");
    t.platform.session_context(&fresh.token, &acme.record, request(t)).await.expect("the new token is valid");
    for old in [&owner, &other, &there] {
        until("an old session is over", async || old.again(&t.platform).await.is_err()).await;
    }
    host.again(&t.platform).await.expect("others stay signed in");
    let old = credentials(&owner_of("acme"), PASSWORD);
    assert_eq!(
        refused(t.platform.session_create(&acme.record, &old, &from(t)).await),
        problem::CREDENTIALS.code
    );
    let log = audit(t, &acme).await;
    assert!(
        log.iter().any(|(action, who, _)| action == "identity.update" && who == "owner@acme.test"),
        "{log:?}"
    );
});

each_tier!(a_suspended_tenant_lets_nobody_in, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let made = owner.invite(t, "ada@acme.test", Role::Viewer).await.expect("an invitation");
    let op = t.operator().await;
    let operation = t.platform.tenant_suspend(&op, acme.id(), None).await.expect("asked");
    assert_eq!(t.ended(operation).await.status.as_str(), "succeeded");
    until("the node knows", async || {
        t.known_tenant(acme.id()).await.record.status == insula_model::TenantStatus::Suspended
    })
    .await;
    let closed = t.known_tenant(acme.id()).await;
    let input = credentials(&owner_of("acme"), PASSWORD);
    let code = problem::TENANT_SUSPENDED.code;
    assert_eq!(refused(t.platform.session_create(&closed.record, &input, &from(t)).await), code);
    let again = t.platform.session_context(&owner.token, &closed.record, request(t)).await;
    assert_eq!(refused(again), code);
    let token = crate::people::token_of(&made);
    assert_eq!(refused(t.platform.invitation_view(&closed.record, &token, request(t)).await), code);
    assert_eq!(refused(crate::people::accept(t, &closed, &token, PASSWORD).await), code);
    t.platform
        .session_delete(&owner.token, &closed.record, request(t))
        .await
        .expect("one can still sign out");
});

each_tier!(changes_act_within_a_second_on_every_node, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let ada = owner.bring(t, "ada@acme.test", Role::Admin).await;
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let role_there = async || match ada.again(&other).await {
        Ok(op) => Some(op.authority().cloned()),
        Err(_) => None,
    };
    let admin = Some(Some(insula_model::Authority::Member(Role::Admin)));
    let viewer = Some(Some(insula_model::Authority::Member(Role::Viewer)));
    assert_eq!(role_there().await, admin);

    t.platform.member_update(&owner.tenant(t), ada.id, Role::Viewer).await.expect("changed");
    let start = Instant::now();
    until("the other node knows the new role", async || role_there().await == viewer).await;
    assert!(start.elapsed() < Duration::from_millis(1_500), "took {:?}", start.elapsed());

    t.platform.member_delete(&owner.tenant(t), ada.id).await.expect("removed");
    let start = Instant::now();
    until("the other node refuses", async || role_there().await.is_none()).await;
    assert!(start.elapsed() < Duration::from_millis(1_500), "took {:?}", start.elapsed());
    assert_eq!(refused(ada.again(&other).await), problem::SESSION_ENDED.code);
    other.store().close();
    tasks.finish(Duration::from_secs(5)).await;
});

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_overlaps_a_new_password_ends_too() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    // As if this session had been made with the password of before, after the others were ended.
    let control = t.control_superuser().await;
    control.batch_execute("UPDATE control.identities SET generation = generation + 1").await.unwrap();
    until("the session is over", async || owner.again(&t.platform).await.is_err()).await;
    assert_eq!(refused(owner.again(&t.platform).await), problem::SESSION_ENDED.code);
    t.stop().await;
}

each_tier!(a_session_outlives_no_membership, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let ada = owner.bring(t, "ada@acme.test", Role::Viewer).await;
    // As if the process had ended between the removal and the end of the sessions.
    let gone = "DELETE FROM members WHERE tenant_id = $1 AND id = $2";
    acme.superuser(t).await.execute(gone, &[&acme.id().uuid(), &ada.id.uuid()]).await.unwrap();
    let start = Instant::now();
    until("the session opens nothing", async || ada.again(&t.platform).await.is_err()).await;
    assert!(start.elapsed() < Duration::from_millis(1_500), "unannounced it took {:?}", start.elapsed());
    let back = owner.bring(t, "ada@acme.test", Role::Viewer).await;
    back.again(&t.platform).await.expect("the new session");
    assert_eq!(
        refused(ada.again(&t.platform).await),
        problem::SESSION_ENDED.code,
        "the old one is not revived"
    );
});

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_of_one_session_at_once() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    for _ in 0..3 {
        t.clock.advance(SignedDuration::from_secs(2));
        let all = futures_util::future::join_all((0..100).map(|_| owner.again(&t.platform))).await;
        assert!(all.iter().all(|r| r.as_ref().is_ok_and(|op| op.member() == Some(owner.id))));
    }
    t.stop().await;
}
