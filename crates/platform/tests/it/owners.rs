//! The first owner of a tenant.

use insula_model::{Role, Tier, problem};
use insula_testkit::{TestPlatform, TestTenant, each_tier, until};

use crate::people::{PASSWORD, Person, accept, credentials, from, home, owner_of, refused, token_in};

async fn waiting(t: &TestPlatform, home: &TestTenant) -> Vec<(String, String)> {
    home.superuser(t)
        .await
        .query("SELECT email, role FROM invitations WHERE tenant_id = $1", &[&home.id().uuid()])
        .await
        .expect("the invitations")
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect()
}

/// The link that was mailed to somebody last.
async fn mailed(t: &TestPlatform, email: &str) -> String {
    let control = t.control_superuser().await;
    let sql = "SELECT body FROM control.mails WHERE recipient = $1 ORDER BY id DESC LIMIT 1";
    until("a mail is kept", async || control.query_opt(sql, &[&email]).await.unwrap().is_some()).await;
    let body: String = control.query_one(sql, &[&email]).await.unwrap().get(0);
    body.split_whitespace().find(|w| w.starts_with("http")).expect("a link").to_owned()
}

each_tier!(an_owner_with_a_password_can_sign_in, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let members = owner.members(t).await;
    assert_eq!((members.len(), members[0].role), (1, Role::Owner));
    assert!(waiting(t, &acme).await.is_empty());
});

each_tier!(an_owner_without_a_password_is_invited, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    assert_eq!(waiting(t, &acme).await, [(owner_of("acme"), "owner".to_owned())]);
    let link = mailed(t, &owner_of("acme")).await;
    let signed_in = accept(t, &acme, &token_in(&link), PASSWORD).await.expect("accepted");
    assert_eq!(signed_in.session.member.role, Role::Owner);
});

each_tier!(one_person_owns_several_tenants, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let email = owner_of("acme");
    // With the password that they have they own the next one too.
    let same = t.platform.owner_password(&email, PASSWORD, &[]).await.expect("their own");
    let second = t.tenant_with("second", tier, |r| {
        r.owner.email.clone_from(&email);
        r.owner.password_hash = Some(same);
    });
    let second = second.await;
    Person::sign_in(t, &second, &email).await;
    assert!(waiting(t, &second).await.is_empty());

    // With another they are invited, and the account stays as it is: nobody makes a password for somebody else.
    let other = t.platform.owner_password(&email, "not the horse they had", &[]).await.expect("hashed");
    let third = t.tenant_with("third", tier, |r| {
        r.owner.email.clone_from(&email);
        r.owner.password_hash = Some(other);
    });
    let third = third.await;
    assert_eq!(waiting(t, &third).await, [(email.clone(), "owner".to_owned())]);
    let input = credentials(&email, "not the horse they had");
    let wrong = t.platform.session_create(&third.record, &input, &from(t)).await;
    assert_eq!(refused(wrong), problem::CREDENTIALS.code);
    let right = t.platform.session_create(&third.record, &credentials(&email, PASSWORD), &from(t)).await;
    assert_eq!(refused(right), problem::NOT_YOURS.code, "invited is not yet a member");
    let link = mailed(t, &email).await;
    accept(t, &third, &token_in(&link), PASSWORD).await.expect("accepted with their own password");
    Person::sign_in(t, &acme, &email).await;
});

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_is_refused_before_anything_is_done() {
    let t = TestPlatform::start().await;
    let weak = t.platform.owner_password("owner@acme.test", "acme123456", &["Acme", "acme"]).await;
    let error = weak.expect_err("refused");
    assert_eq!(
        (error.code(), error.fields()[0].pointer.as_str()),
        (problem::PASSWORD_WEAK.code, "/owner/password")
    );
    t.stop().await;
}
