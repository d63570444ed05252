//! Tests of [`super`]: what a dashboard accepts and refuses.

use super::*;
use crate::period::Last;
use crate::question::{Aggregate, Question};

fn widget(id: &str) -> Widget {
    let question = Question::new("flights", vec![Aggregate::count()]);
    Widget::chart(id, "Flights", question, Picture::Kpi(KpiOptions::default()))
}

fn place(widget: &str, x: u16, y: u16, w: u16, h: u16) -> Place {
    Place { widget: widget.into(), x, y, w, h }
}

fn config(widgets: Vec<Widget>, layout: Vec<Place>) -> DashboardConfig {
    let compare = Some(Compare::PreviousPeriod);
    DashboardConfig { compare, widgets, layout, ..DashboardConfig::empty(Range::Last(Last::Days(30))) }
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
        r#"{"id":"w","title":"x","kind":"treemap","question":{"dataset":"a","measures":[{"agg":"count"}]}}"#,
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
        let mut question = Question::new("flights", vec![Aggregate::count()]);
        change(&mut question);
        let w = Widget::chart("a", "Flights", question, picture);
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

/// Where the widget is wrong that asks for so many measures by these dimensions, below the widget.
fn misfits(picture: Picture, measures: usize, by: &[&str], grain: bool) -> Vec<String> {
    let names = ["a", "b", "c"];
    let question = Question {
        by: by.iter().map(|name| (*name).to_owned()).collect(),
        grain: grain.then_some(crate::period::GrainChoice::Auto),
        ..Question::new(
            "flights",
            names.iter().take(measures).map(|n| Aggregate::of(crate::question::Agg::Sum, *n)).collect(),
        )
    };
    let of = config(vec![Widget::chart("a", "A", question, picture)], vec![place("a", 0, 0, 1, 1)]);
    wrong(&of).into_iter().map(|(at, _)| at.replace("/config/widgets/0", "")).collect()
}

#[test]
fn every_picture_says_what_it_cannot_show() {
    let fits = |picture: &Picture, measures, by: &[&str], grain| {
        assert_eq!(misfits(picture.clone(), measures, by, grain), [""; 0], "{picture:?}");
    };
    let wrong_at = |picture: &Picture, measures, by: &[&str], grain, at: &str| {
        assert_eq!(misfits(picture.clone(), measures, by, grain), [at], "{picture:?}");
    };
    for picture in [Picture::Pie(PieOptions::default()), Picture::Map(MapOptions::default())] {
        fits(&picture, 1, &["d"], false);
        wrong_at(&picture, 1, &[], false, "/question/by");
        wrong_at(&picture, 2, &["d"], false, "/question/measures");
        wrong_at(&picture, 1, &["d"], true, "/question/grain");
    }
    for picture in [Picture::Pivot(PivotOptions::default()), Picture::Heatmap(HeatmapOptions::default())] {
        fits(&picture, 1, &["d", "e"], false);
        fits(&picture, 1, &["d"], true);
        wrong_at(&picture, 1, &["d"], false, "/question/by");
        wrong_at(&picture, 1, &["d", "e"], true, "/question/by");
        wrong_at(&picture, 2, &["d", "e"], false, "/question/measures");
    }
    let cohort = Picture::Cohort(CohortOptions::default());
    fits(&cohort, 1, &["d", "e"], false);
    wrong_at(&cohort, 1, &["d"], false, "/question/by");
    let gauge = Picture::Gauge(GaugeOptions::default());
    fits(&gauge, 1, &[], false);
    wrong_at(&gauge, 1, &["d"], false, "/question/by");
    let funnel = |steps: &[&str]| {
        Picture::Funnel(FunnelOptions { steps: steps.iter().map(|s| (*s).to_owned()).collect() })
    };
    fits(&funnel(&[]), 3, &[], false);
    fits(&funnel(&["seen", "bought"]), 1, &["d"], false);
    wrong_at(&funnel(&[]), 1, &[], false, "/question/measures");
    wrong_at(&funnel(&["seen", "bought"]), 2, &["d"], false, "/question/measures");
    wrong_at(&funnel(&["seen", "bought"]), 2, &[], false, "/options/steps");
    wrong_at(&funnel(&["seen"]), 1, &["d"], false, "/options/steps");
    wrong_at(&funnel(&["seen", "seen"]), 1, &["d"], false, "/options/steps/1");
}

#[test]
fn options_are_bounded() {
    let stacked = |stacked| Picture::Bar(BarOptions { stacked, ..BarOptions::default() });
    assert_eq!(misfits(stacked(true), 1, &["d", "e"], false), [""; 0]);
    assert_eq!(misfits(stacked(false), 1, &["d", "e"], false), ["/options/stacked"]);
    let pie = |slices| Picture::Pie(PieOptions { slices, ..PieOptions::default() });
    assert_eq!(misfits(pie(13), 1, &["d"], false), ["/options/slices"]);
    let rule = |measure, value| ColourRule { measure, op: RuleOp::Gte, value, tone: Tone::Good };
    let table = |rules| Picture::Table(TableOptions { rules, ..TableOptions::default() });
    assert_eq!(misfits(table(vec![rule(0, 1.0), rule(1, 1.0)]), 1, &[], false), ["/options/rules/1/measure"]);
    assert_eq!(misfits(table(vec![rule(0, f64::NAN)]), 1, &[], false), ["/options/rules/0/value"]);
    let gauge = |min, max, at: &[f64]| {
        let thresholds = at.iter().map(|at| Threshold { at: *at, tone: Tone::Warn }).collect();
        Picture::Gauge(GaugeOptions { min, max, target: None, thresholds })
    };
    assert_eq!(misfits(gauge(0.0, Some(0.0), &[]), 1, &[], false), ["/options/max"]);
    assert_eq!(misfits(gauge(0.0, None, &[2.0, 2.0]), 1, &[], false), ["/options/thresholds/1/at"]);
    let kpi = Picture::Kpi(KpiOptions { target: Some(f64::INFINITY), ..KpiOptions::default() });
    assert_eq!(misfits(kpi, 1, &[], false), ["/options/target"]);
}

#[test]
fn a_text_has_no_question() {
    let text = r##"{"kind":"markdown","id":"t","title":"About","options":{"text":"# Hello"}}"##;
    let read: Widget = serde_json::from_str(text).unwrap();
    assert_eq!(read.kind(), WidgetKind::Markdown);
    assert_eq!(read.question(), None);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let of = |text: &str| {
        let content = Content::Text(MarkdownOptions { text: text.into() });
        let widget = Widget { id: "t".into(), title: "About".into(), content };
        wrong(&config(vec![widget], vec![place("t", 0, 0, 1, 1)]))
            .into_iter()
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("words"), [""; 0]);
    assert_eq!(of(" "), ["/config/widgets/0/options/text"]);
    for refused in [
        r#"{"kind":"markdown","id":"t","title":"x","options":{"text":"a"},"question":{"dataset":"a","measures":[{"agg":"count"}]}}"#,
        r#"{"kind":"markdown","id":"t","title":"x"}"#,
        r#"{"kind":"pie","id":"t","title":"x"}"#,
    ] {
        assert!(serde_json::from_str::<Widget>(refused).is_err(), "{refused}");
    }
}

#[test]
fn filters_name_each_dimension_once() {
    let of = |dimensions: &[&str]| {
        let filters = dimensions
            .iter()
            .map(|d| DashboardFilter { dimension: (*d).to_owned(), label: Some("Label".into()) })
            .collect();
        wrong(&DashboardConfig { filters, ..config(vec![], vec![]) })
    };
    assert_eq!(of(&["origin", "carrier"]), []);
    assert_eq!(of(&["origin", "origin"]), [("/config/filters/1/dimension".into(), "duplicate".into())]);
    assert_eq!(of(&["Not a name"]), [("/config/filters/0/dimension".into(), "invalid".into())]);
    assert_eq!(of(&["a"; 13]), [("/config/filters".into(), "count".into())]);
}

#[test]
fn a_configuration_has_a_size() {
    let ids: Vec<String> = (0..=MAX_WIDGETS).map(|i| format!("w{i}")).collect();
    let many = config(ids.iter().map(|id| widget(id)).collect(), vec![]);
    assert_eq!(wrong(&many), [("/config/widgets".to_owned(), "count".to_owned())]);
    let mut heavy = widget("a");
    let values: Vec<_> = (0..50).map(|i| Some(format!("{i:0>256}"))).collect();
    heavy.question_mut().unwrap().filters =
        vec![crate::question::Filter::In { dimension: "d".into(), values }; 20];
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
    assert_eq!(
        schemas["Tone"]["enum"],
        serde_json::json!(["good", "warn", "bad"]),
        "words are as on the wire"
    );
    assert!(!schemas.contains_key("RangeText") && !schemas.contains_key("WidgetText"));
}
