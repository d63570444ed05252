//! Dashboards and what they show.

use std::sync::Arc;

use futures_util::future::join_all;
use insula_model::{Compare, DashboardInput, Last, Range, Role, SettingsPatch, Tier};
use insula_platform::{DashboardReply, DashboardRequest};
use insula_store::Sizes;
use insula_testkit::{Proxy, TestOptions, TestPlatform, each_tier};
use jiff::SignedDuration;
use serde_json::json;

use crate::data::{flight, flights, ingest, ingest_flights, number, overview, shown};
use crate::people::{Person, audit, home, refused};

/// Nothing but what the dashboard says.
const PLAIN: DashboardRequest<'static> =
    DashboardRequest { range: None, compare: None, known: None, filters: &[] };

each_tier!(a_dashboard_is_made_changed_and_deleted, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let seeded = platform.dashboard_list(&tenant).await.expect("a list").items;
    assert_eq!((seeded.len(), seeded[0].default, seeded[0].config.is_none()), (1, true, true));

    let made = platform.dashboard_create(&tenant, &overview()).await.expect("made");
    assert!(!made.default && made.version == 1);
    assert_eq!(platform.dashboard_view(&tenant, made.id).await.expect("the dashboard"), made);
    let renamed = DashboardInput { name: "Flüge".to_owned(), ..overview() };
    let change = |version| platform.dashboard_update(&tenant, made.id, version, &renamed);
    assert_eq!(refused(change(None).await), "version.required");
    assert_eq!(refused(change(Some(2)).await), "version.stale");
    assert_eq!(change(Some(1)).await.expect("changed").version, 2);
    let wrong = DashboardInput { name: " ".to_owned(), ..overview() };
    assert_eq!(refused(platform.dashboard_create(&tenant, &wrong).await), "input.invalid");

    // The first is deleted: the other one opens first now.
    platform.dashboard_delete(&tenant, seeded[0].id).await.expect("deleted");
    let left = platform.dashboard_list(&tenant).await.expect("a list").items;
    assert_eq!((left.len(), left[0].default, left[0].name.as_str()), (1, true, "Flüge"));
    assert_eq!(refused(platform.dashboard_view(&tenant, seeded[0].id).await), "not_found");
    platform.dashboard_delete(&tenant, made.id).await.expect("deleted");
    assert!(platform.dashboard_create(&tenant, &overview()).await.expect("made").default);
    let actions: Vec<_> = audit(t, &acme).await.into_iter().map(|(action, ..)| action).collect();
    let wanted =
        ["dashboard.create", "dashboard.update", "dashboard.delete", "dashboard.delete", "dashboard.create"];
    assert!(actions.ends_with(&wanted.map(str::to_owned)), "{actions:?}");
});

each_tier!(of_changes_at_once_one_wins, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let made = t.platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made");
    let change = |n: usize| {
        let (input, owner) = (DashboardInput { name: format!("Version of {n}"), ..overview() }, &owner);
        async move { t.platform.dashboard_update(&owner.tenant(t), made.id, Some(1), &input).await }
    };
    let changes = join_all((0..6).map(change)).await;
    let (won, lost): (Vec<_>, Vec<_>) = changes.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 5));
    assert!(lost.into_iter().all(|l| refused(l) == "version.stale"));
});

each_tier!(dashboards_of_others_are_not_there, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let canary = DashboardInput { description: Some("CNRY-B".to_owned()), ..overview() };
    let theirs = t.platform.dashboard_create(&b.tenant(t), &canary).await.expect("B's");
    ingest_flights(t, &b, &flights(3, 50)).await;
    let tenant = a.tenant(t);
    assert_eq!(refused(t.platform.dashboard_view(&tenant, theirs.id).await), "not_found");
    assert_eq!(refused(t.platform.dashboard_data(&tenant, theirs.id, &PLAIN).await), "not_found");
    assert_eq!(refused(t.platform.dashboard_etag(&tenant, theirs.id, &PLAIN).await), "not_found");
    assert_eq!(
        refused(t.platform.dashboard_update(&tenant, theirs.id, Some(1), &overview()).await),
        "not_found"
    );
    assert_eq!(refused(t.platform.dashboard_delete(&tenant, theirs.id).await), "not_found");
    let list = t.platform.dashboard_list(&tenant).await.expect("A's");
    assert!(!serde_json::to_string(&list).expect("JSON").contains("CNRY-B"));
    assert_eq!(t.platform.dashboard_view(&b.tenant(t), theirs.id).await.expect("B's").version, 1);
    assert_eq!(t.platform.cache_mixed(), 0);
});

each_tier!(the_tag_changes_when_what_is_shown_does_and_only_then, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let platform = &t.platform;
    ingest_flights(t, &owner, &flights(4, 300)).await;
    let id = platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made").id;
    let tag = async |request: &DashboardRequest<'_>| {
        platform.dashboard_etag(&owner.tenant(t), id, request).await.expect("a tag")
    };
    let (first, data) = shown(t, &owner, id, &PLAIN).await;
    assert_eq!((first.clone(), data), shown(t, &owner, id, &PLAIN).await);
    assert_eq!(tag(&PLAIN).await, first);
    let known = DashboardRequest { known: Some(&first), ..PLAIN };
    let reply = platform.dashboard_data(&owner.tenant(t), id, &known).await.expect("a reply");
    assert!(matches!(reply, DashboardReply::Unchanged { etag } if etag == first));

    let mut seen = vec![first];
    let mut changed = async |what: &str, request: &DashboardRequest<'_>| {
        let now = tag(request).await;
        assert!(!seen.contains(&now), "{what}: the tag is the same");
        seen.push(now);
    };
    // Another range or comparison is another thing to see.
    let month = Range::from_parts(Some("2013-03-01"), Some("2013-04-01"), None).expect("a range");
    changed("a range", &DashboardRequest { range: month, ..PLAIN }).await;
    changed("a comparison", &DashboardRequest { compare: Some(Compare::PreviousPeriod), ..PLAIN }).await;
    // A new event, not one that is there already.
    ingest(t, &owner, &[flight("new", "2013-05-05T10:00:00Z", 1.0)]).await.expect("taken");
    changed("a new event", &PLAIN).await;
    let before = tag(&PLAIN).await;
    ingest(t, &owner, &[flight("new", "2013-05-05T10:00:00Z", 1.0)]).await.expect("a duplicate");
    let elsewhere = json!({ "id": "x", "dataset": "other", "at": "2013-05-05T10:00:00Z" });
    ingest(t, &owner, &[elsewhere]).await.expect("taken by another dataset");
    assert_eq!(tag(&PLAIN).await, before);
    // Labels, settings, the dashboard itself.
    let put = serde_json::from_value(json!({ "measures": [{ "name": "distance", "label": "Miles" }] }));
    let version = platform.dataset_view(&owner.tenant(t), "flights").await.expect("the dataset").version;
    let put = put.expect("a declaration");
    platform.dataset_update(&owner.tenant(t), "flights", &put, Some(version)).await.expect("declared");
    changed("a label", &PLAIN).await;
    let zone = SettingsPatch { time_zone: Some("Asia/Tokyo".to_owned()), ..SettingsPatch::default() };
    platform.settings_update(&owner.tenant(t), Some(1), &zone).await.expect("changed");
    changed("the time zone", &PLAIN).await;
    platform.dashboard_update(&owner.tenant(t), id, Some(1), &overview()).await.expect("changed");
    changed("the dashboard", &PLAIN).await;
    // A range that moves with the time is another one tomorrow; one that does not is not.
    let week = DashboardRequest { range: Some(Range::Last(Last::Days(7))), ..PLAIN };
    changed("the last 7 days", &week).await;
    let (fixed, moving) = (tag(&PLAIN).await, tag(&week).await);
    t.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(tag(&PLAIN).await, fixed);
    assert_ne!(tag(&week).await, moving);
    // All of it was told by the data as well: nothing kept is shown after a change.
    let (etag, data) = shown(t, &owner, id, &PLAIN).await;
    assert_eq!(etag, fixed);
    let expected: f64 = flights(4, 300).iter().map(|f| f.distance).sum::<f64>() + 1.0;
    assert_eq!(number(&data, "total"), Some(expected));
    assert_eq!(platform.cache_mixed(), 0);
});

each_tier!(what_is_kept_is_never_older_than_what_was_acknowledged, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest(t, &owner, &[flight("0", "2013-01-01T10:00:00Z", 1.0)]).await.expect("taken");
    let id = t.platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made").id;
    // Whoever was told that an event is stored sees it, while others look and send at the same time.
    let side = |n: usize| {
        let owner = &owner;
        async move {
            for m in 0..12 {
                let event = flight(&format!("{n} {m}"), "2013-01-01T10:00:00Z", 1.0);
                ingest(t, owner, &[event]).await.expect("taken");
                let (_, data) = shown(t, owner, id, &PLAIN).await;
                let own = f64::from(m + 1) + 1.0;
                assert!(number(&data, "total").is_some_and(|total| total >= own), "a reply from before");
            }
        }
    };
    join_all((0..4).map(side)).await;
    let (_, data) = shown(t, &owner, id, &PLAIN).await;
    assert_eq!(number(&data, "total"), Some(49.0));
});

each_tier!(another_node_sees_within_a_second_what_was_acknowledged, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest(t, &owner, &[flight("0", "2013-01-01T10:00:00Z", 1.0)]).await.expect("taken");
    let id = t.platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made").id;
    let (node, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let there = async || {
        let op = owner.again(&node).await.expect("signed in there too");
        let tenant = node.store().tenant(&op, Arc::clone(&acme.record)).expect("the tenant");
        match node.dashboard_data(&tenant, id, &PLAIN).await.expect("a reply") {
            DashboardReply::Data { json, .. } => {
                number(&serde_json::from_slice(&json).expect("data"), "total")
            }
            DashboardReply::Unchanged { .. } => panic!("nothing was known"),
        }
    };
    for n in 1..4 {
        assert_eq!(there().await, Some(f64::from(n)));
        let event = flight(&n.to_string(), "2013-01-01T10:00:00Z", 1.0);
        ingest(t, &owner, &[event]).await.expect("taken");
        t.clock.advance(SignedDuration::from_secs(1));
    }
    assert_eq!(there().await, Some(4.0));
    node.store().close();
    tasks.finish(std::time::Duration::from_secs(5)).await;
});

// An operator's look is in the tenant's log, also where nothing had to be read for it.
each_tier!(an_operator_who_looks_at_what_is_known_is_written_down, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let id = t.platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made").id;
    let looks = async || {
        let log = audit(t, &acme).await;
        log.iter().filter(|(action, ..)| action == "dashboard.view").count()
    };
    assert_eq!(looks().await, 0);
    for n in 1..4 {
        let op = t.operator().await.with_reason("a question of the customer's").expect("a reason");
        let tenant = t.store().tenant(&op, Arc::clone(&acme.record)).expect("the tenant");
        t.platform.dashboard_data(&tenant, id, &PLAIN).await.expect("a reply");
        assert_eq!(looks().await, n);
    }
});

each_tier!(an_unchanged_dashboard_is_worked_out_once, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest_flights(t, &owner, &flights(5, 100)).await;
    let id = t.platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made").id;
    let look = |_| async {
        match t.platform.dashboard_data(&owner.tenant(t), id, &PLAIN).await.expect("the dashboard") {
            DashboardReply::Data { json, .. } => json,
            DashboardReply::Unchanged { .. } => panic!("nothing was known"),
        }
    };
    let replies = join_all((0..12).map(look)).await;
    assert!(replies.iter().all(|json| Arc::ptr_eq(json, &replies[0])), "they share one reply");
});

each_tier!(a_widget_without_an_answer_holds_up_no_other, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest_flights(t, &owner, &flights(6, 100)).await;
    let mut input = overview();
    input.config.widgets[1].question_mut().expect("a chart").dataset = "gone".to_owned();
    let id = t.platform.dashboard_create(&owner.tenant(t), &input).await.expect("made").id;
    let (_, data) = shown(t, &owner, id, &PLAIN).await;
    let problem = data.widgets[1].problem.as_ref().expect("a problem");
    assert_eq!(problem.code, "question.invalid");
    assert!(data.widgets[0].value.is_some() && data.widgets[2].value.is_some());

    // PostgreSQL itself refuses one of the statements: the column of `origin` is away for a while.
    let dataset = t.platform.dataset_view(&owner.tenant(t), "flights").await.expect("the dataset");
    let slot = format!("d{}", dataset.definition.dimension("origin").expect("origins").slot);
    let client = acme.superuser(t).await;
    let rename = async |from: &str, to: &str| {
        let sql = format!("ALTER TABLE events RENAME COLUMN {from} TO {to}");
        client.batch_execute(&sql).await.expect("renamed");
    };
    rename(&slot, "away").await;
    let shorter = Range::from_parts(Some("2013-01-01"), Some("2013-12-31"), None).expect("a range");
    let request = DashboardRequest { range: shorter, ..PLAIN };
    let (_, data) = shown(t, &owner, id, &request).await;
    let problem = data.widgets[2].problem.as_ref().expect("a problem");
    assert_eq!(problem.code, "internal");
    assert!(!problem.detail.contains(&slot), "what PostgreSQL says stays in the log");
    assert!(data.widgets[0].value.is_some());
    // That was not kept: as soon as it works again it is shown.
    rename("away", &slot).await;
    let (_, data) = shown(t, &owner, id, &request).await;
    assert!(data.widgets[2].value.is_some());
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_two_hundred_at_most() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let copies = "INSERT INTO dashboards (tenant_id, id, name, config, created_at, updated_at) \
                  SELECT tenant_id, gen_random_uuid(), n::text, config, now(), now() \
                    FROM dashboards, generate_series(1, 195) n WHERE tenant_id = $1";
    acme.superuser(t).await.execute(copies, &[&acme.id().uuid()]).await.expect("195 more");
    let input = overview();
    let tenant = owner.tenant(t);
    let make = join_all((0..8).map(|_| t.platform.dashboard_create(&tenant, &input))).await;
    let (made, refusals): (Vec<_>, Vec<_>) = make.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refusals.len()), (4, 4));
    assert!(refusals.into_iter().all(|r| refused(r) == "limit.reached"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_make_and_look() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let viewer = owner.bring(t, "viewer@acme.test", Role::Viewer).await;
    let editor = owner.bring(t, "editor@acme.test", Role::Editor).await;
    assert_eq!(refused(t.platform.dashboard_create(&viewer.tenant(t), &overview()).await), "auth.forbidden");
    let made = t.platform.dashboard_create(&editor.tenant(t), &overview()).await.expect("an editor may");
    shown(t, &viewer, made.id, &PLAIN).await;
    assert_eq!(refused(t.platform.dashboard_delete(&viewer.tenant(t), made.id).await), "auth.forbidden");
}

/// One thread, so that what is sent together leaves together.
#[tokio::test]
async fn what_a_look_costs_in_round_trips() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    ingest_flights(t, &owner, &flights(8, 100)).await;
    let id = t.platform.dashboard_create(&owner.tenant(t), &overview()).await.expect("made").id;
    let proxy = Proxy::start(&t.databases.url).await;
    let sizes = Sizes { control: 2, pooled: 1, lanes: 1, lane: 1, database: 1, databases: 4, admin: 1 };
    let (node, tasks) = t.another_node_through(&proxy, sizes).await;
    let op = owner.again(&node).await.expect("signed in there too");
    let tenant = node.store().tenant(&op, Arc::clone(&acme.record)).expect("the tenant");
    let mut day = 1;
    let mut look = async |known: Option<&str>, anew: bool| {
        day += i8::from(anew);
        let to = format!("2013-12-{day:02}");
        let range = Range::from_parts(Some("2013-01-01"), Some(&to), None).expect("a range");
        let before = proxy.round_trips();
        let request = DashboardRequest { range, known, ..PLAIN };
        let reply = node.dashboard_data(&tenant, id, &request).await.expect("a reply");
        let (DashboardReply::Data { etag, .. } | DashboardReply::Unchanged { etag }) = reply;
        (etag, proxy.round_trips() - before)
    };
    look(None, true).await;
    let later = || t.clock.advance(SignedDuration::from_secs(1));
    for _ in 0..3 {
        later();
        let (etag, anew) = look(None, true).await;
        assert_eq!(anew, 2, "what was not asked before: its versions, then all its statements");
        later();
        assert_eq!(look(None, false).await.1, 1, "what was asked before");
        later();
        assert_eq!(look(Some(&etag), false).await.1, 1, "what the caller has");
    }
    // What was asked a moment ago costs nothing; at most now and then a look at the versions.
    let mut trips = 0;
    for _ in 0..20 {
        trips += look(None, false).await.1;
    }
    assert!(trips < 10, "{trips} round trips");
    tasks.stop();
}
