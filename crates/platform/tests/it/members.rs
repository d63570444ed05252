//! Members: who may change whom, and the owner that stays.

use insula_model::{MemberId, Role, Tier, problem};
use insula_testkit::{TestPlatform, each_tier};

use crate::people::{Person, audit, home, refused};

each_tier!(members_are_listed_in_pages, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (owner, stranger) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    for n in 0..4 {
        owner.bring(t, &format!("m{n}@acme.test"), Role::Viewer).await;
    }
    let tenant = owner.tenant(t);
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = t.platform.member_list(&tenant, cursor.as_deref(), 2).await.expect("a page");
        assert_eq!(page.total, Some(5));
        assert!(page.items.len() <= 2);
        seen.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let emails: Vec<_> = seen.iter().map(|m| m.email.as_str()).collect();
    assert_eq!(emails, ["owner@acme.test", "m0@acme.test", "m1@acme.test", "m2@acme.test", "m3@acme.test"]);
    assert!(seen[0].you && seen[0].last_seen_at.is_some() && !seen[1].you);

    let wrong = t.platform.member_list(&tenant, Some("dsh_0"), 2).await;
    assert_eq!(refused(wrong), problem::CURSOR.code);
    // A cursor of another tenant shows nothing of it.
    let theirs = stranger.members(t).await;
    assert_eq!(theirs.len(), 1);
    let page = t.platform.member_list(&tenant, Some(&theirs[0].id.to_string()), 200).await.expect("a page");
    assert!(page.items.iter().all(|m| m.email.ends_with("@acme.test")));
});

each_tier!(nobody_reaches_above_their_own_role, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let mut people = Vec::new();
    for role in [Role::Viewer, Role::Editor, Role::Admin, Role::Admin] {
        people.push((role, owner.bring(t, &format!("p{}@acme.test", people.len()), role).await));
    }
    let p = &t.platform;
    for (_, low) in &people[..2] {
        let tenant = low.tenant(t);
        assert_eq!(refused(p.member_list(&tenant, None, 10).await), problem::FORBIDDEN.code);
        assert_eq!(refused(p.member_update(&tenant, low.id, Role::Owner).await), problem::FORBIDDEN.code);
        assert_eq!(refused(p.member_delete(&tenant, people[2].1.id).await), problem::FORBIDDEN.code);
        assert_eq!(refused(low.invite(t, "x@acme.test", Role::Viewer).await), problem::FORBIDDEN.code);
        assert_eq!(refused(p.api_key_list(&tenant, None, 10).await), problem::FORBIDDEN.code);
    }
    let admin = &people[2].1;
    let tenant = admin.tenant(t);
    assert_eq!(refused(p.member_update(&tenant, admin.id, Role::Owner).await), problem::MEMBER_ROLE.code);
    assert_eq!(
        refused(p.member_update(&tenant, people[0].1.id, Role::Owner).await),
        problem::MEMBER_ROLE.code
    );
    assert_eq!(refused(p.member_update(&tenant, owner.id, Role::Viewer).await), problem::MEMBER_ROLE.code);
    assert_eq!(refused(p.member_delete(&tenant, owner.id).await), problem::MEMBER_ROLE.code);
    assert_eq!(refused(admin.invite(t, "x@acme.test", Role::Owner).await), problem::MEMBER_ROLE.code);

    assert_eq!(
        p.member_update(&tenant, people[0].1.id, Role::Admin).await.expect("up to one's own").role,
        Role::Admin
    );
    p.member_delete(&tenant, people[1].1.id).await.expect("removed");
    assert_eq!(refused(p.member_delete(&tenant, people[1].1.id).await), problem::NOT_FOUND.code);

    // Whoever was lowered a moment ago acts with the role that they have now, although this node's `OpCtx` is older.
    p.member_update(&owner.tenant(t), admin.id, Role::Viewer).await.expect("lowered");
    assert_eq!(refused(p.member_delete(&tenant, people[3].1.id).await), problem::MEMBER_ROLE.code);
    assert_eq!(refused(p.member_delete(&tenant, admin.id).await), problem::FORBIDDEN.code);

    let log = audit(t, &acme).await;
    let count = |name: &str| log.iter().filter(|(action, ..)| action == name).count();
    assert_eq!((count("member.join"), count("member.update"), count("member.delete")), (4, 2, 1), "{log:?}");
});

each_tier!(members_of_others_are_absent, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (owner, other) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let victim = other.bring(t, "victim@globex.test", Role::Viewer).await;
    let unknown = MemberId::from_uuid(t.platform.world().uuid());
    let tenant = owner.tenant(t);
    for id in [victim.id, other.id, unknown] {
        let update = t.platform.member_update(&tenant, id, Role::Admin).await.expect_err("absent");
        let delete = t.platform.member_delete(&tenant, id).await.expect_err("absent");
        assert_eq!((update.code(), delete.code()), (problem::NOT_FOUND.code, problem::NOT_FOUND.code));
        assert_eq!(update.detail(), format!("There is no member {id} here."));
    }
    assert_eq!(other.members(t).await.len(), 2);
    victim.again(&t.platform).await.expect("still a member");
});

each_tier!(an_owner_stays, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let tenant = owner.tenant(t);
    let last = problem::MEMBER_LAST_OWNER.code;
    assert_eq!(refused(t.platform.member_delete(&tenant, owner.id).await), last);
    assert_eq!(refused(t.platform.member_update(&tenant, owner.id, Role::Admin).await), last);
    t.platform.member_update(&tenant, owner.id, Role::Owner).await.expect("what it is already");
    let second = owner.bring(t, "second@acme.test", Role::Owner).await;
    t.platform.member_delete(&tenant, owner.id).await.expect("the first may go now");
    assert_eq!(refused(t.platform.member_delete(&second.tenant(t), second.id).await), last);
});

each_tier!(two_owners_do_not_go_at_once, async |t: &TestPlatform, tier: Tier| {
    // Each removes or lowers the other, or themselves.
    for (round, (removed, crossed)) in
        [(true, true), (true, false), (false, true), (false, false)].into_iter().enumerate()
    {
        let acme = home(t, &format!("acme{round}"), tier).await;
        let first = Person::owner(t, &acme).await;
        let second = first.bring(t, "second@acme.test", Role::Owner).await;
        let (a, b) = (first.tenant(t), second.tenant(t));
        let (x, y) = if crossed { (second.id, first.id) } else { (first.id, second.id) };
        let p = &t.platform;
        let refusals = if removed {
            let (x, y) = tokio::join!(p.member_delete(&a, x), p.member_delete(&b, y));
            [x.err(), y.err()]
        } else {
            let (x, y) =
                tokio::join!(p.member_update(&a, x, Role::Viewer), p.member_update(&b, y, Role::Viewer));
            [x.err(), y.err()]
        };
        assert_eq!(refusals.iter().flatten().count(), 1, "one of the two is refused: {refusals:?}");
        let owners: i64 = acme
            .superuser(t)
            .await
            .query_one(
                "SELECT count(*) FROM members WHERE role = 'owner' AND tenant_id = $1",
                &[&acme.id().uuid()],
            )
            .await
            .unwrap()
            .get(0);
        assert_eq!(owners, 1, "{refusals:?}");
    }
});

each_tier!(a_removed_member_is_gone_everywhere, async |t: &TestPlatform, tier: Tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let ada = owner.bring(t, "ada@acme.test", Role::Editor).await;
    let control = t.control_superuser().await;
    let count = async |what: &str| -> i64 {
        let sql = format!(
            "SELECT count(*) FROM control.{what} WHERE tenant_id = $1 AND identity_id = \
             (SELECT id FROM control.identities WHERE email = 'ada@acme.test')"
        );
        control.query_one(&sql, &[&acme.id().uuid()]).await.unwrap().get(0)
    };
    assert_eq!((count("identity_tenants").await, count("sessions").await), (1, 1));
    t.platform.member_delete(&owner.tenant(t), ada.id).await.expect("removed");
    assert_eq!((count("identity_tenants").await, count("sessions").await), (0, 0));

    // Who comes back is a new member; what was signed in before stays ended.
    let back = owner.bring(t, "ada@acme.test", Role::Viewer).await;
    assert_ne!(back.id, ada.id);
    assert_eq!(refused(ada.again(&t.platform).await), problem::SESSION_ENDED.code);
});
