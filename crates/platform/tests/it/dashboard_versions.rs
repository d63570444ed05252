//! What dashboards were before.

use insula_model::dashboard_version::MAX_DASHBOARD_VERSIONS;
use insula_model::{DashboardId, DashboardInput, DashboardRestore, Role, Tier};
use insula_testkit::{TestPlatform, each_tier};

use crate::data::overview;
use crate::people::{Person, audit, home, occurrences, refused};

fn named(name: &str, note: Option<&str>) -> DashboardInput {
    DashboardInput { name: name.to_owned(), note: note.map(str::to_owned), ..overview() }
}

fn restore(version: i64) -> DashboardRestore {
    DashboardRestore { version, note: None }
}

/// Version, name and note of each, as they are listed.
async fn listed(t: &TestPlatform, who: &Person, id: DashboardId) -> Vec<(i64, String, Option<String>)> {
    let versions = t.platform.dashboard_version_list(&who.tenant(t), id, None, 200).await.expect("a list");
    versions.into_iter().map(|v| (v.version, v.name, v.note)).collect()
}

each_tier!(every_change_is_kept_and_can_be_restored, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let editor = owner.bring(t, "editor@acme.test", Role::Editor).await;
    let platform = &t.platform;
    let made = platform.dashboard_create(&owner.tenant(t), &named("First", None)).await.expect("made");
    let mut second = named("Second", Some("fewer widgets"));
    second.config.widgets.pop();
    second.config.layout.pop();
    platform.dashboard_update(&editor.tenant(t), made.id, Some(1), &second).await.expect("changed");
    let stale = platform.dashboard_restore(&owner.tenant(t), made.id, Some(1), &restore(1)).await;
    let stale = stale.expect_err("somebody changed it");
    assert_eq!((stale.code(), stale.present()), ("version.stale", Some(2)));
    let again = platform.dashboard_restore(&owner.tenant(t), made.id, Some(2), &restore(1)).await;
    let again = again.expect("restored");
    assert_eq!((again.version, again.name.as_str(), again.config), (3, "First", Some(overview().config)));
    assert_eq!(
        listed(t, &owner, made.id).await,
        [
            (3, "First".to_owned(), Some("As in version 1".to_owned())),
            (2, "Second".to_owned(), Some("fewer widgets".to_owned())),
            (1, "First".to_owned(), None),
        ]
    );
    let two = platform.dashboard_version_view(&owner.tenant(t), made.id, 2).await.expect("a version");
    assert_eq!(two.config, Some(second.config));
    assert_eq!(two.author.as_deref(), Some("editor@acme.test"));
    let page = platform.dashboard_version_list(&owner.tenant(t), made.id, Some(3), 1).await.expect("a page");
    assert_eq!(page.iter().map(|v| v.version).collect::<Vec<_>>(), [2]);
    assert_eq!(refused(platform.dashboard_version_view(&owner.tenant(t), made.id, 9).await), "not_found");
    let log = audit(t, &acme).await;
    let (action, _, detail) = log.last().expect("an entry");
    assert_eq!(action, "dashboard.restore");
    assert!(detail.contains("\"restored\":1"), "{detail}");

    // They go with their dashboard.
    platform.dashboard_delete(&owner.tenant(t), made.id).await.expect("deleted");
    assert_eq!(
        refused(platform.dashboard_version_list(&owner.tenant(t), made.id, None, 200).await),
        "not_found"
    );
    assert_eq!(refused(platform.dashboard_version_view(&owner.tenant(t), made.id, 1).await), "not_found");
    assert_eq!(occurrences(&acme.superuser(t).await, "dashboard_versions", "Second").await, 0);
});

each_tier!(versions_of_others_are_not_there, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let theirs = t.platform.dashboard_create(&b.tenant(t), &named("CNRY-B", None)).await.expect("B's").id;
    let tenant = a.tenant(t);
    assert_eq!(refused(t.platform.dashboard_version_list(&tenant, theirs, None, 9).await), "not_found");
    assert_eq!(refused(t.platform.dashboard_version_view(&tenant, theirs, 1).await), "not_found");
    assert_eq!(
        refused(t.platform.dashboard_restore(&tenant, theirs, Some(1), &restore(1)).await),
        "not_found"
    );
    // Two tenants with one id: each has its own past.
    let own = t.platform.dashboard_create(&tenant, &named("A's", None)).await.expect("A's").id;
    let place = acme.superuser(t).await;
    for table in ["dashboards SET id", "dashboard_versions SET dashboard_id"] {
        let column = table.rsplit(' ').next().expect("a column");
        let sql = format!("UPDATE {table} = $1 WHERE {column} = $2 AND tenant_id = $3");
        place.execute(&sql, &[&theirs.uuid(), &own.uuid(), &acme.id().uuid()]).await.expect("renamed");
    }
    let names = |list: Vec<(i64, String, Option<String>)>| list.into_iter().map(|v| v.1).collect::<Vec<_>>();
    assert_eq!(names(listed(t, &a, theirs).await), ["A's"]);
    assert_eq!(names(listed(t, &b, theirs).await), ["CNRY-B"]);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_are_kept_and_the_oldest_give_way() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let id = t.platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made").id;
    let other = t.platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made").id;
    for version in 1..=104 {
        let input = named(&format!("After {version}"), None);
        t.platform.dashboard_update(&owner.tenant(t), id, Some(version), &input).await.expect("changed");
    }
    let kept: Vec<i64> = listed(t, &owner, id).await.into_iter().map(|v| v.0).collect();
    assert_eq!((kept.len(), kept[0], kept[99]), (MAX_DASHBOARD_VERSIONS, 105, 6));
    assert_eq!(listed(t, &owner, other).await.len(), 1);
}

each_tier!(what_was_there_before_versions_were_kept_is_the_first, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let made = t.platform.dashboard_create(&owner.tenant(t), &named("Old", None)).await.expect("made");
    acme.superuser(t).await.execute("DELETE FROM dashboard_versions", &[]).await.expect("as it was");
    assert_eq!(listed(t, &owner, made.id).await, []);
    let change = named("New", None);
    t.platform.dashboard_update(&owner.tenant(t), made.id, Some(1), &change).await.expect("changed");
    let versions =
        t.platform.dashboard_version_list(&owner.tenant(t), made.id, None, 9).await.expect("a list");
    let seen: Vec<_> = versions.into_iter().map(|v| (v.version, v.name, v.author.is_some())).collect();
    assert_eq!(seen, [(2, "New".to_owned(), true), (1, "Old".to_owned(), false)]);
    // A viewer looks and changes nothing.
    let viewer = owner.bring(t, "viewer@acme.test", Role::Viewer).await;
    assert_eq!(listed(t, &viewer, made.id).await.len(), 2);
    let refusal = t.platform.dashboard_restore(&viewer.tenant(t), made.id, Some(2), &restore(1)).await;
    assert_eq!(refused(refusal), "auth.forbidden");
});
