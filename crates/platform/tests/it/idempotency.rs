//! A request that is sent again takes effect once.

use std::sync::Arc;

use insula_model::{ApiKeyCreated, ApiKeyInput, InvitationInput, Result, Role, Scope, Tier, problem};
use insula_store::IdempotencyKey;
use insula_testkit::{TestPlatform, TestTenant, each_tier};
use jiff::SignedDuration;

use crate::people::{Person, audit, home, occurrences, refused};

fn key(key: &str, fingerprint: u8) -> Option<IdempotencyKey> {
    Some(IdempotencyKey { key: key.to_owned(), fingerprint: [fingerprint; 32] })
}

async fn make(
    t: &TestPlatform,
    acme: &TestTenant,
    person: &Person,
    name: &str,
    sent: Option<IdempotencyKey>,
) -> Result<ApiKeyCreated> {
    let op = person.again(&t.platform).await?.with_idempotency(sent);
    let tenant = t.store().tenant(&op, Arc::clone(&acme.record))?;
    let input = ApiKeyInput { name: name.to_owned(), scopes: vec![Scope::DataRead], expires_at: None };
    t.platform.api_key_create(&tenant, &input).await
}

async fn keys(t: &TestPlatform, person: &Person) -> usize {
    t.platform.api_key_list(&person.tenant(t), None, 200).await.expect("keys").items.len()
}

each_tier!(the_same_request_takes_effect_once, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let first = make(t, &acme, &owner, "a", key("key-number-1", 1)).await.expect("made");
    let replay = make(t, &acme, &owner, "a", key("key-number-1", 1)).await.expect("the same reply");
    assert_eq!(replay.key, first.key);
    assert!(first.secret.is_some() && first.note.is_none());
    assert!(replay.secret.is_none() && replay.note.is_some(), "a secret is not kept, and the reply says so");
    assert_eq!(keys(t, &owner).await, 1);
    let made = audit(t, &acme).await.iter().filter(|(action, ..)| action == "api_key.create").count();
    assert_eq!(made, 1, "a replay is no second act");
    let secret = first.secret.expect("shown once");
    let client = acme.superuser(t).await;
    assert_eq!(occurrences(&client, "idempotency", &secret[secret.len() - 52..]).await, 0);

    let other = make(t, &acme, &owner, "b", key("key-number-1", 2)).await;
    assert_eq!(refused(other), problem::IDEMPOTENCY_REUSED.code);
    make(t, &acme, &owner, "a", key("key-number-2", 1)).await.expect("another key, another effect");
    make(t, &acme, &owner, "a", None).await.expect("no key, another effect");
    assert_eq!(keys(t, &owner).await, 3);

    // The key is the actor's own, and the tenant's.
    let globex = home(t, "globex", tier).await;
    let stranger = Person::owner(t, &globex).await;
    make(t, &globex, &stranger, "c", key("key-number-1", 3)).await.expect("of another tenant");
    let admin = owner.bring(t, "admin@acme.test", Role::Admin).await;
    make(t, &acme, &admin, "d", key("key-number-1", 4)).await.expect("of another member");

    t.clock.advance(SignedDuration::from_hours(25));
    let owner = Person::owner(t, &acme).await;
    make(t, &acme, &owner, "b", key("key-number-1", 2)).await.expect("forgotten after a day");
});

each_tier!(the_same_request_many_times_at_once, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let all = (0..8).map(|_| make(t, &acme, &owner, "a", key("key-number-1", 1)));
    let all: Vec<_> =
        futures_util::future::join_all(all).await.into_iter().map(|r| r.expect("a reply")).collect();
    assert_eq!(all.iter().filter(|r| r.secret.is_some()).count(), 1);
    assert!(all.iter().all(|r| r.key == all[0].key), "{all:?}");
    assert_eq!(keys(t, &owner).await, 1);
});

each_tier!(a_refusal_is_not_kept, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let ada = owner.bring(t, "ada@acme.test", Role::Viewer).await;
    let invite = async || {
        let op = owner.again(&t.platform).await?.with_idempotency(key("invite-ada", 1));
        let tenant = t.store().tenant(&op, Arc::clone(&acme.record))?;
        let input = InvitationInput { email: "ada@acme.test".to_owned(), role: Role::Viewer };
        t.platform.invitation_create(&tenant, &input).await
    };
    assert_eq!(refused(invite().await), problem::MEMBER_EXISTS.code);
    t.platform.member_delete(&owner.tenant(t), ada.id).await.expect("removed");
    let made = invite().await.expect("now it can be done");
    let replay = invite().await.expect("the same reply");
    assert_eq!(replay.invitation, made.invitation);
    assert!(made.link.is_some() && replay.link.is_none(), "the link is secret");
});

each_tier!(what_has_expired_is_removed, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (owner, other) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    for (tenant, person) in [(&acme, &owner), (&globex, &other)] {
        make(t, tenant, person, "a", key("key-number-1", 1)).await.expect("made");
        person.invite(t, "ada@example.test", Role::Viewer).await.expect("invited");
    }
    assert_eq!(t.platform.tenant_tidy(acme.id()).await.expect("nothing yet"), 0);
    t.clock.advance(SignedDuration::from_hours(8 * 24));
    assert_eq!(t.platform.tenant_tidy(acme.id()).await.expect("tidied"), 2);
    assert_eq!(t.platform.tenant_tidy(acme.id()).await.expect("tidied"), 0);
    assert_eq!(t.platform.tenant_tidy(globex.id()).await.expect("the other's are the other's"), 2);
});
