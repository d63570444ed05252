//! Declaring and deleting datasets.

use insula_model::{DatasetPut, Role, Tier};
use insula_testkit::{TestPlatform, each_tier};
use serde_json::json;

use crate::data::{accepted, flight, ingest};
use crate::people::{Person, home, refused};

fn put(text: serde_json::Value) -> DatasetPut {
    serde_json::from_value(text).expect("a declaration")
}

each_tier!(a_dataset_is_declared_changed_and_deleted, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let declared = put(json!({ "label": "All flights", "measures": [{ "name": "distance", "unit": "mi" }] }));
    let (made, new) = platform.dataset_update(&tenant, "flights", &declared, None).await.expect("made");
    assert!(new && made.version == 1 && made.definition.label == "All flights");

    // Events bring a name more; the declaration keeps its labels.
    let sent = ingest(t, &owner, &[flight("1", "2013-01-01T10:00:00Z", 5.0)]).await;
    assert_eq!(sent.expect("taken"), accepted(1));
    let seen = platform.dataset_view(&tenant, "flights").await.expect("the dataset");
    assert_eq!((seen.version, seen.events, seen.definition.dimensions.len()), (2, Some(1), 1));
    assert_eq!(seen.definition.measures[0].unit.as_deref(), Some("mi"));

    let again = |version| platform.dataset_update(&tenant, "flights", &declared, version);
    assert_eq!(refused(again(None).await), "version.required");
    assert_eq!(refused(again(Some(1)).await), "version.stale");
    assert_eq!(again(Some(2)).await.expect("changed").0.version, 3);
    assert_eq!(refused(platform.dataset_update(&tenant, "none", &declared, Some(1)).await), "not_found");
    assert_eq!(refused(platform.dataset_update(&tenant, "No name", &declared, None).await), "input.invalid");

    assert_eq!(platform.dataset_delete(&tenant, "flights").await.expect("deleted"), 1);
    assert_eq!(refused(platform.dataset_view(&tenant, "flights").await), "not_found");
    let left = acme.superuser(t).await.query_one("SELECT count(*) FROM events", &[]).await.expect("a look");
    assert_eq!(left.get::<_, i64>(0), 0);
    // The same event may come again: it is new.
    let sent = ingest(t, &owner, &[flight("1", "2013-01-01T10:00:00Z", 5.0)]).await;
    assert_eq!(sent.expect("taken"), accepted(1));
    let number = "SELECT number FROM datasets WHERE name = 'flights'";
    let number = acme.superuser(t).await.query_one(number, &[]).await.expect("a look");
    assert_eq!(number.get::<_, i32>(0), 2, "a number is not given twice");
});

each_tier!(datasets_of_others_are_not_there, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let canary = put(json!({ "label": "CNRY-B" }));
    t.platform.dataset_update(&b.tenant(t), "secret", &canary, None).await.expect("B's");
    let theirs = t.platform.dataset_view(&a.tenant(t), "secret").await.expect_err("not there");
    let nobodys = t.platform.dataset_view(&a.tenant(t), "absent").await.expect_err("not there");
    assert_eq!(theirs.detail().replace("secret", "absent"), nobodys.detail());
    assert_eq!(refused(t.platform.dataset_delete(&a.tenant(t), "secret").await), "not_found");
    assert!(t.platform.dataset_list(&a.tenant(t)).await.expect("A's").items.is_empty());
    assert_eq!(t.platform.dataset_list(&b.tenant(t)).await.expect("B's").items.len(), 1);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_two_hundred_at_most() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let event =
        |n: usize| json!({ "id": n.to_string(), "dataset": format!("d{n}"), "at": "2013-01-01T10:00:00Z" });
    let events: Vec<_> = (0..203).map(event).collect();
    let receipt = ingest(t, &owner, &events).await.expect("200 are taken");
    assert_eq!((receipt.accepted, receipt.rejected.len()), (200, 3));
    assert!(receipt.rejected.iter().all(|r| r.code == "limit.reached" && r.index >= 200), "{receipt:?}");
    let one_more =
        t.platform.dataset_update(&owner.tenant(t), "one_more", &DatasetPut::default(), None).await;
    assert_eq!(refused(one_more), "limit.reached");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_declare_and_delete() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let viewer = owner.bring(t, "viewer@acme.test", Role::Viewer).await;
    let editor = owner.bring(t, "editor@acme.test", Role::Editor).await;
    let declare = async |who: &Person| {
        t.platform.dataset_update(&who.tenant(t), "flights", &DatasetPut::default(), None).await.map(drop)
    };
    assert_eq!(refused(declare(&viewer).await), "auth.forbidden");
    declare(&editor).await.expect("an editor declares");
    assert_eq!(refused(t.platform.dataset_delete(&editor.tenant(t), "flights").await), "auth.forbidden");
    t.platform.dataset_list(&viewer.tenant(t)).await.expect("a viewer sees");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_dataset_is_deleted_wholly() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    ingest(t, &owner, &[flight("1", "2013-01-01T10:00:00Z", 5.0)]).await.expect("taken");
    // More than one statement deletes: first 300,000 at one instant, then 250,000 that follow each other.
    let many = "INSERT INTO events (tenant_id, dataset, at, id) \
                SELECT $1, 1, '2013-01-01T10:00:00Z'::timestamptz + greatest(n - 300000, 0) * interval '1 second', \
                       gen_random_uuid() FROM generate_series(1, 550000) n";
    let client = acme.superuser(t).await;
    client.execute(many, &[&acme.id().uuid()]).await.expect("many");
    let theirs = "INSERT INTO events (tenant_id, dataset, at, id) SELECT gen_random_uuid(), 1, at, id FROM events LIMIT 10";
    client.execute(theirs, &[]).await.expect("ten of others");
    let deleted = t.platform.dataset_delete(&owner.tenant(t), "flights").await;
    assert_eq!(deleted.expect("deleted"), 550_001);
    let left = client.query_one("SELECT count(*) FROM events", &[]).await.expect("a look");
    assert_eq!(left.get::<_, i64>(0), 10, "of others");
}
