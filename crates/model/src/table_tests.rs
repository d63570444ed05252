//! Tests of tables: their names and slots, rows as they come in, and what datasets look up in them.

use super::*;
use crate::dataset::DatasetDefinition;
use crate::dataset_put::{DatasetPut, DimensionPut, LookupPut};
use crate::table_rows::{TableBatch, TableRow, TableRows};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;

fn input(name: &str, columns: &[&str]) -> TableInput {
    let column = |name: &&str| {
        let (name, kind) = name.split_once(':').map_or((*name, None), |(name, kind)| (name, Some(kind)));
        let kind = kind.map(|kind| TableColumnKind::parse(kind).unwrap());
        TableColumnInput { name: name.to_owned(), label: None, description: None, kind }
    };
    TableInput {
        name: name.to_owned(),
        label: None,
        description: None,
        key: TableKeyInput { name: "code".to_owned(), label: None },
        columns: columns.iter().map(column).collect(),
    }
}

fn utc() -> TimeZone {
    TimeZone::UTC
}

fn airlines() -> TableDefinition {
    input("airlines", &["name", "alliance"]).make().unwrap()
}

proptest! {
    /// Whatever is declared one after another: slots are in range and unique, and who stays keeps the slot.
    #[test]
    fn columns_that_stay_keep_their_slots(lists in prop::collection::vec(prop::collection::btree_set("[a-f]", 0..6), 1..8)) {
        let mut table = input("t", &[]).make().unwrap();
        for list in &lists {
            let before = table.clone();
            let names: Vec<&str> = list.iter().map(String::as_str).collect();
            let gone = input("t", &names).apply(&mut table).unwrap();
            prop_assert!(gone.iter().all(|c| before.column(&c.name) == Some(c) && table.column(&c.name).is_none()));
            for c in &table.columns {
                prop_assert!(before.column(&c.name).is_none_or(|was| was.slot == c.slot));
                prop_assert!((1..=12).contains(&c.slot));
            }
            let mut slots: Vec<u8> = table.columns.iter().map(|c| c.slot).collect();
            slots.sort_unstable();
            slots.dedup();
            prop_assert_eq!(slots.len(), names.len());
        }
    }

    /// Whatever bytes come: rows that are taken fit, and nothing panics.
    #[test]
    fn whatever_is_taken_is_fit_to_be_stored(body: Vec<u8>, text in "(code|name|a)[,;](code|name|b)\n([a-c\",;\n]{0,12}\n){0,6}") {
        for bytes in [body.as_slice(), text.as_bytes()] {
            for batch in [TableBatch::from_csv(bytes), TableBatch::from_json(bytes)].into_iter().flatten() {
                if let Ok(TableRows { rows, .. }) = batch.check(&mut airlines(), &utc()) {
                    prop_assert!(rows.iter().all(|r| !r.key.is_empty() && r.values.len() == TABLE_COLUMNS));
                }
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_declaration_is_said_at_once() {
    let mut wrong = input("Airlines", &["name", "name", "code", "x y"]);
    wrong.label = Some(" x".to_owned());
    let error = wrong.make().unwrap_err();
    let pointers: Vec<_> = error.fields().iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(pointers, ["/name", "/label", "/columns/1/name", "/columns/2/name", "/columns/3/name"]);
    let many: Vec<String> = (0..13).map(|i| format!("c{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(input("t", &many).make().unwrap_err().fields()[0].pointer, "/columns");
    let renamed = input("carriers", &[]).apply(&mut airlines()).unwrap_err();
    assert_eq!(renamed.fields()[0].pointer, "/name");
    let mut same = airlines();
    assert_eq!(TableInput::of(&airlines()).apply(&mut same).unwrap(), []);
    assert_eq!(same, airlines());
}

#[test]
fn csv_is_read_with_its_lines() {
    let mut table = airlines();
    let csv = "\u{feff}Code,Name,Home Country\r\nAA,American,US\r\n\r\nLH,\"Luft,hansa\",\r\n";
    let taken = TableBatch::from_csv(csv.as_bytes()).unwrap().check(&mut table, &utc()).unwrap();
    assert_eq!(taken.learnt, ["home_country"]);
    let home = table.column("home_country").unwrap();
    assert_eq!((home.label.as_str(), home.slot), ("Home Country", 3));
    let values = |row: &TableRow| row.values[..3].to_vec();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(values(&taken.rows[0]), [some("American"), None, some("US")]);
    assert_eq!(
        (taken.rows[1].key.as_str(), values(&taken.rows[1])),
        ("LH", vec![some("Luft,hansa"), None, None])
    );
    let semicolons =
        TableBatch::from_csv(b"code;name\nAA;American, Inc.\n").unwrap().check(&mut table, &utc()).unwrap();
    assert_eq!(semicolons.rows[0].values[0].as_deref(), Some("American, Inc."));
}

#[test]
fn bad_rows_are_named_and_nothing_is_learnt() {
    let mut table = airlines();
    let csv = format!("code,name,new\nAA,American,\n,Nobody,\nAA,Again,\nBB,{},\n", "x".repeat(257));
    let wrong = TableBatch::from_csv(csv.as_bytes()).unwrap().check(&mut table, &utc()).unwrap_err();
    let said: Vec<_> = wrong
        .fields()
        .iter()
        .map(|f| (f.pointer.as_str(), f.detail.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        said,
        [
            ("/rows/1/code", "Line 3: it has no code, which is the key."),
            ("/rows/2/code", "Line 4: the key \"AA\" stands twice, first in line 2."),
            ("/rows/3/name", "Line 5: name has more than 256 characters."),
        ]
    );
    assert_eq!(table, airlines());
    let json = br#"{"rows":[{"code":"AA","name":"A"},{"code":"BB","nmae":"B"},{"code":5},[],{"name":"x"}]}"#;
    let wrong = TableBatch::from_json(json).unwrap().check(&mut table, &utc()).unwrap_err();
    let pointers: Vec<_> = wrong.fields().iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(pointers, ["/rows/1", "/rows/2/code", "/rows/3", "/rows/4/code"]);
    for (csv, part) in [
        ("name\nAmerican\n", "Line 1 names no column \"code\""),
        ("code,code\n", "two columns"),
        ("code,%\n", "no name"),
        ("code,name\nAA\n", "Line 2 has 1 columns, and the first has 2."),
    ] {
        let refused =
            TableBatch::from_csv(csv.as_bytes()).and_then(|b| b.check(&mut airlines(), &utc())).unwrap_err();
        assert!(refused.detail().contains(part), "{}", refused.detail());
    }
    let many = format!("code\n{}", "a\n".repeat(MAX_TABLE_ROWS + 1));
    assert!(TableBatch::from_csv(many.as_bytes()).unwrap_err().is(problem::TABLE_FULL));
}

/// A table with a column of each kind.
fn subscriptions() -> TableDefinition {
    input("subscriptions", &["plan", "started_on:time", "mrr:number", "seats:number"]).make().unwrap()
}

#[test]
fn columns_have_slots_among_those_of_their_kind_and_stay_what_they_are() {
    let table = subscriptions();
    let slots: Vec<u8> = table.columns.iter().map(|c| c.slot).collect();
    assert_eq!((slots, table.time().unwrap().name.as_str()), (vec![1, 1, 1, 2], "started_on"));
    // Who does not say the kind means the one that it is.
    let mut same = table.clone();
    assert_eq!(input("subscriptions", &["plan", "started_on", "mrr", "seats"]).apply(&mut same).unwrap(), []);
    assert_eq!(same, table);
    assert_eq!(TableInput::of(&table).apply(&mut same).unwrap(), []);
    assert_eq!(same, table);
    // Another kind is another column.
    let mut other = table.clone();
    let gone =
        input("subscriptions", &["plan:number", "started_on", "mrr", "seats"]).apply(&mut other).unwrap();
    assert_eq!((gone.len(), gone[0].kind, other.column("plan").unwrap().slot), (1, TableColumnKind::Text, 3));
    assert!(table.keeps_rows(&same).is_ok());
    assert!(table.keeps_rows(&other).unwrap_err().detail().contains("plan is a column of texts"));
    let late =
        airlines().keeps_rows(&input("airlines", &["name", "since:time"]).make().unwrap()).unwrap_err();
    assert!(late.is(problem::TABLE_NOT_EMPTY) && late.detail().contains("they have no since"), "{late:?}");
    for too_many in [vec!["a:time", "b:time"], (0..9).map(|_| "x:number").collect()] {
        let fields = input("t", &too_many).make().unwrap_err();
        assert!(fields.fields().iter().any(|f| f.pointer == "/columns"), "{fields:?}");
    }
    let most: Vec<String> =
        (0..12).map(|i| format!("a{i}")).chain((0..8).map(|i| format!("m{i}:number"))).collect();
    let most: Vec<&str> = most.iter().map(String::as_str).chain(["at:time"]).collect();
    assert_eq!(input("t", &most).make().unwrap().columns.len(), 21);
}

#[test]
fn numbers_and_times_are_read_as_such_and_written_so_that_they_are_read_again() {
    let mut table = subscriptions();
    let zone = TimeZone::get("America/New_York").unwrap();
    let csv = b"code;plan;started_on;mrr;seats\na;Pro;2026-01-31;12.50;3\nb;;2026-01-31 17:00;-1e3;\nc;7;1769900400;;2\n";
    let taken = TableBatch::from_csv(csv).unwrap().check(&mut table, &zone).unwrap().rows;
    let at: Vec<String> = taken.iter().map(|row| row.at.unwrap().to_string()).collect();
    assert_eq!(at, ["2026-01-31T05:00:00Z", "2026-01-31T22:00:00Z", "2026-01-31T23:00:00Z"]);
    assert_eq!(taken[1].numbers[..2], [Some(-1000.0), None]);
    let shown: Vec<_> = taken.iter().map(|row| row.view(&table, &zone)).collect();
    assert_eq!(
        serde_json::to_value(&shown).unwrap(),
        json!([
            { "code": "a", "plan": "Pro", "started_on": "2026-01-31", "mrr": 12.5, "seats": 3.0 },
            { "code": "b", "plan": null, "started_on": "2026-01-31T17:00:00-05:00", "mrr": -1000.0, "seats": null },
            { "code": "c", "plan": "7", "started_on": "2026-01-31T18:00:00-05:00", "mrr": null, "seats": 2.0 },
        ])
    );
    let body = json!({ "rows": shown }).to_string();
    let again = TableBatch::from_json(body.as_bytes()).unwrap().check(&mut table, &zone).unwrap();
    assert_eq!(again.rows, taken);
}

#[test]
fn a_number_or_a_time_that_is_none_is_named_with_its_place() {
    let csv = b"code,started_on,mrr\na,2026-02-30,1\nb,2026-01-01,12 EUR\nc,,1\nd,2026-01-01,1e101\ne,1899-12-31,1\nf,2026-01-01,NaN\n";
    let wrong = TableBatch::from_csv(csv).unwrap().check(&mut subscriptions(), &utc()).unwrap_err();
    let said: Vec<_> = wrong.fields().iter().map(|f| f.detail.as_deref().unwrap_or_default()).collect();
    assert_eq!(
        said,
        [
            "Line 2: started_on is \"2026-02-30\", which is no time such as 2026-01-31 or 2026-01-31T17:00:00Z.",
            "Line 3: mrr is \"12 EUR\", which is no number.",
            "Line 4: it has no started_on, which says when it is.",
            "Line 5: mrr is not a finite number of at most 1e100.",
            "Line 6: started_on is 1899-12-31T00:00:00Z, which lies outside the years 1900 to 2199.",
            "Line 7: mrr is not a finite number of at most 1e100.",
        ]
    );
    let json = br#"{"rows":[{"code":"a","started_on":5},{"code":"b","started_on":"2026-01-01","mrr":true},{"code":"c","started_on":"2026-01-01","plan":5},{"code":"d","started_on":"2026-01-01","mrr":"5"}]}"#;
    let wrong = TableBatch::from_json(json).unwrap().check(&mut subscriptions(), &utc()).unwrap_err();
    let pointers: Vec<_> = wrong.fields().iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(pointers, ["/rows/0/started_on", "/rows/1", "/rows/2/plan"]);
}

#[test]
fn only_texts_are_looked_up() {
    let mut dataset = DatasetDefinition::new("flights").unwrap();
    dataset.learn([], ["carrier"]).unwrap();
    let mut put = looking_up(&[("plan", "carrier", "mrr")]);
    put.dimensions[0].lookup.as_mut().unwrap().table = "subscriptions".to_owned();
    put.apply(&mut dataset).unwrap();
    let source = TableSource { number: 1, definition: subscriptions() };
    let refused = dataset.find_lookups(std::slice::from_ref(&source)).unwrap_err();
    assert!(refused.detail().ends_with("There is: plan."), "{}", refused.detail());
}

fn looking_up(lookups: &[(&str, &str, &str)]) -> DatasetPut {
    let dimension = |(name, by, column): &(&str, &str, &str)| DimensionPut {
        name: (*name).to_owned(),
        lookup: Some(LookupPut {
            by: (*by).to_owned(),
            table: "airlines".to_owned(),
            column: (*column).to_owned(),
        }),
        ..DimensionPut::default()
    };
    DatasetPut { dimensions: lookups.iter().map(dimension).collect(), ..DatasetPut::default() }
}

#[test]
fn what_is_looked_up_has_a_slot_of_its_own_and_goes_when_it_is_not_listed() {
    let mut dataset = DatasetDefinition::new("flights").unwrap();
    dataset.learn([], ["origin", "carrier"]).unwrap();
    let tables = [TableSource { number: 7, definition: airlines() }];
    looking_up(&[("airline", "carrier", "name"), ("alliance", "carrier", "alliance")])
        .apply(&mut dataset)
        .unwrap();
    dataset.find_lookups(&tables).unwrap();
    let shown: Vec<_> = dataset.dimensions.iter().map(|d| (d.name.as_str(), d.slot)).collect();
    assert_eq!(shown, [("airline", 13), ("alliance", 14), ("origin", 1), ("carrier", 2)]);
    let alliance = dataset.dimension("alliance").unwrap().lookup.as_ref().unwrap();
    assert_eq!((alliance.number, alliance.slot), (7, 2));
    let mut again = dataset.clone();
    DatasetPut::of(&dataset).apply(&mut again).unwrap();
    again.find_lookups(&tables).unwrap();
    assert_eq!(again, dataset);

    looking_up(&[("city", "origin", "name"), ("alliance", "carrier", "alliance")])
        .apply(&mut dataset)
        .unwrap();
    let slot = |name: &str| dataset.dimension(name).map(|d| d.slot);
    assert_eq!((slot("airline"), slot("city"), slot("alliance")), (None, Some(13), Some(14)));

    // Events do not carry what is looked up, and what they carry is not looked up.
    let carried = dataset.clone().learn([], ["alliance"]).unwrap_err();
    assert!(carried.detail().contains("looked up in the table \"airlines\""), "{}", carried.detail());
    for (put, pointer) in [
        (looking_up(&[("origin", "carrier", "name")]), "/dimensions/0/name"),
        (looking_up(&[("a", "planet", "name")]), "/dimensions/0/lookup/by"),
        (looking_up(&[("a", "carrier", "name"), ("b", "a", "name")]), "/dimensions/1/lookup/by"),
    ] {
        let before = dataset.clone();
        assert_eq!(put.apply(&mut dataset).unwrap_err().fields()[0].pointer, pointer);
        assert_eq!(before, dataset);
    }
    let unfound = |put: DatasetPut| {
        let mut dataset = dataset.clone();
        put.apply(&mut dataset).unwrap();
        dataset.find_lookups(&tables).unwrap_err().fields()[0].pointer.clone()
    };
    assert_eq!(unfound(looking_up(&[("a", "carrier", "nam")])), "/dimensions/0/lookup/column");
    let mut elsewhere = looking_up(&[("a", "carrier", "name")]);
    elsewhere.dimensions[0].lookup.as_mut().unwrap().table = "planes".to_owned();
    assert_eq!(unfound(elsewhere), "/dimensions/0/lookup/table");
    let many: Vec<String> = (0..13).map(|i| format!("x{i}")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), "carrier", "name")).collect();
    assert_eq!(looking_up(&many).apply(&mut dataset).unwrap_err().fields()[0].pointer, "/dimensions");
    looking_up(&many[..12]).apply(&mut dataset).unwrap();
    assert!(dataset.looked_up().all(|(d, _)| (13..=24).contains(&d.slot)));
}
