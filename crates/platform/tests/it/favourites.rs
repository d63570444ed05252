//! Favourites: each member's own, and gone with what they hang on.

use insula_model::{
    ApiKeyInput, DashboardId, DashboardInput, Role, Scope, TemplateInput, TemplateTarget, Tier,
};
use insula_testkit::{TestPlatform, TestTenant, each_tier};

use crate::data::overview;
use crate::people::{Person, audit, home, refused, request};

/// What somebody's list begins with: the names of the favourites, and of all.
async fn list(t: &TestPlatform, who: &Person) -> (Vec<String>, Vec<String>) {
    let all = t.platform.dashboard_list(&who.tenant(t)).await.expect("a list").items;
    let marked = all.iter().filter(|d| d.favourite).map(|d| d.name.clone()).collect();
    (marked, all.into_iter().map(|d| d.name).collect())
}

async fn made(t: &TestPlatform, who: &Person, name: &str) -> DashboardId {
    let input = DashboardInput { name: name.to_owned(), ..overview() };
    t.platform.dashboard_create(&who.tenant(t), &input).await.expect("made").id
}

async fn kept(t: &TestPlatform, home: &TestTenant) -> i64 {
    let sql = "SELECT count(*) FROM favourites WHERE tenant_id = $1";
    home.superuser(t).await.query_one(sql, &[&home.id().uuid()]).await.expect("a count").get(0)
}

each_tier!(a_favourite_is_its_members_alone, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let owner = Person::owner(t, &acme).await;
    let viewer = owner.bring(t, "viewer@acme.test", Role::Viewer).await;
    let stranger = Person::owner(t, &globex).await;
    let first = list(t, &owner).await.1;
    let (zebra, apple) = (made(t, &owner, "Zebra").await, made(t, &owner, "Apple").await);
    let before = audit(t, &acme).await.len();

    let platform = &t.platform;
    for _ in 0..2 {
        platform.favourite_create(&viewer.tenant(t), zebra).await.expect("a viewer may, and again");
    }
    let (marked, all) = list(t, &viewer).await;
    assert_eq!((marked, all[0].as_str()), (vec!["Zebra".to_owned()], "Zebra"));
    assert_eq!(all[1..], [first.clone(), vec!["Apple".to_owned()]].concat(), "the others stay in order");
    assert_eq!(list(t, &owner).await.0, [] as [String; 0], "nobody else's list is another");
    platform.favourite_create(&owner.tenant(t), apple).await.expect("marked");
    assert_eq!(
        (list(t, &owner).await.0, list(t, &viewer).await.0),
        (vec!["Apple".to_owned()], vec!["Zebra".to_owned()])
    );

    // What others have is not there, and stays as it was.
    assert_eq!(refused(platform.favourite_create(&stranger.tenant(t), zebra).await), "not_found");
    assert_eq!(refused(platform.favourite_delete(&stranger.tenant(t), zebra).await), "not_found");
    platform.favourite_delete(&owner.tenant(t), zebra).await.expect("the owner has no mark there");
    assert_eq!(list(t, &viewer).await.0, ["Zebra"]);
    platform.favourite_delete(&viewer.tenant(t), zebra).await.expect("taken away");
    assert_eq!(list(t, &viewer).await.0, [] as [String; 0]);
    assert_eq!(audit(t, &acme).await.len(), before, "what somebody likes is no matter of the log");

    // A key is nobody who could like something.
    let key = ApiKeyInput { name: "all of it".into(), scopes: Scope::ALL.to_vec(), expires_at: None };
    let secret = platform.api_key_create(&owner.tenant(t), &key).await.expect("a key").secret;
    let secret = secret.expect("shown once");
    let key = platform.api_key_context(&secret, &acme.record, request(t)).await.expect("valid");
    let tenant = t.store().tenant(&key, acme.record.clone()).expect("its tenant");
    assert_eq!(refused(platform.favourite_create(&tenant, zebra).await), "auth.forbidden");
    assert!(platform.dashboard_list(&tenant).await.expect("a list").items.iter().all(|d| !d.favourite));
});

each_tier!(a_favourite_goes_with_its_dashboard_and_its_member, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let viewer = owner.bring(t, "viewer@acme.test", Role::Viewer).await;
    let (one, other) = (made(t, &owner, "One").await, made(t, &owner, "Other").await);
    for (who, of) in [(&owner, one), (&viewer, one), (&owner, other), (&viewer, other)] {
        t.platform.favourite_create(&who.tenant(t), of).await.expect("marked");
    }
    t.platform.dashboard_delete(&owner.tenant(t), one).await.expect("deleted");
    assert_eq!(kept(t, &acme).await, 2);
    assert_eq!(refused(t.platform.favourite_create(&owner.tenant(t), one).await), "not_found");
    t.platform.member_delete(&owner.tenant(t), viewer.id).await.expect("removed");
    assert_eq!((kept(t, &acme).await, list(t, &owner).await.0), (1, vec!["Other".to_owned()]));
});

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_marked_like_any_other_until_it_is_withdrawn() {
    let t = TestPlatform::start().await;
    let acme = home(&t, "acme", Tier::Pooled).await;
    let owner = Person::owner(&t, &acme).await;
    let op = t.operator().await;
    let input = TemplateInput {
        name: "Published".to_owned(),
        description: None,
        config: overview().config,
        target: TemplateTarget::All,
    };
    let template = t.platform.template_create(&op, &input).await.expect("published");
    let id = template.id.dashboard();
    t.platform.favourite_create(&owner.tenant(&t), id).await.expect("marked");
    assert_eq!(list(&t, &owner).await.0, ["Published"]);
    t.platform.tenant_tidy(acme.id()).await.expect("tidied");
    assert_eq!(kept(&t, &acme).await, 1, "what is published stays marked");

    t.platform.template_withdraw(&op, template.id).await.expect("withdrawn");
    assert_eq!(list(&t, &owner).await.0, [] as [String; 0]);
    assert_eq!(refused(t.platform.favourite_create(&owner.tenant(&t), id).await), "not_found");
    t.platform.tenant_tidy(acme.id()).await.expect("tidied");
    assert_eq!(kept(&t, &acme).await, 0);
    t.stop().await;
}
