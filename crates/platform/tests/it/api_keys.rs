//! API keys: shown once, bound to a tenant, revoked within a second.

use std::time::{Duration, Instant};

use insula_model::policy::action::{EventIngest, QuestionAsk};
use insula_model::{ApiKeyCreated, ApiKeyId, ApiKeyInput, Result, Scope, Tier, problem};
use insula_platform::{Platform, api_key_tenant};
use insula_store::OpCtx;
use insula_testkit::{TestOptions, TestPlatform, TestTenant, each_tier, until};
use jiff::{SignedDuration, Timestamp};

use crate::people::{Person, audit, home, occurrences, refused, request};

async fn make(t: &TestPlatform, person: &Person, name: &str) -> Result<ApiKeyCreated> {
    make_until(t, person, name, None).await
}

async fn make_until(
    t: &TestPlatform,
    person: &Person,
    name: &str,
    end: Option<Timestamp>,
) -> Result<ApiKeyCreated> {
    let scopes = vec![Scope::EventsWrite, Scope::MembersRead, Scope::EventsWrite];
    let input = ApiKeyInput { name: name.to_owned(), scopes, expires_at: end };
    t.platform.api_key_create(&person.tenant(t), &input).await
}

async fn show(t: &TestPlatform, platform: &Platform, at: &TestTenant, text: &str) -> Result<OpCtx> {
    platform.api_key_context(text, &at.record, request(t)).await
}

each_tier!(a_key_acts_within_its_scopes_and_its_tenant, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let owner = Person::owner(t, &acme).await;
    let made = make(t, &owner, "ingest").await.expect("a key");
    let secret = made.secret.clone().expect("shown once");
    assert_eq!(made.key.scopes, [Scope::EventsWrite, Scope::MembersRead]);
    assert!(secret.starts_with(&made.key.prefix), "{secret}");
    assert_eq!(api_key_tenant(&secret), Some(acme.id()));

    let op = show(t, &t.platform, &acme, &secret).await.expect("valid");
    assert_eq!(op.api_key(), Some(made.key.id));
    let tenant = t.store().tenant(&op, acme.record.clone()).expect("its tenant");
    let _ = tenant.authorize::<EventIngest>().expect("in its scopes");
    assert_eq!(refused(tenant.authorize::<QuestionAsk>()), problem::FORBIDDEN.code);
    assert_eq!(refused(t.platform.api_key_list(&tenant, None, 10).await), problem::FORBIDDEN.code);
    assert_eq!(t.platform.member_list(&tenant, None, 10).await.expect("members:read").items.len(), 1);
    assert_eq!(refused(t.platform.session_view(&tenant).await), problem::FORBIDDEN.code);

    // At another tenant, with another's name in it, altered.
    assert_eq!(refused(show(t, &t.platform, &globex, &secret).await), problem::NOT_YOURS.code);
    assert_eq!(refused(t.store().tenant(&op, globex.record.clone())), problem::NOT_YOURS.code);
    let tail = &secret[secret.len() - 53..];
    let forged = format!("{}{tail}", insula_model::api_key::prefix(globex.id(), made.key.id));
    assert_eq!(refused(show(t, &t.platform, &globex, &forged).await), problem::SESSION_ENDED.code);
    let other = if secret.ends_with('0') { "1" } else { "0" };
    for wrong in [
        format!("{}{other}", &secret[..secret.len() - 1]),
        format!("{}_{}", made.key.prefix, "0".repeat(52)),
        insula_model::api_key::text(acme.id(), ApiKeyId::from_uuid(t.platform.world().uuid()), &tail[1..]),
        made.key.prefix.clone(),
        secret.to_uppercase(),
        String::new(),
        owner.token.clone(),
    ] {
        assert_eq!(
            refused(show(t, &t.platform, &acme, &wrong).await),
            problem::SESSION_ENDED.code,
            "{wrong}"
        );
    }

    let client = acme.superuser(t).await;
    for table in ["api_keys", "audit", "idempotency"] {
        assert_eq!(occurrences(&client, table, &tail[1..]).await, 0, "the secret stands in {table}");
    }
    until("its use is noted", async || {
        let keys = t.platform.api_key_list(&owner.tenant(t), None, 10).await.expect("keys").items;
        keys[0].last_used_at.is_some()
    })
    .await;
    let log = audit(t, &acme).await;
    assert!(
        log.iter().any(|(action, who, _)| action == "api_key.create" && who == "owner@acme.test"),
        "{log:?}"
    );
    assert!(!log.iter().any(|(action, ..)| action == "credential.use"), "{log:?}");
});

each_tier!(a_revoked_key_is_refused_on_every_node_within_a_second, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let made = make(t, &owner, "ingest").await.expect("a key");
    let secret = made.secret.expect("shown once");
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    for node in [&t.platform, &other] {
        show(t, node, &acme, &secret).await.expect("valid");
    }
    t.platform.api_key_delete(&owner.tenant(t), made.key.id).await.expect("revoked");
    let start = Instant::now();
    for node in [&t.platform, &other] {
        until("the node refuses", async || show(t, node, &acme, &secret).await.is_err()).await;
        assert_eq!(refused(show(t, node, &acme, &secret).await), problem::SESSION_ENDED.code);
    }
    assert!(start.elapsed() < Duration::from_millis(1_500), "took {:?}", start.elapsed());
    let again = t.platform.api_key_delete(&owner.tenant(t), made.key.id).await;
    assert_eq!(refused(again), problem::NOT_FOUND.code);
    other.store().close();
    tasks.finish(Duration::from_secs(5)).await;
});

#[tokio::test(flavor = "multi_thread")]
async fn a_key_expires() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    let now = t.platform.world().now();
    let past = make_until(&t, &owner, "old", Some(now)).await;
    assert_eq!(past.expect_err("refused").fields()[0].pointer, "/expires_at");
    let end = now + SignedDuration::from_hours(1);
    let secret = make_until(&t, &owner, "short", Some(end)).await.expect("a key").secret.expect("shown");
    show(&t, &t.platform, &acme, &secret).await.expect("valid for an hour");
    t.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(refused(show(&t, &t.platform, &acme, &secret).await), problem::SESSION_ENDED.code);
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_has_at_most_fifty_keys() {
    let t = TestPlatform::start().await;
    let (acme, globex) = (home(&t, "acme", Tier::Pooled).await, home(&t, "globex", Tier::Pooled).await);
    let (owner, other) = (Person::owner(&t, &acme).await, Person::owner(&t, &globex).await);
    let names: Vec<String> = (0..56).map(|n| format!("key {n}")).collect();
    let made = futures_util::future::join_all(names.iter().map(|name| make(&t, &owner, name))).await;
    let refusals: Vec<_> = made.iter().filter_map(|r| r.as_ref().err().map(|e| e.code())).collect();
    assert_eq!(refusals, [problem::LIMIT.code; 6]);
    let page = t.platform.api_key_list(&owner.tenant(&t), None, 30).await.expect("a page");
    let rest =
        t.platform.api_key_list(&owner.tenant(&t), page.next_cursor.as_deref(), 30).await.expect("a page");
    assert_eq!((page.items.len(), rest.items.len(), rest.next_cursor), (30, 20, None));
    make(&t, &other, "of another tenant").await.expect("has its own fifty");
    t.stop().await;
}

each_tier!(keys_of_others_are_absent, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (owner, other) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let theirs = make(t, &other, "theirs").await.expect("a key");
    let tenant = owner.tenant(t);
    let unknown = ApiKeyId::from_uuid(t.platform.world().uuid());
    for id in [theirs.key.id, unknown] {
        let error = t.platform.api_key_delete(&tenant, id).await.expect_err("absent");
        assert_eq!(error.detail(), format!("There is no API key {id} here."));
    }
    assert!(t.platform.api_key_list(&tenant, None, 10).await.expect("keys").items.is_empty());
    show(t, &t.platform, &globex, &theirs.secret.expect("shown")).await.expect("still valid");
});

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_key() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    let input =
        |name: &str, scopes: Vec<Scope>| ApiKeyInput { name: name.to_owned(), scopes, expires_at: None };
    for (input, pointer) in [
        (input("", vec![Scope::DataRead]), "/name"),
        (input("line\nbreak", vec![Scope::DataRead]), "/name"),
        (input("none", vec![]), "/scopes"),
    ] {
        let error = t.platform.api_key_create(&owner.tenant(&t), &input).await.expect_err("refused");
        assert_eq!(error.fields()[0].pointer, pointer);
    }
    t.stop().await;
}
