//! Operators sign in to a realm of their own.

use std::net::{IpAddr, Ipv4Addr};

use insula_model::{OperatorRole, Tier, problem};
use insula_platform::{Arrival, FAILURES_PER_EMAIL};
use insula_store::OperatorSessionKind;
use insula_testkit::TestPlatform;
use jiff::SignedDuration;

use crate::people::{PASSWORD, Person, credentials, from, home, owner_of, refused, request};

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_signs_in_and_out() {
    let t = TestPlatform::start().await;
    let _acme = home(&t, "acme", Tier::Pooled).await;
    let p = &t.platform;
    let id = p
        .operator_install("root@insula.test", "Root", OperatorRole::Admin, PASSWORD)
        .await
        .expect("an operator");
    let input = credentials("Root@Insula.test", PASSWORD);
    let browser = OperatorSessionKind::Browser;
    let signed_in = p.operator_session_create(&input, browser, &from(&t)).await.expect("signed in");
    assert_eq!((signed_in.session.operator.id, signed_in.session.installation.tenants), (id, 1));
    assert!(signed_in.session.can.iter().any(|a| a == "tenant.create"));
    let op = p.operator_context(&signed_in.token, request(&t)).await.expect("valid");
    assert_eq!(p.operator_session_view(&op).await.expect("themselves"), signed_in.session);

    let mut arrival = from(&t);
    arrival.replaces = Some(&signed_in.token);
    let second = p.operator_session_create(&input, browser, &arrival).await.expect("signed in");
    assert_eq!(refused(p.operator_context(&signed_in.token, request(&t)).await), problem::SESSION_ENDED.code);
    p.operator_session_delete(&second.token).await.expect("signed out");
    assert_eq!(refused(p.operator_context(&second.token, request(&t)).await), problem::SESSION_ENDED.code);

    let third = p.operator_session_create(&input, browser, &from(&t)).await.expect("signed in");
    t.clock.advance(SignedDuration::from_hours(13));
    assert_eq!(refused(p.operator_context(&third.token, request(&t)).await), problem::SESSION_ENDED.code);
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sets_a_password_anew_ends_what_was_made_with_the_old_one() {
    let t = TestPlatform::start().await;
    let p = &t.platform;
    let install = async |password: &str| {
        p.operator_install("root@insula.test", "Root", OperatorRole::Admin, password)
            .await
            .expect("an operator")
    };
    install(PASSWORD).await;
    let mut made = Vec::new();
    for kind in [OperatorSessionKind::Browser, OperatorSessionKind::Token] {
        let input = credentials("root@insula.test", PASSWORD);
        made.push(p.operator_session_create(&input, kind, &from(&t)).await.expect("signed in").token);
    }
    install("another horse, stronger").await;
    for token in &made {
        assert_eq!(refused(p.operator_context(token, request(&t)).await), problem::SESSION_ENDED.code);
    }
    // Nobody else is signed out.
    t.operator().await;
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_realms_are_apart() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    let p = &t.platform;
    p.operator_install("root@insula.test", "Root", OperatorRole::Admin, PASSWORD).await.expect("an operator");
    // Neither signs in at the other's door, neither's token is worth anything there.
    let wrong = p
        .operator_session_create(
            &credentials(&owner_of("acme"), PASSWORD),
            OperatorSessionKind::Browser,
            &from(&t),
        )
        .await;
    assert_eq!(refused(wrong), problem::CREDENTIALS.code);
    let wrong = p.session_create(&acme.record, &credentials("root@insula.test", PASSWORD), &from(&t)).await;
    assert_eq!(refused(wrong), problem::CREDENTIALS.code);
    assert_eq!(refused(p.operator_context(&owner.token, request(&t)).await), problem::SESSION_ENDED.code);
    let wrong = p.session_context(t.operator_token(), &acme.record, request(&t)).await;
    assert_eq!(refused(wrong), problem::SESSION_ENDED.code);
    assert_eq!(refused(p.operator_session_view(&owner.op).await), problem::NOT_FOUND.code);

    // Inside a tenant an operator says why, and even then does not change members.
    let op = t.operator().await;
    assert_eq!(refused(t.store().tenant(&op, acme.record.clone())), problem::REASON_REQUIRED.code);
    let op = op.with_reason("a ticket of the owner").expect("a reason");
    let tenant = t.store().tenant(&op, acme.record.clone()).expect("visible");
    assert_eq!(p.member_list(&tenant, None, 10).await.expect("seen").items.len(), 1);
    assert_eq!(refused(p.member_delete(&tenant, owner.id).await), problem::FORBIDDEN.code);
    let update = insula_model::PasswordUpdate {
        current: PASSWORD.to_owned(),
        new: "another horse, stronger".to_owned(),
    };
    assert_eq!(refused(p.password_update(&tenant, &update, &from(&t)).await), problem::FORBIDDEN.code);
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_are_limited_and_made_by_admins() {
    let t = TestPlatform::start().await;
    let p = &t.platform;
    let weak = p.operator_install("root@insula.test", "Root", OperatorRole::Admin, "root").await;
    assert_eq!(refused(weak), problem::PASSWORD_WEAK.code);
    let admin = t.operator().await;
    p.operator_create(&admin, "help@insula.test", "Help", OperatorRole::Support, PASSWORD)
        .await
        .expect("made");
    let twice = p.operator_create(&admin, "help@insula.test", "Help", OperatorRole::Support, PASSWORD).await;
    assert_eq!(refused(twice), problem::MEMBER_EXISTS.code);
    let token = OperatorSessionKind::Token;
    let support = p
        .operator_session_create(&credentials("help@insula.test", PASSWORD), token, &from(&t))
        .await
        .expect("signed in");
    assert!(!support.session.can.iter().any(|a| a == "operator.manage"));
    let op = p.operator_context(&support.token, request(&t)).await.expect("valid");
    let made = p.operator_create(&op, "x@insula.test", "X", OperatorRole::Admin, PASSWORD).await;
    assert_eq!(refused(made), problem::FORBIDDEN.code);

    for n in 0..FAILURES_PER_EMAIL {
        let arrival =
            Arrival { address: IpAddr::V4(Ipv4Addr::from(n)), request: request(&t), replaces: None };
        let wrong =
            p.operator_session_create(&credentials("help@insula.test", "wrong horse"), token, &arrival).await;
        assert_eq!(refused(wrong), problem::CREDENTIALS.code);
    }
    let limited =
        p.operator_session_create(&credentials("help@insula.test", PASSWORD), token, &from(&t)).await;
    assert_eq!(refused(limited), problem::RATE_LIMITED.code);
    t.stop().await;
}
