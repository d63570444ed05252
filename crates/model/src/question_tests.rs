//! Tests of [`super`]: which questions are valid.

use super::*;

const FULL: &str = r#"{"dataset":"flights",
    "measures":[{"agg":"sum","measure":"distance","as":"miles"},{"agg":"count"},{"agg":"distinct","dimension":"dest"}],
    "by":["origin"],"grain":"month",
    "filters":[{"op":"in","dimension":"dest","values":["ATL",null]},{"op":"between","measure":"distance","value":1,"to":2}],
    "range":{"from":"2013-01-01","to":"2013-02-01"},"compare":"previous_period",
    "sort":{"by":"measure","index":0,"descending":true},"limit":10}"#;

fn question(text: &str) -> Question {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_whole_question_survives_the_wire() {
    let q = question(FULL);
    assert_eq!(q.check(""), []);
    assert_eq!(question(&serde_json::to_string(&q).unwrap()), q);
    assert_eq!(
        q.measures.iter().map(Figure::column).collect::<Vec<_>>(),
        ["miles", "count", "distinct_dest"]
    );
}

#[test]
fn what_is_not_known_is_refused() {
    for text in [
        r#"{"dataset":"a","measures":[{"agg":"median","measure":"x"}]}"#,
        r#"{"dataset":"a","measures":[{"agg":"count"}],"where":"1=1"}"#,
        r#"{"dataset":"a","measures":[{"agg":"count","formula":"count()"}]}"#,
        r#"{"dataset":"a","measures":[{"agg":"count","label":"x"}]}"#,
        r#"{"dataset":"a","measures":[{"formula":"count()","measure":"x"}]}"#,
        r#"{"dataset":"a","measures":[{"formula":"count()","as":"n","sql":"1"}]}"#,
        r#"{"dataset":"a","measures":[{"as":"n"}]}"#,
        r#"{"dataset":"a","measures":[{"agg":"count"}],"filters":[{"op":"in","dimension":"d","values":["a"],"or":1}]}"#,
        r#"{"dataset":"a","measures":[{"agg":"count"}],"filters":[{"op":"like","dimension":"d","value":"a"}]}"#,
        r#"{"dataset":"a","measures":[{"agg":"count"}],"filters":[{"op":"gte","measure":"d","value":"1"}]}"#,
        r#"{"dataset":"a","measures":[{"agg":"count"}],"grain":"fortnight"}"#,
    ] {
        assert!(serde_json::from_str::<Question>(text).is_err(), "{text}");
    }
}

#[test]
fn totals_and_shares_need_what_they_are_of() {
    let wrong = |text: &str| -> Vec<String> {
        let text = format!(r#"{{"dataset":"flights",{text}}}"#);
        question(&text).check("").into_iter().map(|f| f.pointer).collect()
    };
    let none: [&str; 0] = [];
    let shown = |agg: &str, show: &str| format!(r#""measures":[{{"agg":{agg},"show":"{show}"}}]"#);
    let (count, mean) = (r#""count""#, r#""avg","measure":"distance""#);
    assert_eq!(wrong(&shown(count, "running")), ["/measures/0/show"], "of which buckets?");
    assert_eq!(wrong(&format!(r#"{},"grain":"day""#, shown(count, "running"))), none);
    assert_eq!(wrong(&shown(count, "share")), ["/measures/0/show"], "of what?");
    assert_eq!(wrong(&format!(r#"{},"by":["origin"]"#, shown(count, "share"))), none);
    assert_eq!(wrong(&format!(r#"{},"grain":"day""#, shown(count, "share"))), none);
    assert_eq!(wrong(&format!(r#"{},"grain":"day""#, shown(mean, "running"))), ["/measures/0/show"]);
    assert_eq!(wrong(r#""measures":[{"agg":"count"}],"other":true"#), ["/other"]);
    let q = question(&format!(r#"{{"dataset":"a",{},"grain":"day"}}"#, shown(count, "running")));
    assert_eq!(q.measures[0].column(), "running_count");
    assert_eq!(question(&serde_json::to_string(&q).unwrap()), q);
}

#[test]
fn every_bound_points_at_its_place() {
    let mut q = question(FULL);
    q.measures.push(Aggregate::count().into());
    q.measures.push(Aggregate { measure: None, ..Aggregate::of(Agg::Avg, "x") }.into());
    q.by = vec!["a".into(), "a".into()];
    q.filters.push(Filter::In { dimension: "d".into(), values: vec![] });
    q.filters.push(Filter::Eq { measure: "m".into(), value: f64::NAN });
    q.limit = Some(1_001);
    q.sort = Some(Sort { by: SortBy::Dimension, index: 2, descending: false });
    let pointers: Vec<_> = q.check("/question").into_iter().map(|f| f.pointer).collect();
    assert_eq!(
        pointers,
        [
            "/question/measures/3/as",
            "/question/measures/4/measure",
            "/question/by/1",
            "/question/filters/2/values",
            "/question/filters/3/value",
            "/question/limit",
            "/question/sort",
        ]
    );
}

#[test]
fn a_formula_survives_the_wire_and_has_a_name() {
    let text = r#"{"dataset":"a","measures":[{"formula":"a / nullif(b, 0)","as":"ratio","unit":"%","format":"percent"},{"formula":"aov"}]}"#;
    let q = question(text);
    assert_eq!(q.check(""), []);
    assert_eq!(serde_json::to_string(&q).unwrap(), text);
    assert_eq!(q.measures.iter().map(Figure::column).collect::<Vec<_>>(), ["ratio", "aov"]);
    let pointers = |formula: Formula| {
        let q = Question::new("a", vec![formula]);
        q.check("").into_iter().map(|f| f.pointer).collect::<Vec<_>>()
    };
    assert_eq!(pointers(Formula { alias: None, ..Formula::new("count()", "n") }), ["/measures/0/as"]);
    assert_eq!(pointers(Formula::new(" ", "n")), ["/measures/0/formula"]);
    assert_eq!(pointers(Formula::new("1".repeat(2_001), "n")), ["/measures/0/formula"]);
    assert_eq!(
        pointers(Formula { label: Some(String::new()), ..Formula::new("count()", "n") }),
        ["/measures/0/label"]
    );
}
