//! Sums by day, held against the events that they are sums of.

use std::time::Duration;

use insula_insight::{Rolled, Source, compile, days_over, reference};
use insula_model::policy::action::RollupUpdate;
use insula_model::{Agg, Aggregate, Event, Figure, Question, SettingsPatch, Tier};
use insula_store::{OpCtx, StoredDataset};
use insula_testkit::{TestPlatform, TestTenant, each_tier, until};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::data::{flights, ingest_flights};
use crate::people::{Person, home, request};
use crate::questions::{compared, names, put_in, stored};
use crate::tables::Tables;

/// How many random questions are asked in each tier.
const RANDOM: u64 = 120;

fn event(seed: u128, at: &str, origin: &str, distance: f64) -> Event {
    Event {
        id: uuid::Uuid::from_u128(seed),
        dataset: "flights".to_owned(),
        at: at.parse().expect("a moment"),
        measures: vec![("distance".to_owned(), distance)],
        dimensions: vec![("origin".to_owned(), origin.to_owned())],
    }
}

/// An event a day in January 2026, and the dataset that they make.
async fn january(t: &TestPlatform, owner: &Person) -> StoredDataset {
    let events: Vec<Event> =
        (1..=31).map(|day| event(day, &format!("2026-01-{day:02}T12:00:00Z"), "EWR", 1.0)).collect();
    put_in(t, owner, &events).await;
    stored(t, owner, "flights").await
}

/// What is left of a question when it is about one dimension at most, and about what there are sums of.
fn simple(question: Question) -> Question {
    let adds_up =
        |figure: &Figure| figure.aggregate().is_some_and(|a| a.agg != Agg::Last && a.dimension.is_none());
    let mut simple = question;
    simple.measures.retain(adds_up);
    if simple.measures.is_empty() {
        simple.measures.push(Aggregate::count().into());
    }
    simple.sort = None;
    simple.by.truncate(1);
    let by = simple.by.first().cloned();
    simple.filters.retain(|filter| by.as_deref().is_none_or(|by| by == filter.name()));
    simple.filters.truncate(1);
    simple
}

/// Sums up everything.
async fn sum_up(t: &TestPlatform, home: &TestTenant, dataset: &StoredDataset) {
    while !t.platform.rollup_update(home.record.id, dataset.number).await.expect("summed up") {}
}

fn question(json: serde_json::Value) -> Question {
    serde_json::from_value(json).expect("a question")
}

/// The total of January.
async fn total(t: &TestPlatform, owner: &Person) -> Option<f64> {
    total_of(t, owner, "distance").await
}

async fn total_of(t: &TestPlatform, owner: &Person, measure: &str) -> Option<f64> {
    let request = insula_platform::QuestionRequest::new(question(json!({
        "dataset": "flights", "measures": [{ "agg": "sum", "measure": measure }],
        "range": { "from": "2026-01-01", "to": "2026-02-01" }
    })));
    let answer = t.platform.question_ask(&owner.tenant(t), &request).await.expect("an answer");
    answer.data[0].numbers().expect("numbers")[0]
}

async fn count(t: &TestPlatform, home: &TestTenant, sql: &str) -> i64 {
    let id = home.record.id.uuid();
    home.superuser(t).await.query_one(sql, &[&id]).await.expect("a count").get(0)
}

each_tier!(random_questions_are_answered_as_the_events_say, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let tables = Tables::make(t, &owner).await;
    let (mut answers, mut of_sums, mut looked_up, mut rows) = (0, 0, 0, 0);
    for seed in 0..RANDOM / 10 {
        let mut dice = reference::Dice::looking_up(seed * 7_000 + tier as u64);
        let context = dice.context();
        if seed > 0 {
            t.platform.dataset_delete(&owner.tenant(t), "flights").await.expect("deleted");
        }
        let mut all = vec![names(seed, context.now - SignedDuration::from_hours(24 * 40))];
        all.extend(dice.events(context.now));
        put_in(t, &owner, &all).await;
        // In turn: days of the zone that is asked in, and of others, for which they are no use.
        let zone =
            if seed % 4 == 3 { "America/St_Johns".to_owned() } else { Rolled::zone_of(&context.time_zone) };
        let patch = SettingsPatch { time_zone: Some(zone), ..SettingsPatch::default() };
        let version = t.platform.settings_view(&owner.tenant(t)).await.expect("settings").version;
        t.platform.settings_update(&owner.tenant(t), Some(version), &patch).await.expect("a time zone");
        let dataset = stored(t, &owner, "flights").await;
        sum_up(t, &acme, &dataset).await;
        // Late ones, of which some or none are summed up, too.
        let mut late = dice.events(context.now);
        late.truncate(60);
        put_in(t, &owner, &late).await;
        if seed % 3 == 1 {
            sum_up(t, &acme, &dataset).await;
            let mut last = dice.events(context.now);
            last.truncate(20);
            put_in(t, &owner, &last).await;
            all.extend(last);
        }
        all.extend(late);
        let own = Rolled::zone_of(&context.time_zone);
        tables.fill(t, &owner, &mut dice).await;
        tables.look_up(t, &owner).await;
        let mut dataset = stored(t, &owner, "flights").await;
        let all = tables.seen(t, &owner, &dataset, &all).await;
        dataset.rolled = Some(Rolled { zone: own, slots: (0..=12).collect() });
        for turn in 0..10 {
            let asked_for = dice.question(context.now);
            let question = if turn % 2 == 0 { simple(asked_for) } else { asked_for };
            let Some(found) = compared(t, &owner, seed, &question, &dataset, &context, &all).await else {
                continue;
            };
            let sql = compile(&question, dataset.source(), &context).expect("compiled").statement.sql;
            of_sums += usize::from(sql.contains("FROM rollups"));
            looked_up += usize::from(sql.contains("FROM rollups") && sql.contains("table_rows"));
            (answers, rows) = (answers + 1, rows + found);
        }
    }
    assert!(answers > 60 && rows > 100, "{answers} answers with {rows} rows say too little");
    assert!(of_sums > 15, "{of_sums} of {answers} answers came of sums: too few to say anything");
    assert!(looked_up > 5, "{looked_up} of {answers} looked something up by sums: too few to say anything");
});

each_tier!(sums_are_read_where_they_are_good_and_events_elsewhere, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let dataset = january(t, &owner).await;
    assert_eq!(total(t, &owner).await, Some(31.0));
    sum_up(t, &acme, &dataset).await;
    let look = acme.superuser(t).await;
    // A false sum shows, so that it is known to be read.
    look.execute(
        "UPDATE rollups SET s1 = s1 + 100 WHERE tenant_id = $1 AND at = '2026-01-10' AND slot = 0",
        &[&acme.record.id.uuid()],
    )
    .await
    .expect("a false sum");
    let newer = "UPDATE datasets SET data_version = data_version + 1 WHERE tenant_id = $1";
    look.execute(newer, &[&acme.record.id.uuid()]).await.expect("a new version, of which no rows are kept");
    assert_eq!(total(t, &owner).await, Some(131.0));
    // One more event of that day, and its events are read.
    put_in(t, &owner, &[event(1_000, "2026-01-10T23:59:59Z", "JFK", 5.0)]).await;
    assert_eq!(total(t, &owner).await, Some(36.0));
    sum_up(t, &acme, &dataset).await;
    assert_eq!(total(t, &owner).await, Some(36.0));
    assert_eq!(count(t, &acme, "SELECT count(*) FROM rollup_marks WHERE tenant_id = $1").await, 0);
    // Who removes events by hand marks as well.
    look.execute("DELETE FROM events WHERE tenant_id = $1 AND d1 = 'JFK'", &[&acme.record.id.uuid()])
        .await
        .expect("deleted");
    assert_eq!(count(t, &acme, "SELECT count(*) FROM rollup_marks WHERE tenant_id = $1").await, 1);
});

each_tier!(an_event_that_commits_while_its_day_is_summed_up_is_not_lost, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let dataset = january(t, &owner).await;
    let mut writer = acme.superuser(t).await;
    let writing = writer.transaction().await.expect("a transaction");
    let id = acme.record.id.uuid();
    let late = "INSERT INTO events (tenant_id, dataset, at, id, d1, m1) \
                VALUES ($1, $2, '2026-01-15T01:00:00Z', gen_random_uuid(), 'EWR', 7)";
    writing.execute(late, &[&id, &dataset.number]).await.expect("an event");
    sum_up(t, &acme, &dataset).await;
    assert_eq!(total(t, &owner).await, Some(31.0));
    let newer = "UPDATE datasets SET data_version = data_version + 1 WHERE tenant_id = $1";
    writing.execute(newer, &[&id]).await.expect("a new version, of which no rows are kept");
    writing.commit().await.expect("committed");
    assert_eq!(total(t, &owner).await, Some(38.0));
    assert_eq!(count(t, &acme, "SELECT count(*) FROM rollup_marks WHERE tenant_id = $1").await, 1);
    sum_up(t, &acme, &dataset).await;
    assert_eq!(total(t, &owner).await, Some(38.0));
});

each_tier!(
    a_measure_that_is_learnt_while_days_are_summed_up_is_in_their_sums,
    async |t: &TestPlatform, tier| {
        let acme = home(t, "acme", tier).await;
        let owner = Person::owner(t, &acme).await;
        let dataset = january(t, &owner).await;
        let op = OpCtx::of_rollup(acme.record.id, request(t));
        let tenant = t.store().tenant(&op, acme.record.clone()).expect("the tenant");
        let permit = tenant.authorize::<RollupUpdate>().expect("a permit");
        let mut tx = t.store().begin(&permit).await.expect("a transaction");
        tx.rollups().begin(&permit, dataset.number).await.expect("begun").expect("a dataset");
        tx.commit().await.expect("committed");
        // Now, where the work has begun and its days have not been looked at.
        let mut late = event(3_000, "2026-01-20T01:00:00Z", "EWR", 1.0);
        late.measures.push(("fuel".to_owned(), 9.0));
        put_in(t, &owner, &[late]).await;
        let mut tx = t.store().begin(&permit).await.expect("a transaction");
        let marked = tx.rollups().marked(&permit, dataset.number, 100).await.expect("marks");
        let days = days_over(&marked, &TimeZone::UTC).expect("days");
        tx.rollups().update(&permit, dataset.number, &marked, &days).await.expect("summed up");
        tx.rollups().end(&permit, dataset.number, "UTC", Duration::ZERO).await.expect("ended");
        tx.commit().await.expect("committed");
        assert_eq!(count(t, &acme, "SELECT count(*) FROM rollup_marks WHERE tenant_id = $1").await, 0);
        assert_eq!(total_of(t, &owner, "fuel").await, Some(9.0));
        assert_eq!(total(t, &owner).await, Some(32.0));
    }
);

each_tier!(what_was_asked_for_and_given_up_is_asked_for_again, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest_flights(t, &owner, &flights(1, 10_000)).await;
    let asked = "SELECT count(*) FROM outbox WHERE tenant_id = $1";
    let control = t.control_superuser().await;
    let id = acme.record.id.uuid();
    let jobs = async || -> i64 {
        t.platform.outbox_relay().await.expect("carried over");
        let jobs = "SELECT count(*) FROM control.jobs WHERE tenant_id = $1 AND kind = 'rollup'";
        control.query_one(jobs, &[&id]).await.expect("a count").get(0)
    };
    assert_eq!(jobs().await, 1, "once, however many batches came");
    assert_eq!(count(t, &acme, asked).await, 0);
    control.execute("DELETE FROM control.jobs WHERE tenant_id = $1", &[&id]).await.expect("given up");
    ingest_flights(t, &owner, &flights(2, 10)).await;
    assert_eq!(jobs().await, 0, "it may still come");
    t.clock.advance(SignedDuration::from_hours(2));
    ingest_flights(t, &owner, &flights(3, 10)).await;
    assert_eq!(jobs().await, 1);
});

each_tier!(a_dataset_that_grows_is_summed_up_by_itself, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest_flights(t, &owner, &flights(1, 11_000)).await;
    assert_eq!(stored(t, &owner, "flights").await.rolled, None);
    t.clock.advance(SignedDuration::from_secs(11));
    until("it is summed up", async || stored(t, &owner, "flights").await.rolled.is_some()).await;
    assert!(count(t, &acme, "SELECT count(*) FROM rollups WHERE tenant_id = $1 AND slot = 0").await > 300);
    // Another time zone, other days.
    let patch = SettingsPatch { time_zone: Some("Asia/Kolkata".to_owned()), ..SettingsPatch::default() };
    let version = t.platform.settings_view(&owner.tenant(t)).await.expect("settings").version;
    t.platform.settings_update(&owner.tenant(t), Some(version), &patch).await.expect("a time zone");
    t.clock.advance(SignedDuration::from_secs(11));
    let there = async || stored(t, &owner, "flights").await.rolled.is_some_and(|r| r.zone == "Asia/Kolkata");
    until("it is summed up again", there).await;
    let begins = "SELECT count(*) FROM rollups WHERE tenant_id = $1 AND slot = 0 \
                     AND extract(minute FROM at AT TIME ZONE 'UTC') <> 30";
    assert_eq!(count(t, &acme, begins).await, 0);
    // And nothing of it stays.
    t.platform.dataset_delete(&owner.tenant(t), "flights").await.expect("deleted");
    for table in ["rollups", "rollup_marks"] {
        let left = format!("SELECT count(*) FROM {table} WHERE tenant_id = $1");
        assert_eq!(count(t, &acme, &left).await, 0, "{table}");
    }
});

each_tier!(a_dimension_of_too_many_values_is_not_kept, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let events: Vec<Event> =
        (0..60).map(|i| event(5_000 + i, "2026-01-02T03:04:05Z", &format!("origin {i}"), 1.0)).collect();
    put_in(t, &owner, &events).await;
    let dataset = january(t, &owner).await;
    sum_up(t, &acme, &dataset).await;
    let slots = "SELECT count(*) FROM rollups WHERE tenant_id = $1 AND at = '2026-01-02' AND slots = '{0}'";
    assert_eq!(count(t, &acme, slots).await, 1);
    let by = question(json!({
        "dataset": "flights", "measures": [{ "agg": "count" }], "by": ["origin"], "limit": 3,
        "range": { "from": "2026-01-01", "to": "2026-02-01" }
    }));
    let request = insula_platform::QuestionRequest::new(by);
    let answer = t.platform.question_ask(&owner.tenant(t), &request).await.expect("an answer");
    assert!(answer.truncated);
    let counts = answer.data[1].numbers().expect("numbers");
    assert_eq!(counts, [Some(31.0), Some(1.0), Some(1.0)]);
});

/// The statement that a question becomes where sums are kept, on what it may be answered from.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_of_weeks_reads_days_and_not_events() {
    insula_testkit::in_tier(Tier::Pooled, async |t: &TestPlatform, tier| {
        let acme = home(t, "acme", tier).await;
        let owner = Person::owner(t, &acme).await;
        let dataset = january(t, &owner).await;
        sum_up(t, &acme, &dataset).await;
        let dataset = stored(t, &owner, "flights").await;
        let reads = |json: serde_json::Value| {
            let context = insula_insight::Context {
                now: "2026-02-10T12:00:00Z".parse::<Timestamp>().expect("a moment"),
                time_zone: jiff::tz::TimeZone::UTC,
                week_start: insula_model::WeekStart::Monday,
                range: None,
                compare: None,
                filters: Vec::new(),
                locked: Vec::new(),
            };
            let source: Source<'_> = dataset.source();
            compile(&question(json), source, &context).expect("compiled").statement.sql.contains("rollups")
        };
        let distance = json!([{ "agg": "sum", "measure": "distance" }]);
        let range = json!({ "from": "2026-01-01", "to": "2026-02-01" });
        assert!(reads(json!({ "dataset": "flights", "measures": distance, "range": range })));
        assert!(reads(json!({ "dataset": "flights", "measures": distance, "range": range, "by": ["origin"], "grain": "week" })));
        let hours = json!({ "from": "2026-01-01", "to": "2026-01-09" });
        assert!(!reads(json!({ "dataset": "flights", "measures": distance, "range": hours, "grain": "hour" })));
        let last = json!([{ "agg": "last", "measure": "distance" }]);
        assert!(!reads(json!({ "dataset": "flights", "measures": last, "range": range })));
        let positive = json!([{ "op": "gt", "measure": "distance", "value": 0.5 }]);
        assert!(!reads(json!({ "dataset": "flights", "measures": distance, "range": range, "filters": positive })));
    })
    .await;
}
