//! Taking events in.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use insula_model::{Role, Tier, event_uuid};
use insula_store::IdempotencyKey;
use insula_testkit::{Client, TestPlatform, TestTenant, each_tier, until};
use serde_json::{Value, json};

use crate::data::{accepted, batch, flight, ingest};
use crate::people::{Person, home, refused};

/// Events of a tenant, datasets' own count of them, and their data version, as they really are.
async fn stored(t: &TestPlatform, home: &TestTenant) -> (i64, i64, i64) {
    let row = home
        .superuser(t)
        .await
        .query_one(
            "SELECT (SELECT count(*) FROM events WHERE tenant_id = $1), coalesce(sum(events), 0)::bigint, \
                    coalesce(sum(data_version), 0)::bigint FROM datasets WHERE tenant_id = $1",
            &[&home.id().uuid()],
        )
        .await
        .expect("a look");
    (row.get(0), row.get(1), row.get(2))
}

each_tier!(every_event_is_accounted_for, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let events = [
        flight("1", "2013-01-01T10:00:00Z", 100.0),
        json!({ "id": "2", "dataset": "flights", "at": "yesterday" }),
        flight("1", "2013-01-01T10:00:00Z", 100.0),
        flight("3", "2013-01-01T10:00:00.123456789+05:45", 7.5),
        json!({ "id": "4", "dataset": "Flights", "at": "2013-01-01T10:00:00Z" }),
        json!({ "id": "5", "dataset": "delays", "at": "2013-01-01T10:00:00Z", "tenant_id": "x" }),
        json!({ "id": "6", "dataset": "delays", "at": "2013-01-01T10:00:00Z", "measures": { "late": 3 } }),
    ];
    let receipt = ingest(t, &owner, &events).await.expect("some are taken");
    assert_eq!((receipt.accepted, receipt.duplicates), (3, 1));
    let rejected: Vec<_> = receipt.rejected.iter().map(|r| (r.index, r.code.as_str())).collect();
    assert_eq!(rejected, [(1, "event.at"), (4, "event.dataset"), (5, "event.json")]);
    assert_eq!(stored(t, &acme).await, (3, 3, 2));

    // Sent again nothing changes, the version of the data included.
    let again = ingest(t, &owner, &events).await.expect("some are there");
    assert_eq!((again.accepted, again.duplicates, again.rejected.len()), (0, 4, 3));
    assert_eq!(stored(t, &acme).await, (3, 3, 2));

    let none = ingest(t, &owner, &events[1..2]).await.expect_err("nothing to take");
    assert_eq!((none.code(), none.fields()[0].pointer.as_str()), ("events.none_accepted", "/events/0"));
    assert_eq!(stored(t, &acme).await, (3, 3, 2));

    let row = acme
        .superuser(t)
        .await
        .query_one(
            "SELECT to_char(at AT TIME ZONE 'UTC', 'HH24:MI:SS.US'), m1, d1, m2 FROM events WHERE m1 = 7.5",
            &[],
        )
        .await
        .expect("the third");
    assert_eq!(row.get::<_, &str>(0), "04:15:00.123456");
    assert_eq!((row.get::<_, &str>(2), row.get::<_, Option<f64>>(3)), ("EWR", None));
});

each_tier!(the_same_batch_from_many_sides_at_once_is_stored_once, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let events: Vec<Value> =
        (0..400).map(|n| flight(&format!("e{n}"), "2013-01-01T10:00:00Z", f64::from(n))).collect();
    let send = |side: usize| {
        // Each side in another order, so that locks are asked for in another order.
        let mut mine = events.clone();
        mine.rotate_left(side * 37);
        if side % 2 == 1 {
            mine.reverse();
        }
        let owner = &owner;
        async move { ingest(t, owner, &mine).await }
    };
    let receipts = join_all((0..8).map(send)).await;
    let receipts: Vec<_> = receipts.into_iter().map(|r| r.expect("every side is answered")).collect();
    assert_eq!(receipts.iter().map(|r| r.accepted).sum::<u64>(), 400);
    assert_eq!(receipts.iter().map(|r| r.duplicates).sum::<u64>(), 7 * 400);
    let (events, counted, _) = stored(t, &acme).await;
    assert_eq!((events, counted), (400, 400));
});

each_tier!(names_that_many_bring_at_once_get_one_slot_each, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let send = |side: usize| {
        let owner = &owner;
        let events: Vec<Value> = (0..5)
            .map(|n| {
                json!({ "id": format!("{side}-{n}"), "dataset": if n < 4 { "shared".to_owned() } else { format!("own_{side}") },
                        "at": "2013-01-01T10:00:00Z", "measures": { format!("m_{}", side % 8): side },
                        "dimensions": { format!("d_{side}"): format!("value of {side}") } })
            })
            .collect();
        async move { ingest(t, owner, &events).await }
    };
    for receipt in join_all((0..12).map(send)).await {
        assert_eq!(receipt.expect("the first batches are taken"), accepted(5));
    }
    let tenant = owner.tenant(t);
    let shared = t.platform.dataset_view(&tenant, "shared").await.expect("the dataset").definition;
    let slots: BTreeSet<u8> = shared.dimensions.iter().map(|d| d.slot).collect();
    assert_eq!((shared.dimensions.len(), slots.len(), shared.measures.len()), (12, 12, 8));
    let numbers = t.platform.dataset_list(&tenant).await.expect("the datasets");
    assert_eq!(numbers.total, Some(13));
    let client = acme.superuser(t).await;
    for dimension in &shared.dimensions {
        let side = dimension.name.strip_prefix("d_").expect("its side");
        let sql = format!(
            "SELECT count(*) FROM events e JOIN datasets d ON d.number = e.dataset AND d.tenant_id = e.tenant_id \
              WHERE d.name = 'shared' AND e.tenant_id = $1 AND d{} = $2",
            dimension.slot
        );
        let row = client.query_one(&sql, &[&acme.id().uuid(), &format!("value of {side}")]).await;
        assert_eq!(row.expect("a look").get::<_, i64>(0), 4, "{}", dimension.name);
    }
});

each_tier!(an_event_that_finds_no_slot_is_rejected_alone, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let wide = |id: &str, names: std::ops::Range<u32>| {
        let measures: serde_json::Map<_, _> = names.map(|n| (format!("m{n}"), json!(n))).collect();
        json!({ "id": id, "dataset": "wide", "at": "2013-01-01T10:00:00Z", "measures": measures })
    };
    let events = [wide("1", 0..6), wide("2", 4..9), wide("3", 0..6), wide("4", 5..8)];
    let receipt = ingest(t, &owner, &events).await.expect("three are taken");
    let rejected: Vec<_> = receipt.rejected.iter().map(|r| (r.index, r.code.as_str())).collect();
    assert_eq!((receipt.accepted, rejected), (3, vec![(1, "dataset.full")]));
    assert_eq!(refused(ingest(t, &owner, &events[1..2]).await), "events.none_accepted");
});

each_tier!(the_same_ids_in_two_tenants_are_two_events, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let mine = |canary: &str| {
        json!({ "id": "same", "dataset": "flights", "at": "2013-01-01T10:00:00Z",
                "measures": { "distance": 1 }, "dimensions": { "note": canary } })
    };
    assert_eq!(ingest(t, &b, &[mine("CNRY-B")]).await.expect("B's"), accepted(1));
    // Neither a duplicate of B's nor an error that tells of it.
    assert_eq!(ingest(t, &a, &[mine("CNRY-A")]).await.expect("A's"), accepted(1));
    assert_eq!((stored(t, &acme).await.0, stored(t, &globex).await.0), (1, 1));
});

/// Waits until a transaction waits for another one.
pub(crate) async fn somebody_waits(watcher: &Client) {
    until("somebody waits for the other transaction", || async {
        let waiting = "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
                        WHERE NOT l.granted AND a.datname = current_database())";
        watcher.query_one(waiting, &[]).await.expect("a look").get(0)
    })
    .await;
}

each_tier!(an_event_that_another_stores_at_that_moment_is_a_duplicate, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest(t, &owner, &[flight("0", "2013-01-01T10:00:00Z", 1.0)]).await.expect("a first event");
    let (client, watcher) = (acme.superuser(t).await, acme.superuser(t).await);
    client.batch_execute("BEGIN").await.expect("begun");
    let theirs =
        "INSERT INTO events (tenant_id, dataset, at, id) SELECT tenant_id, dataset, at, $1 FROM events";
    client.execute(theirs, &[&event_uuid("1")]).await.expect("stored, not committed");
    let mine: Vec<Value> = (1..4).map(|n| flight(&n.to_string(), "2013-01-01T10:00:00Z", 1.0)).collect();
    let other = async {
        somebody_waits(&watcher).await;
        client.batch_execute("COMMIT").await.expect("committed");
    };
    let (receipt, ()) = futures_util::join!(ingest(t, &owner, &mine), other);
    let receipt = receipt.expect("the rest is taken");
    assert_eq!((receipt.accepted, receipt.duplicates), (2, 1));
    assert_eq!(stored(t, &acme).await.0, 4);
});

each_tier!(a_dataset_that_goes_meanwhile_takes_nothing_half, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest(t, &owner, &[flight("1", "2013-01-01T10:00:00Z", 1.0)]).await.expect("a first event");
    // Somebody deletes the dataset and has not committed when the next batch comes.
    let client = acme.superuser(t).await;
    client.batch_execute("BEGIN; DELETE FROM datasets WHERE name = 'flights'").await.expect("deleted");
    let (late, watcher) = (flight("2", "2013-01-01T10:00:00Z", 2.0), acme.superuser(t).await);
    let sending = ingest(t, &owner, std::slice::from_ref(&late));
    let deleting = async {
        somebody_waits(&watcher).await;
        client.batch_execute("COMMIT").await.expect("committed");
    };
    let (sent, ()) = futures_util::join!(sending, deleting);
    assert_eq!(refused(sent), "database.down");
    assert_eq!(stored(t, &acme).await.0, 1, "the late event is not there");
    // Sent again it makes the dataset anew, under a number that never was another's.
    assert_eq!(ingest(t, &owner, &[late]).await.expect("taken"), accepted(1));
    let numbers = watcher.query("SELECT DISTINCT dataset FROM events ORDER BY 1", &[]).await.expect("a look");
    assert_eq!(numbers.len(), 2);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_makes_a_batch_take_effect_once() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let key = |fingerprint: u8| {
        Some(IdempotencyKey { key: "batch-number-1".to_owned(), fingerprint: [fingerprint; 32] })
    };
    let events = [flight("1", "2013-01-01T10:00:00Z", 1.0)];
    for _ in 0..2 {
        let op = owner.again(&t.platform).await.expect("a request").with_idempotency(key(1));
        let tenant = t.store().tenant(&op, Arc::clone(&acme.record)).expect("the tenant");
        let receipt = t.platform.event_ingest(&tenant, batch(&events)).await;
        assert_eq!(receipt.expect("the same reply both times"), accepted(1));
    }
    let op = owner.again(&t.platform).await.expect("a request").with_idempotency(key(2));
    let tenant = t.store().tenant(&op, Arc::clone(&acme.record)).expect("the tenant");
    assert_eq!(refused(t.platform.event_ingest(&tenant, batch(&events)).await), "idempotency.reused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn viewers_send_nothing() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let viewer = owner.bring(t, "viewer@acme.test", Role::Viewer).await;
    let sent = ingest(t, &viewer, &[flight("1", "2013-01-01T10:00:00Z", 1.0)]).await;
    assert_eq!(refused(sent), "auth.forbidden");
}
