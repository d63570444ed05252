//! Tables: declaring and filling them, looking something up in them, and what was made from older rows.

use std::collections::BTreeMap;

use insula_insight::reference;
use insula_model::policy::action::TableUpdate;
use insula_model::{
    DatasetPut, EmbedTokenInput, Error, Event, Filter, Role, Table, TableBatch, TableChanged, TableInput,
    TableRow, TableRowView, TableValue, Tier,
};
use insula_platform::{QuestionRequest, RowsRequest};
use insula_store::{Replacing, StoredDataset};
use insula_testkit::{TestPlatform, each_tier};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::data::{accepted, ingest};
use crate::embeds;
use crate::events::somebody_waits;
use crate::people::{Person, audit, home, refused};

/// The tables of the reference, as a tenant has them.
pub(crate) struct Tables(Vec<Table>);

impl Tables {
    /// Makes them, empty.
    pub(crate) async fn make(t: &TestPlatform, who: &Person) -> Self {
        let mut made = Vec::new();
        for input in reference::tables() {
            made.push(t.platform.table_create(&who.tenant(t), &input).await.expect("a table"));
        }
        Self(made)
    }

    /// Puts random rows in the place of all that they have.
    pub(crate) async fn fill(&self, t: &TestPlatform, who: &Person, dice: &mut reference::Dice) {
        for table in &self.0 {
            let definition = &table.definition;
            let rows: Vec<TableRowView> = dice
                .rows(definition.columns.len())
                .iter()
                .map(|row| row.view(definition, &TimeZone::UTC))
                .collect();
            let body = serde_json::to_vec(&json!({ "rows": rows })).expect("JSON");
            let batch = TableBatch::from_json(&body).expect("rows");
            t.platform.table_row_replace(&who.tenant(t), table.id, batch).await.expect("filled");
        }
    }

    /// Lets the flights look up what the reference does.
    pub(crate) async fn look_up(&self, t: &TestPlatform, who: &Person) {
        let version = t.platform.dataset_view(&who.tenant(t), "flights").await.expect("flights").version;
        let put = reference::lookups();
        t.platform.dataset_update(&who.tenant(t), "flights", &put, Some(version)).await.expect("declared");
    }

    /// Events as they would be if they carried what is looked up, worked out from what the tables show.
    pub(crate) async fn seen(
        &self,
        t: &TestPlatform,
        who: &Person,
        dataset: &StoredDataset,
        events: &[Event],
    ) -> Vec<Event> {
        let definition = &dataset.dataset.definition;
        let mut rows: BTreeMap<i32, Vec<TableRow>> = BTreeMap::new();
        for (_, lookup) in definition.looked_up() {
            let table = self.0.iter().find(|t| t.definition.name == lookup.table).expect("the table");
            let (shown, _) =
                t.platform.table_row_list(&who.tenant(t), table.id, None, 1_000).await.expect("rows");
            let row = |(key, view): (String, TableRowView)| {
                let value = |name: &str| {
                    let found = view.0.0.iter().find(|(n, _)| n == name)?;
                    found.1.as_ref().and_then(TableValue::text).map(str::to_owned)
                };
                let columns = &table.definition.columns;
                let values =
                    (1..=12).map(|slot| value(&columns.iter().find(|c| c.slot == slot)?.name)).collect();
                TableRow { key, values, ..TableRow::default() }
            };
            rows.insert(lookup.number, shown.into_iter().map(row).collect());
        }
        reference::looked_up(definition, &rows, events)
    }
}

pub(crate) fn input(value: serde_json::Value) -> TableInput {
    serde_json::from_value(value).expect("a declaration")
}

fn airlines() -> TableInput {
    input(json!({ "name": "airlines", "key": { "name": "code" }, "columns": [{ "name": "name" }] }))
}

pub(crate) fn csv(text: &str) -> TableBatch {
    TableBatch::from_csv(text.as_bytes()).expect("CSV")
}

fn rows(value: &serde_json::Value) -> TableBatch {
    TableBatch::from_json(value.to_string().as_bytes()).expect("rows")
}

/// A table of airlines with these rows.
async fn table(t: &TestPlatform, who: &Person, text: &str) -> Table {
    let made = t.platform.table_create(&who.tenant(t), &airlines()).await.expect("a table");
    t.platform.table_row_replace(&who.tenant(t), made.id, csv(text)).await.expect("rows");
    made
}

fn flight(id: &str, carrier: &str) -> serde_json::Value {
    json!({ "id": id, "dataset": "flights", "at": "2013-01-01T10:00:00Z",
            "measures": { "distance": 1 }, "dimensions": { "carrier": carrier } })
}

fn looking_up() -> DatasetPut {
    let lookup = json!({ "by": "carrier", "table": "airlines", "column": "name" });
    serde_json::from_value(json!({ "dimensions": [{ "name": "airline", "lookup": lookup }] }))
        .expect("a declaration")
}

/// The flights look the name of the airline up.
async fn look_up(t: &TestPlatform, who: &Person) {
    let version = t.platform.dataset_view(&who.tenant(t), "flights").await.expect("flights").version;
    t.platform
        .dataset_update(&who.tenant(t), "flights", &looking_up(), Some(version))
        .await
        .expect("declared");
}

fn by_airline() -> QuestionRequest {
    let question = json!({ "dataset": "flights", "measures": [{ "agg": "count" }], "by": ["airline"],
                           "sort": { "by": "dimension" }, "range": { "from": "2013-01-01", "to": "2014-01-01" } });
    QuestionRequest::new(serde_json::from_value(question).expect("a question"))
}

/// How many flights each airline has.
async fn counted(t: &TestPlatform, who: &Person) -> Vec<(Option<String>, Option<f64>)> {
    let answer = t.platform.question_ask(&who.tenant(t), &by_airline()).await.expect("an answer");
    let names = answer.data[0].texts().expect("names").to_vec();
    names.into_iter().zip(answer.data[1].numbers().expect("counts").to_vec()).collect()
}

fn pair(name: Option<&str>, count: f64) -> (Option<String>, Option<f64>) {
    (name.map(str::to_owned), Some(count))
}

each_tier!(a_table_is_declared_filled_changed_and_deleted, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let made = platform.table_create(&tenant, &airlines()).await.expect("made");
    assert_eq!((made.version, made.rows, made.definition.label.as_str()), (1, 0, "Airlines"));
    assert_eq!(refused(platform.table_create(&tenant, &airlines()).await), "table.name");

    let replace = async |text: &str| platform.table_row_replace(&tenant, made.id, csv(text)).await;
    let done = replace("code,name,Home\nAA,American,US\nLH,Lufthansa,DE\nBA,British,\n").await.expect("rows");
    let expected = TableChanged {
        rows: 3,
        added: 3,
        columns: vec!["home".to_owned()],
        version: 2,
        ..TableChanged::default()
    };
    assert_eq!(done, expected);
    let done = replace("code,name\nAA,American\nLH,LH AG\nIB,Iberia\n").await.expect("rows");
    let expected =
        TableChanged { rows: 3, added: 1, changed: 2, removed: 1, version: 2, ..TableChanged::default() };
    assert_eq!(done, expected, "what the file does not name is gone");
    let same = replace("code,name\nAA,American\nLH,LH AG\nIB,Iberia\n").await.expect("rows");
    assert_eq!((same.added, same.changed, same.removed, same.rows), (0, 0, 0, 3));

    // One that is wrong spoils all.
    let wrong = replace("code,name,planes\nZZ,Zulu,1\n,Nobody,2\n").await.expect_err("refused");
    assert_eq!((wrong.code(), wrong.fields()[0].pointer.as_str()), ("input.invalid", "/rows/1/code"));
    let there = platform.table_view(&tenant, made.id).await.expect("the table");
    assert_eq!((there.rows, there.version, there.definition.column("planes")), (3, 2, None));

    let some = json!({ "rows": [{ "code": "AA", "home": "US" }, { "code": "QF" }], "delete": ["IB", "??"] });
    let done = platform.table_row_update(&tenant, made.id, rows(&some)).await.expect("rows");
    assert_eq!((done.rows, done.added, done.changed, done.removed), (3, 1, 1, 1));
    assert_eq!(refused(platform.table_row_update(&tenant, made.id, rows(&json!({}))).await), "input.invalid");
    for part in [json!({}), json!({ "rows": [], "delete": ["AA"] })] {
        assert_eq!(refused(platform.table_row_replace(&tenant, made.id, rows(&part)).await), "input.invalid");
    }
    let (page, total) = platform.table_row_list(&tenant, made.id, Some("AA"), 1).await.expect("rows");
    assert_eq!((page[0].0.as_str(), total), ("LH", 3));
    let (page, _) = platform.table_row_list(&tenant, made.id, None, 1).await.expect("rows");
    assert_eq!(
        serde_json::to_value(&page[0].1).expect("JSON"),
        json!({ "code": "AA", "name": null, "home": "US" })
    );

    // A column that goes takes its values with it, also where another one gets its place.
    let renamed = input(
        json!({ "name": "airlines", "key": { "name": "iata", "label": "IATA" }, "columns": [{ "name": "title" }] }),
    );
    assert_eq!(refused(platform.table_update(&tenant, made.id, None, &renamed).await), "version.required");
    assert_eq!(refused(platform.table_update(&tenant, made.id, Some(1), &renamed).await), "version.stale");
    let changed = platform.table_update(&tenant, made.id, Some(2), &renamed).await.expect("changed");
    assert_eq!((changed.version, changed.definition.columns[0].slot), (3, 1));
    let (page, _) = platform.table_row_list(&tenant, made.id, None, 1).await.expect("rows");
    assert_eq!(serde_json::to_value(&page[0].1).expect("JSON"), json!({ "iata": "AA", "title": null }));

    assert_eq!(platform.table_delete(&tenant, made.id).await.expect("deleted"), 3);
    assert_eq!(refused(platform.table_view(&tenant, made.id).await), "not_found");
    let left =
        acme.superuser(t).await.query_one("SELECT count(*) FROM table_rows", &[]).await.expect("a look");
    assert_eq!(left.get::<_, i64>(0), 0);
    platform.table_create(&tenant, &airlines()).await.expect("made again");
    let number = acme.superuser(t).await.query_one("SELECT number FROM tables", &[]).await.expect("a look");
    assert_eq!(number.get::<_, i32>(0), 2, "a number is not given twice");
    let actions: Vec<String> = audit(t, &acme).await.into_iter().map(|(action, ..)| action).collect();
    for action in ["table.create", "table.update", "table.delete"] {
        assert!(actions.iter().any(|a| a == action), "{action} is not in {actions:?}");
    }
});

each_tier!(an_answer_is_never_older_than_the_table, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let made = table(t, &owner, "code,name\nAA,American\nLH,Lufthansa\n").await;
    let sent = [flight("1", "AA"), flight("2", "LH"), flight("3", "LH"), flight("4", "??")];
    ingest(t, &owner, &sent).await.expect("taken");
    look_up(t, &owner).await;
    let before = [pair(Some("American"), 1.0), pair(Some("Lufthansa"), 2.0), pair(None, 1.0)];
    assert_eq!(counted(t, &owner).await, before);
    assert_eq!(counted(t, &owner).await, before, "as it is kept");
    for turn in 0..5 {
        let name = format!("Airline {turn}");
        let change = json!({ "rows": [{ "code": "AA", "name": name }, { "code": "??", "name": "Zulu" }] });
        t.platform.table_row_update(&owner.tenant(t), made.id, rows(&change)).await.expect("rows");
        let after = [pair(Some(&name), 1.0), pair(Some("Lufthansa"), 2.0), pair(Some("Zulu"), 1.0)];
        assert_eq!(counted(t, &owner).await, after);
    }
    t.platform.table_row_replace(&owner.tenant(t), made.id, csv("code,name\n")).await.expect("rows");
    assert_eq!(counted(t, &owner).await, [pair(None, 4.0)]);

    // The events behind a number have what is looked up, too.
    let change = json!({ "rows": [{ "code": "LH", "name": "Lufthansa" }] });
    t.platform.table_row_update(&owner.tenant(t), made.id, rows(&change)).await.expect("rows");
    let filter = json!({ "dimension": "airline", "op": "in", "values": ["Lufthansa"] });
    let asked =
        QuestionRequest { filters: vec![serde_json::from_value(filter).expect("a filter")], ..by_airline() };
    let page = RowsRequest { asked, limit: None, cursor: None };
    let page = t.platform.question_rows(&owner.tenant(t), &page).await.expect("a page");
    let column = |name: &str| page.columns.iter().position(|c| c.name == name).expect("a column");
    let texts = |name: &str| page.data[column(name)].texts().expect("texts").to_vec();
    assert_eq!(texts("airline"), [Some("Lufthansa".to_owned()), Some("Lufthansa".to_owned())]);
    assert_eq!(texts("carrier"), [Some("LH".to_owned()), Some("LH".to_owned())]);
});

each_tier!(tables_of_others_are_not_there, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    // Both have a table of the same number and the same key.
    let (mine, theirs) =
        (table(t, &a, "code,name\nAA,Mine\n").await, table(t, &b, "code,name\nAA,CNRY-B\nBB,CNRY-B\n").await);
    for who in [&a, &b] {
        ingest(t, who, &[flight("1", "AA"), flight("2", "BB")]).await.expect("taken");
        look_up(t, who).await;
    }
    assert_eq!(counted(t, &a).await, [pair(Some("Mine"), 1.0), pair(None, 1.0)]);
    assert_eq!(counted(t, &b).await, [pair(Some("CNRY-B"), 2.0)]);
    let (tenant, platform) = (a.tenant(t), &t.platform);
    assert_eq!(refused(platform.table_view(&tenant, theirs.id).await), "not_found");
    assert_eq!(refused(platform.table_row_list(&tenant, theirs.id, None, 10).await), "not_found");
    assert_eq!(refused(platform.table_update(&tenant, theirs.id, Some(1), &airlines()).await), "not_found");
    assert_eq!(refused(platform.table_row_replace(&tenant, theirs.id, csv("code\n")).await), "not_found");
    assert_eq!(refused(platform.table_row_update(&tenant, theirs.id, csv("code\nAA\n")).await), "not_found");
    assert_eq!(refused(platform.table_delete(&tenant, theirs.id).await), "not_found");
    let all = platform.table_list(&tenant).await.expect("A's").items;
    assert_eq!(all.iter().map(|t| t.id).collect::<Vec<_>>(), [mine.id]);
    assert_eq!(counted(t, &b).await, [pair(Some("CNRY-B"), 2.0)]);
});

each_tier!(what_is_looked_up_holds_its_table, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let made = table(t, &owner, "code,name,alliance\nAA,American,Oneworld\n").await;
    ingest(t, &owner, &[flight("1", "AA")]).await.expect("taken");
    let missing = platform.dataset_update(&tenant, "planes", &looking_up(), None).await.expect_err("refused");
    assert_eq!(missing.fields()[0].pointer, "/dimensions/0/lookup/by");
    look_up(t, &owner).await;
    let held = |error: Error| {
        assert_eq!(error.code(), "table.in_use");
        error.detail().to_owned()
    };
    let none = input(json!({ "name": "airlines", "key": { "name": "code" } }));
    let (delete, update) = (
        async || platform.table_delete(&tenant, made.id).await.expect_err("held"),
        async || platform.table_update(&tenant, made.id, Some(2), &none).await.expect_err("held"),
    );
    assert!(
        held(delete().await).contains("flights.airline") && held(update().await).contains("flights.airline")
    );
    let fewer =
        input(json!({ "name": "airlines", "key": { "name": "code" }, "columns": [{ "name": "name" }] }));
    platform
        .table_update(&tenant, made.id, Some(2), &fewer)
        .await
        .expect("nothing is looked up in the other column");

    // Who may not see the dataset is not told of it.
    let there = platform.dataset_view(&tenant, "flights").await.expect("flights");
    let hidden = DatasetPut { visible_to: Some(Role::Owner), ..DatasetPut::of(&there.definition) };
    platform.dataset_update(&tenant, "flights", &hidden, Some(there.version)).await.expect("hidden");
    let admin = owner.bring(t, "admin@x.test", Role::Admin).await;
    let said = held(platform.table_delete(&admin.tenant(t), made.id).await.expect_err("held"));
    assert!(!said.contains("flights"), "{said}");

    // Events that carry what is looked up are named, and hold up no others.
    let mut carrying = flight("2", "AA");
    carrying["dimensions"]["airline"] = json!("Mine");
    let receipt = ingest(t, &owner, &[carrying, flight("3", "AA")]).await.expect("one is taken");
    assert_eq!((receipt.accepted, receipt.rejected.len()), (1, 1));
    let rejected = &receipt.rejected[0];
    assert_eq!((rejected.index, rejected.code.as_str()), (0, "event.dimension"));
    assert!(rejected.detail.contains("send carrier instead"), "{}", rejected.detail);

    // When it is looked up no more, the table may go, and events may carry it.
    let version = platform.dataset_view(&tenant, "flights").await.expect("flights").version;
    let seen = platform.dataset_update(&tenant, "flights", &DatasetPut::default(), Some(version)).await;
    assert!(seen.expect("changed").0.definition.dimension("airline").is_none());
    assert_eq!(platform.table_delete(&tenant, made.id).await.expect("deleted"), 1);
    let mut carrying = flight("4", "AA");
    carrying["dimensions"]["airline"] = json!("Mine");
    assert_eq!(ingest(t, &owner, &[carrying]).await.expect("taken"), accepted(1));
    let version = platform.dataset_view(&tenant, "flights").await.expect("flights").version;
    let late =
        platform.dataset_update(&tenant, "flights", &looking_up(), Some(version)).await.expect_err("refused");
    assert_eq!(late.fields()[0].pointer, "/dimensions/0/name");
});

each_tier!(who_begins_to_look_up_waits_for_rows_that_are_changing, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let made = table(t, &owner, "code,name\nAA,American\n").await;
    ingest(t, &owner, &[flight("1", "AA")]).await.expect("taken");
    let (tenant, watcher) = (owner.tenant(t), acme.superuser(t).await);
    let permit = tenant.authorize::<TableUpdate>().expect("a permit");
    let mut tx = t.store().begin(&permit).await.expect("a transaction");
    let other = csv("code,name\nAA,Another\n");
    tx.table_rows().update(&permit, made.id, other, Replacing::All).await.expect("not committed");
    // A dataset of which whoever changes the rows knows nothing would keep answers from the rows of before.
    let committing = async {
        somebody_waits(&watcher).await;
        tx.commit().await.expect("committed");
    };
    futures_util::join!(look_up(t, &owner), committing);
    assert_eq!(counted(t, &owner).await, [pair(Some("Another"), 1.0)]);
});

each_tier!(an_embed_is_locked_to_what_is_looked_up, async |t: &TestPlatform, tier| {
    let (acme, owner, id) = embeds::flown(t, "acme", tier).await;
    let tenant = owner.tenant(t);
    let airports = input(json!({ "name": "airports", "key": { "name": "code" } }));
    let airports = t.platform.table_create(&tenant, &airports).await.expect("a table").id;
    let replace = async |text: &str| {
        t.platform.table_row_replace(&tenant, airports, csv(text)).await.expect("rows");
    };
    replace("code,city\nEWR,Newark\nJFK,New York\n").await;
    let lookup = json!({ "by": "origin", "table": "airports", "column": "city" });
    let put = json!({ "dimensions": [{ "name": "city", "lookup": lookup }] });
    let put: DatasetPut = serde_json::from_value(put).expect("a declaration");
    t.platform.dataset_update(&tenant, "flights", &put, Some(1)).await.expect("declared");

    let newark = Filter::In { dimension: "city".into(), values: vec![Some("Newark".into())] };
    let locked = EmbedTokenInput { filters: vec![newark], ..embeds::input(id) };
    let token = embeds::mint(t, &owner, &locked).await.token;
    let op = embeds::show(t, &t.platform, &acme, &token).await.expect("valid");
    assert_eq!(embeds::seen(t, &op, &acme).await, json!([100]));
    // What the table says now counts, and nothing else.
    replace("code,city\nJFK,Newark\n").await;
    assert_eq!(embeds::seen(t, &op, &acme).await, json!([23]));
    replace("code,city\n").await;
    assert_eq!(embeds::seen(t, &op, &acme).await, json!([0]));
});

#[tokio::test]
async fn tables_and_their_rows_are_bounded() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let viewer = owner.bring(t, "viewer@x.test", Role::Viewer).await;
    assert_eq!(refused(t.platform.table_list(&viewer.tenant(t)).await), "auth.forbidden");
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let made = platform.table_create(&tenant, &airlines()).await.expect("made");
    let many = |from: usize, to: usize| {
        let lines: String = (from..to).map(|i| format!("k{i},name {i}\n")).collect();
        csv(&format!("code,name\n{lines}"))
    };
    let done = platform.table_row_replace(&tenant, made.id, many(0, 100_000)).await.expect("full");
    assert_eq!((done.rows, done.added), (100_000, 100_000));
    let one_more = platform.table_row_update(&tenant, made.id, many(99_999, 100_001)).await;
    assert_eq!(refused(one_more), "table.full");
    let done = platform.table_row_replace(&tenant, made.id, many(50_000, 60_000)).await.expect("fewer");
    assert_eq!((done.rows, done.removed, done.changed), (10_000, 90_000, 0));
    for i in 1..50 {
        let table = input(json!({ "name": format!("t{i}"), "key": { "name": "code" } }));
        platform.table_create(&tenant, &table).await.expect("made");
    }
    let table = input(json!({ "name": "t50", "key": { "name": "code" } }));
    assert_eq!(refused(platform.table_create(&tenant, &table).await), "limit.reached");
}
