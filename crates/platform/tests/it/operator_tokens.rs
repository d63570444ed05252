//! Tokens that operators make for programs: made, listed, used, revoked, each by whom it belongs to.

use insula_model::{OperatorRole, OperatorTokenInput, problem};
use insula_store::{IdempotencyKey, OpCtx, OperatorSessionKind};
use insula_testkit::TestPlatform;
use jiff::{SignedDuration, Timestamp};

use crate::people::{PASSWORD, credentials, from, refused, request};

fn input(name: &str, expires_at: Option<Timestamp>) -> OperatorTokenInput {
    OperatorTokenInput { name: name.to_owned(), expires_at }
}

async fn support(t: &TestPlatform) -> OpCtx {
    let p = &t.platform;
    let admin = t.operator().await;
    p.operator_create(&admin, "help@insula.test", "Help", OperatorRole::Support, PASSWORD)
        .await
        .expect("made");
    let browser = OperatorSessionKind::Browser;
    let signed_in = p
        .operator_session_create(&credentials("help@insula.test", PASSWORD), browser, &from(t))
        .await
        .expect("signed in");
    p.operator_context(&signed_in.token, request(t)).await.expect("valid")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_until_it_is_revoked_or_expires() {
    let t = TestPlatform::start().await;
    let p = &t.platform;
    let op = support(&t).await;
    let now = p.world().now();

    let made = p.operator_token_create(&op, &input("nightly import", None)).await.expect("made");
    let secret = made.secret.expect("shown once");
    assert!(made.token.expires_at >= now + SignedDuration::from_hours(90 * 24));
    let by_token = p.operator_context(&secret, request(&t)).await.expect("it works");
    assert_eq!(by_token.actor(), op.actor(), "it is the operator");

    // It is listed without its secret, and says when it was used.
    t.clock.advance(SignedDuration::from_mins(5));
    let by_token = p.operator_context(&secret, request(&t)).await.expect("it works");
    let list = p.operator_token_list(&by_token, &secret, None, 10).await.expect("a list").items;
    assert_eq!(list.len(), 1, "a browser's sign-in is no token: {list:?}");
    assert_eq!((list[0].name.as_str(), list[0].current), ("nightly import", true));
    assert!(list[0].last_used_at >= Some(now + SignedDuration::from_mins(5)), "{list:?}");

    // Another operator neither sees nor revokes it.
    let admin = t.operator().await;
    let theirs = p.operator_token_list(&admin, "", None, 10).await.expect("a list").items;
    assert!(theirs.iter().all(|token| token.id != made.token.id), "{theirs:?}");
    assert_eq!(refused(p.operator_token_delete(&admin, made.token.id).await), problem::NOT_FOUND.code);

    p.operator_token_delete(&op, made.token.id).await.expect("revoked");
    assert_eq!(refused(p.operator_context(&secret, request(&t)).await), problem::SESSION_ENDED.code);
    assert_eq!(refused(p.operator_token_delete(&op, made.token.id).await), problem::NOT_FOUND.code);

    let soon = p.world().now() + SignedDuration::from_hours(1);
    let made = p.operator_token_create(&op, &input("one hour", Some(soon))).await.expect("made");
    t.clock.advance(SignedDuration::from_hours(1));
    let ended = p.operator_context(&made.secret.expect("shown once"), request(&t)).await;
    assert_eq!(refused(ended), problem::SESSION_ENDED.code);
    assert!(p.operator_token_list(&op, "", None, 10).await.expect("a list").items.is_empty());
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_and_the_same_request_makes_one() {
    let t = TestPlatform::start().await;
    let p = &t.platform;
    let op = support(&t).await;
    let now = p.world().now();
    for wrong in [now, now + SignedDuration::from_hours(367 * 24)] {
        let made = p.operator_token_create(&op, &input("x", Some(wrong))).await;
        assert_eq!(refused(made), problem::INVALID.code, "{wrong}");
    }
    assert_eq!(refused(p.operator_token_create(&op, &input(" ", None)).await), problem::INVALID.code);

    let key = |fingerprint| Some(IdempotencyKey { key: "the same".to_owned(), fingerprint });
    let op = op.with_idempotency(key([1; 32]));
    let first = p.operator_token_create(&op, &input("a", None)).await.expect("made");
    let again = p.operator_token_create(&op, &input("a", None)).await.expect("told");
    assert_eq!((again.token.id, again.secret), (first.token.id, None));
    let op = op.with_idempotency(key([2; 32]));
    let other = p.operator_token_create(&op, &input("b", None)).await;
    assert_eq!(refused(other), problem::IDEMPOTENCY_REUSED.code);

    let op = op.with_idempotency(None);
    for _ in 1..insula_model::operator_token::MAX_OPERATOR_TOKENS {
        p.operator_token_create(&op, &input("many", None)).await.expect("made");
    }
    assert_eq!(refused(p.operator_token_create(&op, &input("many", None)).await), problem::LIMIT.code);
    let page = p.operator_token_list(&op, "", None, 20).await.expect("a page");
    let next = page.next_cursor.expect("there is more");
    let second = p.operator_token_list(&op, "", Some(&next), 20).await.expect("a page");
    assert!(second.items.iter().all(|token| page.items.iter().all(|other| other.id != token.id)));
    t.stop().await;
}
