//! How embeds end: by time, by revocation of every kind, with their key, their maker, their dashboard, their tenant; on
//! every node within a second.

use std::time::{Duration, Instant};

use insula_model::{
    ApiKeyInput, EmbedRevocationInput, EmbedTokenInput, PublicLinkInput, Role, Scope, Tier, problem,
};
use insula_platform::Platform;
use insula_testkit::{TestOptions, TestPlatform, TestTenant, each_tier, until};
use jiff::SignedDuration;

use crate::embeds::{dashboard, flown, input, mint, show};
use crate::people::{audit, refused, request};

/// That a token is valid on both nodes, and refused on both within a second after `ending`.
async fn ends(
    t: &TestPlatform,
    other: &Platform,
    at: &TestTenant,
    (token, code): (&str, &str),
    ending: impl AsyncFnOnce(),
) {
    for node in [&t.platform, other] {
        show(t, node, at, token).await.expect("valid");
    }
    ending().await;
    let start = Instant::now();
    for node in [&t.platform, other] {
        until("the node refuses", async || show(t, node, at, token).await.is_err()).await;
        assert_eq!(refused(show(t, node, at, token).await), code);
    }
    assert!(start.elapsed() < Duration::from_millis(1_500), "took {:?}", start.elapsed());
}

each_tier!(a_revoked_token_is_refused_on_every_node_within_a_second, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner, id) = flown(t, "acme", tier).await;
    let other_dashboard = dashboard(t, &owner, "Another").await;
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let revoked = problem::EMBED_REVOKED.code;
    let key = ApiKeyInput { name: "minting".into(), scopes: vec![Scope::EmbedsMint], expires_at: None };
    let key = t.platform.api_key_create(&owner.tenant(t), &key).await.expect("a key");
    let secret = key.secret.clone().expect("shown once");
    let key_op = t.platform.api_key_context(&secret, &acme.record, request(t)).await.expect("valid");
    let by_key = async || {
        let tenant = t.store().tenant(&key_op, acme.record.clone()).expect("its tenant");
        t.platform.embed_token_create(&tenant, &input(id)).await.expect("a token")
    };
    let viewer = |name: &str| EmbedTokenInput { viewer: Some(name.to_owned()), ..input(id) };
    let (one, two) = (mint(t, &owner, &viewer("ada")).await, mint(t, &owner, &viewer("bob")).await);
    let elsewhere = mint(t, &owner, &input(other_dashboard)).await;
    let machine = by_key().await;
    let revoke = async |what: EmbedRevocationInput| {
        t.platform.embed_revocation_create(&owner.tenant(t), &what).await.expect("revoked");
    };
    ends(t, &other, &acme, (&one.token, revoked), async || revoke(EmbedRevocationInput::Token(one.id)).await)
        .await;
    show(t, &other, &acme, &two.token).await.expect("another token stays");
    ends(t, &other, &acme, (&two.token, revoked), async || {
        revoke(EmbedRevocationInput::Viewer("bob".into())).await;
    })
    .await;
    ends(t, &other, &acme, (&machine.token, revoked), async || {
        revoke(EmbedRevocationInput::ApiKey(key.key.id)).await;
    })
    .await;
    show(t, &other, &acme, &elsewhere.token).await.expect("another dashboard stays");
    t.clock.advance(SignedDuration::from_secs(2));
    let later = by_key().await;
    show(t, &other, &acme, &later.token).await.expect("what is made later is valid");
    ends(t, &other, &acme, (&later.token, revoked), async || {
        revoke(EmbedRevocationInput::Dashboard(id)).await;
    })
    .await;
    ends(t, &other, &acme, (&elsewhere.token, revoked), async || {
        revoke(EmbedRevocationInput::All(true)).await
    })
    .await;

    // With the key that made it.
    t.clock.advance(SignedDuration::from_secs(2));
    let last = by_key().await;
    ends(t, &other, &acme, (&last.token, revoked), async || {
        t.platform.api_key_delete(&owner.tenant(t), key.key.id).await.expect("revoked");
    })
    .await;
    let log = audit(t, &acme).await;
    assert_eq!(log.iter().filter(|(action, ..)| action == "embed_revocation.create").count(), 5);

    // They are forgotten when they can match nothing any more.
    t.clock.advance(SignedDuration::from_mins(12));
    t.platform.tenant_tidy(acme.id()).await.expect("tidied");
    let client = acme.superuser(t).await;
    let left = "SELECT count(*) FROM embed_revocations WHERE tenant_id = $1";
    assert_eq!(client.query_one(left, &[&acme.id().uuid()]).await.unwrap().get::<_, i64>(0), 0);
    other.store().close();
    tasks.finish(Duration::from_secs(5)).await;
});

each_tier!(keys_rotate_without_a_gap_and_end_at_once, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner, id) = flown(t, "acme", tier).await;
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let long = EmbedTokenInput { ttl_seconds: Some(600), ..input(id) };
    let before = mint(t, &owner, &long).await;
    let made = t.platform.embed_key_create(&owner.tenant(t)).await.expect("a new key");
    let after = mint(t, &owner, &long).await;
    for node in [&t.platform, &other] {
        for token in [&before.token, &after.token] {
            show(t, node, &acme, token).await.expect("both are valid");
        }
    }
    let keys = t.platform.embed_key_list(&owner.tenant(t)).await.expect("keys").items;
    assert_eq!(keys.len(), 2);
    assert!(keys[0].signing && keys[0].id == made.id && !keys[1].signing && keys[1].verifies_until.is_some());
    assert!(keys.iter().all(|k| !format!("{k:?}").contains("private")));

    // The one that was replaced ends: its tokens with it, the others not.
    ends(t, &other, &acme, (&before.token, problem::EMBED_SIGNATURE.code), async || {
        t.platform.embed_key_delete(&owner.tenant(t), keys[1].id).await.expect("ended");
    })
    .await;
    show(t, &other, &acme, &after.token).await.expect("the new key's token stays");
    // The one that signs ends: another takes its place.
    ends(t, &other, &acme, (&after.token, problem::EMBED_SIGNATURE.code), async || {
        t.platform.embed_key_delete(&owner.tenant(t), made.id).await.expect("ended");
    })
    .await;
    let next = mint(t, &owner, &input(id)).await;
    show(t, &other, &acme, &next.token).await.expect("there is a key");
    assert_eq!(
        refused(t.platform.embed_key_delete(&owner.tenant(t), made.id).await),
        problem::NOT_FOUND.code
    );

    // A replaced key is gone when its last token has ended.
    t.platform.embed_key_create(&owner.tenant(t)).await.expect("a new key");
    t.clock.advance(SignedDuration::from_mins(12));
    assert_eq!(t.platform.embed_key_list(&owner.tenant(t)).await.expect("keys").items.len(), 1);
    other.store().close();
    tasks.finish(Duration::from_secs(5)).await;
});

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_by_itself() {
    let t = TestPlatform::start().await;
    let (acme, owner, id) = flown(&t, "acme", Tier::Pooled).await;
    let short = mint(&t, &owner, &EmbedTokenInput { ttl_seconds: Some(60), ..input(id) }).await;
    show(&t, &t.platform, &acme, &short.token).await.expect("valid for a minute");
    t.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(refused(show(&t, &t.platform, &acme, &short.token).await), problem::EMBED_EXPIRED.code);
    // Made by a node whose clock is ahead.
    t.clock.advance(SignedDuration::from_mins(5));
    let early = mint(&t, &owner, &input(id)).await;
    t.clock.advance(SignedDuration::from_secs(-120));
    assert_eq!(refused(show(&t, &t.platform, &acme, &early.token).await), problem::EMBED_NOT_YET.code);
    let end = t.platform.world().now() + SignedDuration::from_hours(1);
    let link =
        PublicLinkInput { dashboard: id, name: "lobby".into(), expires_at: Some(end), filters: vec![] };
    let link = t.platform.public_link_create(&owner.tenant(&t), &link).await.expect("a link");
    let secret = link.url.expect("an address").split_once('#').expect("a secret").1.to_owned();
    show(&t, &t.platform, &acme, &secret).await.expect("valid for an hour");
    t.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(refused(show(&t, &t.platform, &acme, &secret).await), problem::EMBED_EXPIRED.code);
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_its_maker_its_dashboard_and_its_tenant() {
    let t = TestPlatform::start().await;
    let (acme, owner, id) = flown(&t, "acme", Tier::Pooled).await;
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let revoked = problem::EMBED_REVOKED.code;
    let editor = owner.bring(&t, "ed@acme.test", Role::Editor).await;
    let theirs = mint(&t, &editor, &input(id)).await;
    ends(&t, &other, &acme, (&theirs.token, revoked), async || {
        t.platform.member_delete(&owner.tenant(&t), editor.id).await.expect("removed");
    })
    .await;
    let passing = dashboard(&t, &owner, "Passing").await;
    let (token, link) = (
        mint(&t, &owner, &input(passing)).await.token,
        PublicLinkInput { dashboard: passing, name: "lobby".into(), expires_at: None, filters: vec![] },
    );
    let link =
        t.platform.public_link_create(&owner.tenant(&t), &link).await.expect("a link").url.expect("shown");
    ends(&t, &other, &acme, (&token, revoked), async || {
        t.platform.dashboard_delete(&owner.tenant(&t), passing).await.expect("deleted");
    })
    .await;
    let secret = link.split_once('#').expect("a secret").1;
    assert_eq!(refused(show(&t, &t.platform, &acme, secret).await), revoked);

    let last = mint(&t, &owner, &input(id)).await.token;
    ends(&t, &other, &acme, (&last, problem::TENANT_SUSPENDED.code), async || {
        let op = t.operator().await;
        let operation = t.platform.tenant_suspend(&op, acme.id(), None).await.expect("asked");
        assert_eq!(t.ended(operation).await.status.as_str(), "succeeded");
    })
    .await;
    other.store().close();
    tasks.finish(Duration::from_secs(5)).await;
    t.stop().await;
}
