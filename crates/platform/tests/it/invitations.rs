//! Inviting and accepting.

use insula_model::{InvitationId, Role, Tier, problem};
use insula_platform::Mailing;
use insula_testkit::{TestOptions, TestPlatform, each_tier, until};
use jiff::SignedDuration;

use crate::people::{
    PASSWORD, Person, accept, audit, home, occurrences, owner_of, refused, request, token_of,
};

each_tier!(somebody_new_joins, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let made = owner.invite(t, "Ada@Acme.test", Role::Editor).await.expect("invited");
    assert_eq!((made.invitation.email.as_str(), made.invitation.role), ("ada@acme.test", Role::Editor));
    assert_eq!(made.invitation.invited_by, "owner@acme.test");
    let token = token_of(&made);
    assert_eq!(made.link.as_deref(), Some(format!("http://acme.localhost:8080/invitation/{token}").as_str()));
    let client = acme.superuser(t).await;
    assert_eq!(occurrences(&client, "invitations", token.trim_start_matches("itk_")).await, 0);

    let view = t.platform.invitation_view(&acme.record, &token, request(t)).await.expect("seen");
    assert_eq!((view.email.as_str(), view.role, view.has_account), ("ada@acme.test", Role::Editor, false));
    assert_eq!(view.tenant_name, "acme");
    assert_eq!(owner.invitations(t).await, std::slice::from_ref(&made.invitation));

    for (weak, code) in [
        ("short", problem::PASSWORD_WEAK.code),
        ("ada@acme.test", problem::PASSWORD_WEAK.code),
        ("acme-acme-acme", problem::PASSWORD_WEAK.code),
    ] {
        assert_eq!(refused(accept(t, &acme, &token, weak).await), code, "{weak}");
    }
    let signed_in = accept(t, &acme, &token, PASSWORD).await.expect("accepted after refusals");
    assert_eq!(signed_in.session.member.role, Role::Editor);
    assert_eq!(signed_in.session.member.name, "Somebody");
    t.platform.session_context(&signed_in.token, &acme.record, request(t)).await.expect("signed in");
    Person::sign_in(t, &acme, "ada@acme.test").await;
    assert!(owner.invitations(t).await.is_empty());
    assert_eq!(refused(accept(t, &acme, &token, PASSWORD).await), problem::INVITATION_INVALID.code, "used");
    let log = audit(t, &acme).await;
    let of = |name: &str| log.iter().find(|(action, ..)| action == name).map(|(_, who, _)| who.as_str());
    assert_eq!(of("member.invite"), Some("owner@acme.test"));
    assert_eq!(of("member.join"), Some("ada@acme.test"));
    assert!(!format!("{log:?}").contains(token.trim_start_matches("itk_")));
});

each_tier!(an_invitation_is_accepted_once, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let owner = Person::owner(t, &acme).await;
    let token = token_of(&owner.invite(t, "ada@acme.test", Role::Viewer).await.expect("invited"));
    let elsewhere = accept(t, &globex, &token, PASSWORD).await;
    assert_eq!(refused(elsewhere), problem::INVITATION_INVALID.code, "at another tenant");
    let all = futures_util::future::join_all((0..4).map(|_| accept(t, &acme, &token, PASSWORD))).await;
    assert_eq!(all.iter().filter(|r| r.is_ok()).count(), 1, "{all:?}");
    assert_eq!(owner.members(t).await.len(), 2);
});

#[tokio::test(flavor = "multi_thread")]
async fn invitations_expire_are_replaced_and_withdrawn() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    let gone = problem::INVITATION_INVALID.code;

    let first = owner.invite(&t, "ada@acme.test", Role::Viewer).await.expect("invited");
    let second = owner.invite(&t, "ada@acme.test", Role::Editor).await.expect("invited again");
    assert_eq!(owner.invitations(&t).await, std::slice::from_ref(&second.invitation));
    assert_eq!(refused(accept(&t, &acme, &token_of(&first), PASSWORD).await), gone, "replaced");

    t.platform.invitation_delete(&owner.tenant(&t), second.invitation.id).await.expect("withdrawn");
    assert_eq!(refused(accept(&t, &acme, &token_of(&second), PASSWORD).await), gone, "withdrawn");
    let again = t.platform.invitation_delete(&owner.tenant(&t), second.invitation.id).await;
    assert_eq!(refused(again), problem::NOT_FOUND.code);

    let third = owner.invite(&t, "ada@acme.test", Role::Viewer).await.expect("invited");
    t.clock.advance(SignedDuration::from_hours(7 * 24 - 1));
    t.platform.invitation_view(&acme.record, &token_of(&third), request(&t)).await.expect("for seven days");
    t.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(refused(accept(&t, &acme, &token_of(&third), PASSWORD).await), gone, "expired");
    let view = t.platform.invitation_view(&acme.record, &token_of(&third), request(&t)).await;
    assert_eq!(refused(view), gone);
    let never = t.platform.invitation_view(&acme.record, "itk_never", request(&t)).await;
    assert_eq!(refused(never), gone);
    t.stop().await;
}

each_tier!(an_account_joins_with_its_own_password_only, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let owner = Person::owner(t, &acme).await;
    // The reply does not tell that the owner of another tenant has an account.
    let known = owner.invite(t, &owner_of("globex"), Role::Viewer).await.expect("invited");
    let unknown = owner.invite(t, "new@acme.test", Role::Viewer).await.expect("invited");
    let shape = |made: &insula_model::InvitationCreated| {
        let json = serde_json::to_value(made).unwrap();
        json.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(shape(&known), shape(&unknown));

    let token = token_of(&known);
    let view = t.platform.invitation_view(&acme.record, &token, request(t)).await.expect("seen");
    assert!(view.has_account);
    let wrong = accept(t, &acme, &token, "a password of my own").await;
    assert_eq!(refused(wrong), problem::CREDENTIALS.code, "the link alone opens no account");
    let signed_in = accept(t, &acme, &token, PASSWORD).await.expect("accepted");
    assert_eq!(signed_in.session.member.name, "owner", "the account's name stays");
    Person::owner(t, &globex).await;
    let control = t.control_superuser().await;
    let identities: i64 = control
        .query_one("SELECT count(*) FROM control.identities WHERE email = $1", &[&owner_of("globex")])
        .await
        .unwrap()
        .get(0);
    assert_eq!(identities, 1);
});

each_tier!(who_may_invite_whom, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (owner, other) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let admin = owner.bring(t, "admin@acme.test", Role::Admin).await;
    assert_eq!(refused(owner.invite(t, "admin@acme.test", Role::Viewer).await), problem::MEMBER_EXISTS.code);
    assert_eq!(refused(owner.invite(t, "not an e-mail", Role::Viewer).await), problem::INVALID.code);
    // An admin neither replaces nor withdraws the invitation of an owner.
    let made = owner.invite(t, "chief@acme.test", Role::Owner).await.expect("invited");
    assert_eq!(refused(admin.invite(t, "chief@acme.test", Role::Viewer).await), problem::MEMBER_ROLE.code);
    let tenant = admin.tenant(t);
    let withdraw = t.platform.invitation_delete(&tenant, made.invitation.id).await;
    assert_eq!(refused(withdraw), problem::MEMBER_ROLE.code);
    // What others have is absent.
    let theirs = other.invite(t, "x@globex.test", Role::Viewer).await.expect("invited").invitation.id;
    let unknown = InvitationId::from_uuid(t.platform.world().uuid());
    for id in [theirs, unknown] {
        assert_eq!(refused(t.platform.invitation_delete(&tenant, id).await), problem::NOT_FOUND.code);
    }
    assert_eq!(other.invitations(t).await.len(), 1);
    assert_eq!(admin.invitations(t).await.len(), 1);

    // An operator with a reason can, and it stands in the tenant's log.
    let op = t.operator().await.with_reason("the owner lost their account").expect("a reason");
    let tenant = t.store().tenant(&op, acme.record.clone()).expect("visible");
    let input = insula_model::InvitationInput { email: "new-owner@acme.test".to_owned(), role: Role::Owner };
    t.platform.invitation_create(&tenant, &input).await.expect("invited by an operator");
    let log = audit(t, &acme).await;
    let last = log.last().expect("a row");
    assert_eq!((last.0.as_str(), last.1.as_str()), ("member.invite", "operator@insula.test"));
});

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_has_the_link_and_leaves_with_the_commit() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Schema).await;
    let owner = Person::owner(&t, &acme).await;
    let made = owner.invite(&t, "ada@acme.test", Role::Editor).await.expect("invited");
    let control = t.control_superuser().await;
    let mails = "SELECT recipient, subject, body, state FROM control.mails WHERE recipient = 'ada@acme.test'";
    until("the mail is kept", async || !control.query(mails, &[]).await.unwrap().is_empty()).await;
    let mail = control.query_one(mails, &[]).await.unwrap();
    assert!(mail.get::<_, String>(2).contains(made.link.as_deref().unwrap()), "{mail:?}");
    assert_eq!(mail.get::<_, String>(3), "kept");
    // A refused invitation sends nothing.
    assert_eq!(refused(owner.invite(&t, "owner@acme.test", Role::Viewer).await), problem::MEMBER_EXISTS.code);
    let waiting: i64 =
        acme.superuser(&t).await.query_one("SELECT count(*) FROM outbox", &[]).await.unwrap().get(0);
    assert_eq!(waiting, 0);
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_mail_is_sent_the_link_is_not_shown() {
    let mailing =
        Mailing::Smtp { url: "smtp://127.0.0.1:1".to_owned(), from: "insula@insula.test".to_owned() };
    let t = TestPlatform::start_with(TestOptions { mailing, ..TestOptions::default() }).await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    let made = owner.invite(&t, "ada@acme.test", Role::Editor).await.expect("invited");
    assert_eq!(made.link, None, "whoever invites must not get what proves that the address is theirs");
    t.stop().await;
}
