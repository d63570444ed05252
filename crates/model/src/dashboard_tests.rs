//! Tests of [`super`]: what a dashboard accepts and refuses.

use super::*;
use crate::period::Last;
use crate::question::{Aggregate, Question};

fn widget(id: &str) -> Widget {
    let question = Question::new("flights", vec![Aggregate::count()]);
    Widget { id: id.into(), title: "Flights".into(), question, picture: Picture::Kpi(KpiOptions::default()) }
}

fn place(widget: &str, x: u16, y: u16, w: u16, h: u16) -> Place {
    Place { widget: widget.into(), x, y, w, h }
}

fn config(widgets: Vec<Widget>, layout: Vec<Place>) -> DashboardConfig {
    DashboardConfig {
        range: Range::Last(Last::Days(30)),
        compare: Some(Compare::PreviousPeriod),
        widgets,
        layout,
        embed: None,
    }
}

fn wrong(config: &DashboardConfig) -> Vec<(String, String)> {
    config.problems().into_iter().map(|f| (f.pointer, f.code)).collect()
}

#[test]
fn a_widget_is_tagged_by_its_kind_and_strict() {
    let text = r#"{"kind":"kpi","id":"w1","title":"Flights","question":{"dataset":"flights","measures":[{"agg":"count"}]},"options":{"sparkline":true,"down_is_good":false}}"#;
    let read: Widget = serde_json::from_str(text).unwrap();
    assert_eq!(read, widget("w1"));
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let short = r#"{"id":"w1","title":"Flights","kind":"kpi","question":{"dataset":"flights","measures":[{"agg":"count"}]}}"#;
    assert_eq!(serde_json::from_str::<Widget>(short).unwrap(), widget("w1"));
    for text in [
        r#"{"id":"w","title":"x","kind":"pie","question":{"dataset":"a","measures":[{"agg":"count"}]}}"#,
        r#"{"id":"w","title":"x","kind":"kpi","colour":1,"question":{"dataset":"a","measures":[{"agg":"count"}]}}"#,
        r#"{"id":"w","title":"x","kind":"kpi","options":{"stacked":true},"question":{"dataset":"a","measures":[{"agg":"count"}]}}"#,
    ] {
        assert!(serde_json::from_str::<Widget>(text).is_err(), "{text}");
    }
}

#[test]
fn places_lie_inside_and_apart() {
    let pair = |a, b| config(vec![widget("a"), widget("b")], vec![a, b]);
    assert_eq!(wrong(&pair(place("a", 0, 0, 6, 2), place("b", 6, 0, 6, 2))), []);
    assert_eq!(wrong(&pair(place("a", 0, 0, 6, 2), place("b", 0, 2, 12, 2))), []);
    let outside = ("/config/layout/1".to_owned(), "outside".to_owned());
    for bad in [
        place("b", 7, 2, 6, 1),
        place("b", 0, 2, 0, 1),
        place("b", 0, 999, 1, 2),
        place("b", u16::MAX, 2, 1, 1),
    ] {
        assert_eq!(wrong(&pair(place("a", 0, 0, 6, 2), bad)), std::slice::from_ref(&outside));
    }
    let overlap = wrong(&pair(place("a", 0, 0, 6, 2), place("b", 5, 1, 2, 2)));
    assert_eq!(overlap, [("/config/layout/1".to_owned(), "overlap".to_owned())]);
}

#[test]
fn every_widget_has_one_place_and_one_id() {
    let twice = config(vec![widget("a"), widget("a")], vec![place("a", 0, 0, 1, 1)]);
    assert_eq!(wrong(&twice), [("/config/widgets/1/id".to_owned(), "duplicate".to_owned())]);
    let none = config(vec![widget("a")], vec![place("b", 0, 0, 1, 1)]);
    assert_eq!(
        wrong(&none),
        [("/config/layout".into(), "count".into()), ("/config/layout/0/widget".into(), "unknown".to_owned())]
    );
}

#[test]
fn a_question_fits_its_picture() {
    let with = |picture, change: fn(&mut Question)| {
        let mut w = Widget { picture, ..widget("a") };
        change(&mut w.question);
        wrong(&config(vec![w], vec![place("a", 0, 0, 1, 1)]))
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect::<Vec<_>>()
    };
    let question = "/config/widgets/0/question";
    assert_eq!(
        with(Picture::Kpi(KpiOptions::default()), |q| q.by = vec!["a".into()]),
        [format!("{question}/by")]
    );
    assert_eq!(with(Picture::Bar(BarOptions::default()), |_| ()), [format!("{question}/by")]);
    assert_eq!(
        with(Picture::Table(TableOptions::default()), |q| q.limit = Some(0)),
        [format!("{question}/limit")]
    );
    assert!(with(Picture::TimeSeries(TimeSeriesOptions::default()), |q| q.by = vec!["a".into()]).is_empty());
}

#[test]
fn a_configuration_has_a_size() {
    let ids: Vec<String> = (0..=MAX_WIDGETS).map(|i| format!("w{i}")).collect();
    let many = config(ids.iter().map(|id| widget(id)).collect(), vec![]);
    assert_eq!(wrong(&many), [("/config/widgets".to_owned(), "count".to_owned())]);
    let mut heavy = widget("a");
    let values: Vec<_> = (0..50).map(|i| Some(format!("{i:0>256}"))).collect();
    heavy.question.filters = vec![crate::question::Filter::In { dimension: "d".into(), values }; 20];
    let mut second = heavy.clone();
    second.id = "b".into();
    let large = config(vec![heavy, second], vec![place("a", 0, 0, 1, 1), place("b", 1, 0, 1, 1)]);
    assert_eq!(wrong(&large), [("/config".to_owned(), "too_large".to_owned())]);
}

/// Every type of the API's analytics half has a schema, and every reference in them leads somewhere.
#[test]
fn schemas_are_whole() {
    use utoipa::OpenApi;

    #[derive(OpenApi)]
    #[openapi(components(schemas(
        crate::Dashboard,
        crate::DashboardData,
        crate::DashboardInput,
        crate::Dataset,
        crate::DatasetPut,
        crate::EventInput,
        crate::EventProblem,
        crate::Question,
    )))]
    struct Api;

    let document = serde_json::to_value(Api::openapi()).unwrap();
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and has no schema");
    }
    for name in ["Range", "Widget", "Event", "Filter", "Answer", "Column", "Values", "Grain"] {
        assert!(schemas.contains_key(name), "{name} has no schema; there are {:?}", schemas.keys());
    }
    assert!(!schemas.contains_key("RangeText") && !schemas.contains_key("WidgetText"));
}
