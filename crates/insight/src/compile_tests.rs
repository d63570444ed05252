//! Tests of [`super`]: what questions become in SQL, and what is refused.

use super::*;
use insula_model::{Compare, Filter, Sort, WeekStart};
use proptest::prelude::*;

fn flights() -> DatasetDefinition {
    let mut dataset = DatasetDefinition::new("flights").unwrap();
    dataset.learn(["distance", "dep_delay"], ["origin", "dest", "carrier"]).unwrap();
    dataset
}

fn context() -> Context {
    Context {
        now: "2026-11-21T15:07:30Z".parse().unwrap(),
        time_zone: period::time_zone("America/New_York", "").unwrap(),
        week_start: WeekStart::Sunday,
        range: None,
        compare: None,
        filters: Vec::new(),
        locked: Vec::new(),
    }
}

fn ask(json: &str) -> Result<CompiledQuery> {
    compile(&serde_json::from_str(json).unwrap(), Source::new(&flights(), 7), &context())
}

fn wrong(json: &str) -> Vec<(String, String)> {
    let error = ask(json).unwrap_err();
    error.fields().iter().map(|f| (f.pointer.clone(), f.detail.clone().unwrap_or_default())).collect()
}

#[test]
fn what_is_wrong_is_said_at_its_place_with_the_nearest_name() {
    let found = wrong(
        r#"{"dataset":"flights","measures":[{"agg":"sum","measure":"distnace"},{"agg":"avg","measure":"origin"},{"agg":"distinct","dimension":"x"}],
            "by":["Dest"],"filters":[{"op":"in","dimension":"carier","values":["UA"]},{"op":"gt","measure":"speed","value":1}]}"#,
    );
    let said: Vec<_> = found
        .iter()
        .map(|(pointer, detail)| (pointer.as_str(), detail.split(". ").nth(1).unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("/measures/0/measure", "Did you mean \"distance\"?"),
            ("/measures/1/measure", "It is a dimension."),
            ("/measures/2/dimension", "It has origin, dest, carrier."),
            ("/by/0", "Did you mean \"dest\"?"),
            ("/filters/0/dimension", "Did you mean \"carrier\"?"),
            ("/filters/1/measure", "It has distance, dep_delay."),
        ]
    );
}

#[test]
fn cells_are_bounded() {
    let daily = |limit: &str| {
        ask(&format!(
            r#"{{"dataset":"flights","measures":[{{"agg":"count"}}],"by":["dest"],"grain":"day","range":{{"from":"2013-01-01","to":"2014-01-01"}}{limit}}}"#
        ))
    };
    let too_many = daily(r#","limit":100"#).unwrap_err();
    assert_eq!(too_many.fields()[0].pointer, "/limit");
    assert!(too_many.detail().contains("Ask for 13 groups"), "{too_many}");
    assert_eq!(daily(r#","limit":13"#).unwrap().statement.cost.rows, 365 * 14);
    assert_eq!(daily("").unwrap().statement.cost.rows, 365 * 13);
    let minutes = r#"{"dataset":"flights","measures":[{"agg":"count"}],"by":["dest"],"grain":"minute","range":{"last":"3d"}}"#;
    assert_eq!(ask(minutes).unwrap().statement.cost.rows, 4_320 * 2);
}

#[test]
fn the_datasets_own_time_zone_goes_before_the_tenants() {
    let mut dataset = flights();
    dataset.time_zone = Some("Asia/Kathmandu".into());
    let question = Question::new("flights", vec![Aggregate::count()]);
    let shape = compile(&question, Source::new(&dataset, 7), &context()).unwrap().shape;
    assert_eq!(shape.head.time_zone, "Asia/Kathmandu");
    assert_eq!(shape.head.range.to.to_string(), "2026-11-21T18:15:00Z");
}

#[test]
fn rows_of_another_form_are_an_internal_error() {
    let compiled =
        ask(r#"{"dataset":"flights","measures":[{"agg":"count"}],"by":["dest"],"grain":"day"}"#).unwrap();
    for row in [vec![], vec![crate::Value::Null], vec![crate::Value::Text("x".into()); 4]] {
        let error = compiled.shape.answer(&[row]).unwrap_err();
        assert!(error.is(problem::INTERNAL), "{error:?}");
    }
}

/// Text that would show, were it ever a part of a statement.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("'; DROP TABLE events; --".to_owned()),
        Just("$1) OR tenant_id <> (".to_owned())
    ]
    .prop_map(|text| format!("⟦{}⟧", text.replace('\0', "")))
}

proptest! {
    /// The text of a statement has letters of ours only, and is the same whatever the values are.
    #[test]
    fn nothing_is_injected(values in prop::collection::vec(prop::option::of(hostile()), 1..5), text in hostile(), number in -1e9..1e9_f64, descending: bool, grain: bool) {
        let question = |values: Vec<Option<String>>, text: String, number: f64| Question {
            by: vec!["origin".into(), "dest".into()],
            grain: grain.then_some(GrainChoice::Week),
            filters: vec![
                Filter::In { dimension: "dest".into(), values: values.clone() },
                Filter::NotIn { dimension: "carrier".into(), values },
                Filter::Contains { dimension: "origin".into(), value: text.clone() },
                Filter::StartsWith { dimension: "origin".into(), value: text },
                Filter::Between { measure: "distance".into(), value: number, to: number + 1.0 },
            ],
            sort: Some(Sort { by: SortBy::Dimension, index: 1, descending }),
            compare: Some(Compare::PreviousPeriod),
            ..Question::new("flights", vec![Aggregate::of(Agg::Avg, "dep_delay"), Aggregate::distinct("dest")])
        };
        let compiled = compile(&question(values.clone(), text, number), Source::new(&flights(), 7), &context()).unwrap();
        let sql = &compiled.statement.sql;
        prop_assert!(sql.is_ascii() && !sql.contains('\'') && !sql.contains(';') && !sql.contains("tenant") && !sql.contains("--"));
        let mut plain: Vec<_> = values.iter().map(|v| v.as_ref().map(|_| "x".to_owned())).collect();
        let mut seen = std::collections::BTreeSet::new();
        for (i, (p, v)) in plain.iter_mut().zip(&values).enumerate() {
            // As many different values as before, so that the same form is written.
            if let (Some(p), Some(v)) = (p, v) {
                *p = format!("x{}", if seen.insert(v.clone()) { i } else { values.iter().position(|o| o.as_ref() == Some(v)).unwrap() });
            }
        }
        let other = compile(&question(plain, "y".into(), 0.25), Source::new(&flights(), 7), &context()).unwrap();
        prop_assert_eq!(sql, &other.statement.sql);
    }

    /// Names that are not the dataset's never get as far as a statement.
    #[test]
    fn names_are_the_datasets_or_refused(name in hostile()) {
        let mut question = Question::new("flights", vec![Aggregate::of(Agg::Sum, name.clone())]);
        question.by = vec![name.clone()];
        question.filters = vec![Filter::Contains { dimension: name, value: "x".into() }];
        let error = compile(&question, Source::new(&flights(), 7), &context()).unwrap_err();
        prop_assert_eq!(error.fields().len(), 3);
    }
}
