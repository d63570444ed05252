//! Tests of [`super`]: the schema and the server agree on what they both can see.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::*;
use crate::dashboard_template::default_dashboard;
use crate::event_sample::sample_dataset;

fn schema() -> Validator {
    jsonschema::draft202012::new(&dashboard_schema()).expect("a schema")
}

fn server_accepts(input: &Value) -> bool {
    serde_json::from_value::<DashboardInput>(input.clone()).is_ok_and(|input| input.check().is_ok())
}

/// A dashboard of one widget.
#[allow(clippy::needless_pass_by_value, reason = "callers build it in place")]
fn with(widget: Value) -> Value {
    let id = widget["id"].clone();
    json!({ "name": "A", "config": { "range": { "last": "30d" }, "widgets": [widget],
            "layout": [{ "widget": id, "x": 0, "y": 0, "w": 4, "h": 4 }] } })
}

fn asking(question: &Value) -> Value {
    with(json!({ "id": "w1", "title": "T", "kind": "table", "question": question }))
}

fn filtered(filter: &Value) -> Value {
    asking(&json!({ "dataset": "a", "measures": [{ "agg": "count" }], "filters": [filter] }))
}

/// A small dashboard, changed at one place.
fn changed(pointer: &str, value: &Value) -> Value {
    let mut input = asking(
        &json!({ "dataset": "a", "measures": [{ "agg": "sum", "measure": "m" }], "by": ["d"], "limit": 5,
                        "sort": { "by": "measure", "index": 0, "descending": true } }),
    );
    let (at, field) = pointer.rsplit_once('/').unwrap();
    input.pointer_mut(at).unwrap_or_else(|| panic!("{at}"))[field] = value.clone();
    input
}

fn good() -> Vec<Value> {
    let question = json!({ "dataset": "a", "measures": [{ "agg": "count" }] });
    let mut good = vec![
        json!({ "name": "Everything", "description": "What it is for", "note": "Because", "config": default_dashboard(&sample_dataset()) }),
        json!({ "name": "Nothing", "description": null, "config": { "range": { "last": "all" }, "compare": null, "widgets": [], "layout": [] } }),
        with(
            json!({ "id": "w-1_a", "title": "T", "kind": "kpi", "question": question, "options": { "down_is_good": true } }),
        ),
        with(
            json!({ "id": "w", "title": "T", "kind": "time_series", "question": question, "options": { "style": "bars", "stacked": true } }),
        ),
        with(json!({ "id": "w", "title": "T", "kind": "bar", "options": {},
                     "question": { "dataset": "a", "measures": [{ "agg": "last", "measure": "m", "as": "x1" }], "by": ["d"] } })),
        asking(
            &json!({ "dataset": "a", "measures": [{ "agg": "distinct", "dimension": "d" }], "by": ["d", "e", "f"], "grain": "week",
                        "compare": "previous_period", "range": { "from": "2013-01-01", "to": "2014-01-01T00:00:00Z" },
                        "sort": { "by": "time" }, "limit": 1000 }),
        ),
        asking(
            &json!({ "dataset": "a", "measures": [{ "agg": "count" }], "range": { "last": "today", "from": null, "to": null } }),
        ),
        changed("/config/layout/0/w", &json!(12)),
        changed("/config/layout/0/y", &json!(996)),
        changed("/config/compare", &json!("none")),
    ];
    for last in ["1000h", "30d", "8w", "12m", "20y", "today", "mtd", "ytd", "all"] {
        good.push(changed("/config/range", &json!({ "last": last })));
    }
    for agg in ["sum", "avg", "min", "max", "last"] {
        good.push(changed("/config/widgets/0/question/measures/0/agg", &json!(agg)));
    }
    for grain in ["auto", "minute", "hour", "day", "week", "month", "quarter", "year"] {
        good.push(changed("/config/widgets/0/question/grain", &json!(grain)));
    }
    for op in ["in", "not_in"] {
        good.push(filtered(&json!({ "op": op, "dimension": "d", "values": ["x", null] })));
    }
    for op in ["contains", "starts_with"] {
        good.push(filtered(&json!({ "op": op, "dimension": "d", "value": "x" })));
    }
    for op in ["gte", "gt", "lte", "lt", "eq"] {
        good.push(filtered(&json!({ "op": op, "measure": "m", "value": 1.5 })));
    }
    good.push(filtered(&json!({ "op": "between", "measure": "m", "value": 1, "to": 2 })));
    good
}

/// Wrong at one place that can be seen by itself.
fn bad() -> Vec<Value> {
    let question = "/config/widgets/0/question";
    let at = |field: &str, value: Value| changed(&format!("{question}/{field}"), &value);
    let mut bad = vec![
        json!({}),
        json!([]),
        json!({ "name": "A" }),
        changed("/name", &json!("")),
        changed("/name", &json!("x".repeat(81))),
        changed("/name", &json!(7)),
        changed("/description", &json!("x".repeat(501))),
        changed("/note", &json!("x".repeat(201))),
        changed("/colour", &json!("red")),
        changed("/config/colour", &json!("red")),
        changed("/config/range", &json!({})),
        changed("/config/range", &json!({ "from": "2013-01-01" })),
        changed("/config/range", &json!({ "last": "30d", "from": "2013-01-01", "to": "2014-01-01" })),
        changed("/config/range", &json!({ "from": "yesterday", "to": "2014-01-01" })),
        changed("/config/compare", &json!("PreviousPeriod")),
        changed("/config/compare", &json!(true)),
        changed("/config/widgets", &json!({})),
        changed("/config/widgets/0/kind", &json!("sundial")),
        changed("/config/widgets/0/id", &json!("W 1")),
        changed("/config/widgets/0/id", &json!("")),
        changed("/config/widgets/0/id", &json!("w".repeat(41))),
        changed("/config/widgets/0/title", &json!("")),
        changed("/config/widgets/0/title", &json!("x".repeat(81))),
        changed("/config/widgets/0/colour", &json!("red")),
        changed("/config/widgets/0/options", &json!({ "stacked": true })),
        changed("/config/widgets/0/options", &json!(null)),
        changed("/config/layout/0/x", &json!(12)),
        changed("/config/layout/0/x", &json!(-1)),
        changed("/config/layout/0/x", &json!(0.5)),
        changed("/config/layout/0/y", &json!(1000)),
        changed("/config/layout/0/w", &json!(0)),
        changed("/config/layout/0/w", &json!(13)),
        changed("/config/layout/0/h", &json!(0)),
        changed("/config/layout/0/z", &json!(1)),
        at("dataset", json!(null)),
        at("sql", json!("SELECT 1")),
        at("measures", json!([])),
        at(
            "measures",
            json!([0, 1, 2, 3, 4, 5, 6, 7, 8].map(|i| json!({ "agg": "sum", "measure": format!("m{i}") }))),
        ),
        at("measures/0/agg", json!("median")),
        at("measures/0/agg", json!("Sum")),
        at("measures/0/as", json!("Net amount")),
        at("by", json!(["a", "b", "c", "d"])),
        at("by", json!(["a", "a"])),
        at("grain", json!("fortnight")),
        at("limit", json!(0)),
        at("limit", json!(1001)),
        at("sort/by", json!("name")),
        at("sort/index", json!(256)),
        filtered(&json!({ "op": "in", "dimension": "d", "values": [] })),
        filtered(&json!({ "op": "in", "dimension": "d", "values": vec!["x"; 51] })),
        filtered(&json!({ "op": "in", "dimension": "d", "values": ["x".repeat(257)] })),
        filtered(&json!({ "op": "in", "measure": "d", "values": ["x"] })),
        filtered(&json!({ "op": "contains", "dimension": "d", "value": "x".repeat(257) })),
        filtered(&json!({ "op": "contains", "dimension": "d", "value": "" })),
        filtered(&json!({ "op": "matches", "dimension": "d", "value": "x" })),
        filtered(&json!({ "op": "gt", "measure": "m", "value": "1" })),
        filtered(&json!({ "op": "gt", "measure": "m", "value": 1, "to": 2 })),
        filtered(&json!({ "op": "between", "measure": "m", "value": 1 })),
    ];
    for last in ["0d", "30", "d", "030d", "30D", "-1d", "forever", ""] {
        bad.push(changed("/config/range", &json!({ "last": last })));
    }
    bad
}

#[test]
fn what_the_server_accepts_the_schema_accepts() {
    let schema = schema();
    for input in good() {
        assert!(server_accepts(&input), "the server refuses {input}");
        let wrong: Vec<String> = schema.iter_errors(&input).map(|e| e.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?} in {input}");
    }
}

#[test]
fn what_is_wrong_at_one_place_both_refuse() {
    let schema = schema();
    for input in bad() {
        assert!(!server_accepts(&input), "the server accepts {input}");
        assert!(!schema.is_valid(&input), "the schema accepts {input}");
    }
}

#[test]
fn what_two_places_say_together_only_the_server_sees() {
    let schema = schema();
    let twice = json!({ "widget": "w1", "x": 0, "y": 0, "w": 1, "h": 1 });
    for input in [
        changed("/config/layout", &json!([])),
        changed("/config/layout", &json!([twice, twice])),
        changed("/config/layout/0/widget", &json!("w2")),
        changed("/config/layout", &json!([{ "widget": "w1", "x": 11, "y": 0, "w": 2, "h": 1 }])),
        changed("/config/widgets/0/kind", &json!("kpi")),
        changed("/config/widgets/0/question/sort/index", &json!(3)),
    ] {
        assert!(!server_accepts(&input) && schema.is_valid(&input), "{input}");
    }
}

/// A bound that leads nowhere would bind nothing.
#[test]
fn every_bound_has_its_place_and_every_reference_leads_somewhere() {
    let schema = dashboard_schema();
    for (pointer, _) in bounds() {
        assert!(schema["$defs"].pointer(pointer).is_some_and(Value::is_object), "{pointer}");
    }
    let text = schema.to_string();
    assert!(!text.contains(COMPONENTS));
    for reference in text.split("\"$ref\":\"#/$defs/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schema["$defs"].get(name).is_some(), "{name}");
    }
    // Each kind of widget and each filter is bounded, also one that is new.
    let fields = |name: &str| -> Vec<Value> {
        let options = schema["$defs"][name]["oneOf"].as_array().unwrap();
        options.iter().map(|o| o["properties"].clone()).collect()
    };
    assert!(fields("Widget").iter().all(|f| f["id"]["pattern"].is_string() && f["title"]["maxLength"] == 80));
    assert!(fields("Filter").iter().all(|f| {
        f["value"]["type"] == "number" || f["value"]["maxLength"] == 256 || f["values"]["maxItems"] == 50
    }));
}
