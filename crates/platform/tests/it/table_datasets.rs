//! Datasets over tables: what they answer, that it is never older than the table, and what they hold of it.

use insula_insight::reference;
use insula_model::policy::action::QuestionAsk;
use insula_model::{
    DashboardInput, DatasetPut, DatasetSource, EmbedTokenInput, Error, Event, Filter, Role, SettingsPatch,
    Table, TableBatch, TableInput, problem,
};
use insula_platform::{DashboardRequest, QuestionRequest, RowsRequest};
use insula_testkit::{TestPlatform, each_tier};
use serde_json::{Value, json};

use crate::data::{flight, ingest, number, shown};
use crate::embeds;
use crate::people::{Person, home, refused};
use crate::questions::{compared, stored};
use crate::tables::{Tables, csv, input};

fn put(value: Value) -> DatasetPut {
    serde_json::from_value(value).expect("a declaration")
}

/// Flights as rows of a table.
fn rows(events: &[Event]) -> TableBatch {
    let row = |event: &Event| {
        let mut row = json!({ "flight": event.id.to_string(), "departed": event.at.to_string() });
        event.measures.iter().for_each(|(name, value)| row[name] = json!(value));
        event.dimensions.iter().for_each(|(name, value)| row[name] = json!(value));
        row
    };
    let rows: Vec<Value> = events.iter().map(row).collect();
    TableBatch::from_json(json!({ "rows": rows }).to_string().as_bytes()).expect("rows")
}

each_tier!(questions_about_a_table_are_answered_as_the_reference_does, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (owner, other) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let mut dice = reference::Dice::new(99);
    // Another table, and another tenant's table of the same number, with flights that are none of these.
    let decoy = TableInput { name: "others".into(), ..reference::flight_table() };
    let decoy = platform.table_create(&tenant, &decoy).await.expect("a table").id;
    let tables = Tables::make(t, &owner).await;
    let table = platform.table_create(&tenant, &reference::flight_table()).await.expect("a table").id;
    for n in 1..=4 {
        let theirs = TableInput { name: format!("t{n}"), ..reference::flight_table() };
        let theirs = platform.table_create(&other.tenant(t), &theirs).await.expect("a table").id;
        let flights = rows(&dice.events("2026-11-21T08:17:33Z".parse().expect("a moment")));
        platform.table_row_replace(&other.tenant(t), theirs, flights).await.expect("rows");
    }
    let declared =
        DatasetPut { source: Some(DatasetSource::Table("flights".into())), ..reference::lookups() };
    platform.dataset_update(&tenant, "flights", &declared, None).await.expect("declared");
    let (mut answers, mut found_rows) = (0, 0);
    for seed in 0..15 {
        let mut dice = reference::Dice::over_table(seed * 1_000 + tier as u64);
        let context = dice.context();
        platform.table_row_replace(&tenant, decoy, rows(&dice.events(context.now))).await.expect("rows");
        let mut flights = dice.events(context.now);
        platform.table_row_replace(&tenant, table, rows(&flights)).await.expect("rows");
        tables.fill(t, &owner, &mut dice).await;
        let dataset = stored(t, &owner, "flights").await;
        assert_eq!(dataset.dataset.events, Some(flights.len() as u64));
        flights.iter_mut().for_each(|f| f.dimensions.push(("flight".to_owned(), f.id.to_string())));
        let all = tables.seen(t, &owner, &dataset, &flights).await;
        for _ in 0..10 {
            let question = dice.question(context.now);
            let found = compared(t, &owner, seed, &question, &dataset, &context, &all).await;
            (answers, found_rows) =
                (answers + usize::from(found.is_some()), found_rows + found.unwrap_or_default());
        }
    }
    assert!(answers > 75 && found_rows > 100, "{answers} answers with {found_rows} rows say too little");
});

const ROWS: &str = "id,plan,started_on,mrr,seats\na,Pro,2026-01-31,120.5,3\nb,Free,2026-02-01,0,1\n\
                    c,Pro,2026-02-01T02:00:00Z,80,\n";

/// A table of subscriptions, and a dataset over it.
async fn subscriptions(t: &TestPlatform, who: &Person) -> Table {
    let table = input(json!({ "name": "subscriptions", "key": { "name": "id" }, "columns": [
        { "name": "plan" }, { "name": "started_on", "kind": "time" }, { "name": "mrr", "kind": "number" },
        { "name": "seats", "kind": "number" }] }));
    let made = t.platform.table_create(&who.tenant(t), &table).await.expect("a table");
    t.platform.table_row_replace(&who.tenant(t), made.id, csv(ROWS)).await.expect("rows");
    let over = put(json!({ "source": { "table": "subscriptions" } }));
    t.platform.dataset_update(&who.tenant(t), "subs", &over, None).await.expect("declared");
    made
}

/// The columns of an answer.
async fn answer(t: &TestPlatform, who: &Person, question: Value) -> Value {
    let question = QuestionRequest::new(serde_json::from_value(question).expect("a question"));
    let answer = t.platform.question_ask(&who.tenant(t), &question).await.expect("an answer");
    serde_json::to_value(answer.data).expect("JSON")
}

/// How much each plan brings.
async fn by_plan(t: &TestPlatform, who: &Person) -> Value {
    let question = json!({ "dataset": "subs", "by": ["plan"], "sort": { "by": "dimension" },
        "measures": [{ "agg": "sum", "measure": "mrr" }], "range": { "from": "2026-01-01", "to": "2027-01-01" } });
    answer(t, who, question).await
}

each_tier!(an_answer_is_never_older_than_its_table, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let table = subscriptions(t, &owner).await.id;
    for _ in 0..2 {
        assert_eq!(by_plan(t, &owner).await, json!([["Free", "Pro"], [0, 200.5]]), "and as it is kept");
    }
    for turn in 1..4 {
        let some = json!({ "rows": [{ "id": "c", "plan": "Pro", "started_on": "2026-03-01", "mrr": turn }] });
        let some = TableBatch::from_json(some.to_string().as_bytes()).expect("rows");
        t.platform.table_row_update(&owner.tenant(t), table, some).await.expect("rows");
        assert_eq!(by_plan(t, &owner).await, json!([["Free", "Pro"], [0, 120.5 + f64::from(turn)]]));
    }
    t.platform
        .table_row_replace(&owner.tenant(t), table, csv("id,started_on,mrr\nz,2026-01-01,1\n"))
        .await
        .expect("rows");
    assert_eq!(by_plan(t, &owner).await, json!([[null], [1]]));
    assert_eq!(t.platform.dataset_view(&owner.tenant(t), "subs").await.expect("subs").events, Some(1));
    let permit = owner.tenant(t).authorize::<QuestionAsk>().expect("a permit");
    let usage = t.store().begin(&permit).await.expect("a transaction").usage().await.expect("usage");
    assert_eq!(usage.events, 0, "rows of tables are no events");
});

each_tier!(it_is_shown_like_any_other, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let settings = platform.settings_view(&tenant).await.expect("settings");
    let patch: SettingsPatch =
        serde_json::from_value(json!({ "time_zone": "America/New_York" })).expect("a patch");
    platform.settings_update(&tenant, Some(settings.version), &patch).await.expect("changed");
    subscriptions(t, &owner).await;
    // A date is a day where the tenant is, and an instant the day that it is there.
    let days = json!({ "dataset": "subs", "grain": "day", "range": { "from": "2026-01-31", "to": "2026-02-02" },
                       "measures": [{ "agg": "count" }, { "agg": "distinct", "dimension": "id" }] });
    let found = answer(t, &owner, days).await;
    assert_eq!(found, json!([["2026-01-31", "2026-02-01"], [2, 1], [2, 1]]));
    let (shown_rows, _) =
        platform.table_row_list(&tenant, subs_table(t, &owner).await, None, 10).await.expect("rows");
    let times = serde_json::to_value(shown_rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>());
    let times = times.expect("JSON");
    assert_eq!(times[0]["started_on"], "2026-01-31");
    assert_eq!(times[2]["started_on"], "2026-01-31T21:00:00-05:00");

    // What is worked out, and the rows behind it.
    let each =
        json!({ "measures": [{ "name": "each", "formula": "mrr / nullif(seats, 0)", "label": "A seat" }] });
    platform.dataset_update(&tenant, "subs", &put(each), Some(1)).await.expect("declared");
    let asked = json!({ "dataset": "subs", "measures": [{ "formula": "each" }], "range": { "last": "all" },
                        "filters": [{ "dimension": "plan", "op": "in", "values": ["Pro"] }] });
    assert_eq!(answer(t, &owner, asked.clone()).await, json!([[200.5 / 3.0]]));
    let behind = RowsRequest {
        asked: QuestionRequest::new(serde_json::from_value(asked).expect("a question")),
        limit: Some(1),
        cursor: None,
    };
    let page = platform.question_rows(&tenant, &behind).await.expect("a page");
    let names: Vec<&str> = page.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["time", "plan", "id", "mrr", "seats"]);
    let first = serde_json::to_value(&page.data).expect("JSON");
    assert_eq!(first, json!([["2026-01-31T21:00:00-05:00"], ["Pro"], ["c"], [80], [null]]));
    let next = platform.question_rows(&tenant, &RowsRequest { cursor: page.next_cursor, ..behind }).await;
    let next = next.expect("a page");
    assert_eq!((serde_json::to_value(&next.data[2]).expect("JSON"), next.next_cursor), (json!(["a"]), None));

    // On a dashboard, and in an embed that is locked to a plan.
    let dashboard: DashboardInput = serde_json::from_value(json!({ "name": "Subscriptions", "config": {
        "range": { "last": "all" }, "layout": [{ "widget": "w", "x": 0, "y": 0, "w": 3, "h": 2 }],
        "widgets": [{ "id": "w", "title": "MRR", "kind": "table", "question":
            { "dataset": "subs", "measures": [{ "agg": "sum", "measure": "mrr" }] } }] } }))
    .expect("a dashboard");
    let id = platform.dashboard_create(&tenant, &dashboard).await.expect("a dashboard").id;
    let data = shown(t, &owner, id, &DashboardRequest::default()).await.1;
    assert_eq!(number(&data, "w"), Some(200.5));
    let free = Filter::In { dimension: "plan".into(), values: vec![Some("Free".into())] };
    let locked = EmbedTokenInput { filters: vec![free], ..embeds::input(id) };
    let token = embeds::mint(t, &owner, &locked).await.token;
    let op = embeds::show(t, platform, &acme, &token).await.expect("valid");
    assert_eq!(embeds::seen(t, &op, &acme).await, json!([0]));
});

async fn subs_table(t: &TestPlatform, who: &Person) -> insula_model::TableId {
    t.platform.table_list(&who.tenant(t)).await.expect("tables").items[0].id
}

each_tier!(what_a_dataset_shows_holds_its_table, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let made = subscriptions(t, &owner).await;
    let declared = |columns: Value, key: &str| {
        input(json!({ "name": "subscriptions", "key": { "name": key }, "columns": columns }))
    };
    let all = json!([{ "name": "plan" }, { "name": "started_on" }, { "name": "mrr" }, { "name": "seats" }]);
    let update = async |version, input: &TableInput| {
        platform.table_update(&tenant, made.id, Some(version), input).await
    };
    let without = |names: &[&str]| {
        let kept = all.as_array().expect("columns").iter();
        let kept: Vec<&Value> =
            kept.filter(|c| names.iter().all(|name| c["name"].as_str() != Some(name))).collect();
        declared(json!(kept), "id")
    };
    let held = |error: Error| {
        assert_eq!(error.code(), "table.in_use", "{error}");
        error.detail().to_owned()
    };
    for column in ["plan", "started_on", "mrr", "seats"] {
        let said = held(update(1, &without(&[column])).await.expect_err("held"));
        assert!(said.ends_with(&format!("show {column}: subs.")), "{said}");
    }
    assert!(held(update(1, &declared(all.clone(), "number")).await.expect_err("held")).contains("subs"));
    assert!(held(platform.table_delete(&tenant, made.id).await.expect_err("held")).contains("subs"));
    let as_text = json!([{ "name": "plan" }, { "name": "started_on" }, { "name": "mrr" },
                         { "name": "seats", "kind": "text" }]);
    held(update(1, &declared(as_text.clone(), "id")).await.expect_err("held"));

    // Who may not see the dataset is not told of it.
    let there = platform.dataset_view(&tenant, "subs").await.expect("subs");
    let hidden = DatasetPut { visible_to: Some(Role::Owner), ..DatasetPut::of(&there.definition) };
    platform.dataset_update(&tenant, "subs", &hidden, Some(1)).await.expect("hidden");
    let admin = owner.bring(t, "admin@x.test", Role::Admin).await;
    let said = held(platform.table_delete(&admin.tenant(t), made.id).await.expect_err("held"));
    assert!(!said.contains("subs"), "{said}");

    // A column that it does not show may go; one that comes may be shown.
    let fewer = put(json!({ "measures": [{ "name": "mrr" }], "dimensions": [{ "name": "plan" }] }));
    platform.dataset_update(&tenant, "subs", &fewer, Some(2)).await.expect("declared");
    let error = update(1, &declared(as_text, "id")).await.expect_err("there are rows");
    assert_eq!(error.code(), problem::TABLE_NOT_EMPTY.code, "{error}");
    update(1, &without(&["seats"])).await.expect("nobody shows it");
    held(update(2, &without(&["seats", "mrr"])).await.expect_err("held"));
    let more = csv("id,plan,started_on,mrr,country\na,Pro,2026-01-31,5,CH\n");
    platform.table_row_replace(&tenant, made.id, more).await.expect("rows");
    let wider = json!({ "measures": [{ "name": "mrr" }], "dimensions": [{ "name": "country" }] });
    let wider = platform.dataset_update(&tenant, "subs", &put(wider), Some(3)).await.expect("declared").0;
    assert!(wider.definition.dimension("country").is_some() && wider.definition.dimension("plan").is_none());
    let unknown = put(json!({ "measures": [{ "name": "seats" }] }));
    assert_eq!(refused(platform.dataset_update(&tenant, "subs", &unknown, Some(4)).await), "input.invalid");

    // Nobody sends events to it, and it stays over its table.
    let mut event = flight("1", "2026-01-01T00:00:00Z", 1.0);
    event["dataset"] = json!("subs");
    let batch = [event, flight("2", "2026-01-01T00:00:00Z", 1.0)];
    let taken = ingest(t, &owner, &batch).await.expect("a batch");
    assert_eq!((taken.accepted, taken.rejected[0].code.as_str()), (1, "event.dataset"));
    assert!(taken.rejected[0].detail.contains("the rows of the table \"subscriptions\""));
    let events = DatasetPut { source: Some(DatasetSource::Events), ..DatasetPut::default() };
    assert_eq!(refused(platform.dataset_update(&tenant, "subs", &events, Some(4)).await), "input.invalid");
    platform.dataset_delete(&tenant, "subs").await.expect("deleted");
    assert_eq!(platform.table_delete(&tenant, made.id).await.expect("deleted"), 1);

    // What it may be over.
    let timeless = input(json!({ "name": "plans", "key": { "name": "id" } }));
    platform.table_create(&tenant, &timeless).await.expect("a table");
    for (table, code) in [("nothing", "unknown"), ("plans", "time")] {
        let over = put(json!({ "source": { "table": table } }));
        let error = platform.dataset_update(&tenant, "subs", &over, None).await.expect_err("refused");
        let field = &error.fields()[0];
        assert_eq!((field.pointer.as_str(), field.code.as_str()), ("/source/table", code));
    }
});

each_tier!(rows_of_others_are_not_there, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    // Both have a table of the same number with the same keys.
    let (mine, theirs) = (subscriptions(t, &a).await.id, subscriptions(t, &b).await.id);
    let canary = csv("id,plan,started_on,mrr\na,CNRY-B,2026-01-31,7\nq,CNRY-B,2026-01-31,8\n");
    t.platform.table_row_replace(&b.tenant(t), theirs, canary).await.expect("rows");
    assert_eq!(by_plan(t, &a).await, json!([["Free", "Pro"], [0, 200.5]]));
    assert_eq!(by_plan(t, &b).await, json!([["CNRY-B"], [15]]));
    t.platform.table_row_replace(&a.tenant(t), mine, csv("id,started_on\n")).await.expect("rows");
    assert_eq!(by_plan(t, &a).await, json!([[], []]));
    assert_eq!(by_plan(t, &b).await, json!([["CNRY-B"], [15]]));
    // A viewer sees what the dataset shows, and not the table.
    let viewer = b.bring(t, "viewer@globex.test", Role::Viewer).await;
    assert_eq!(by_plan(t, &viewer).await, json!([["CNRY-B"], [15]]));
    assert_eq!(refused(t.platform.table_view(&viewer.tenant(t), theirs).await), "auth.forbidden");
});
