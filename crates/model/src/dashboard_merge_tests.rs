//! Tests of [`super`]: what comes of two changes of one dashboard.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::dashboard::{COLUMNS, KpiOptions, Picture, TableOptions, Widget};
use crate::period::{Last, Range};
use crate::question::{Aggregate, Question};

fn widget(id: &str, title: &str) -> Widget {
    let question = Question::new("flights", vec![Aggregate::count()]);
    Widget::chart(id, title, question, Picture::Kpi(KpiOptions::default()))
}

fn place(widget: &str, x: u16, y: u16, w: u16, h: u16) -> Place {
    Place { widget: widget.into(), x, y, w, h }
}

fn base() -> DashboardInput {
    let config = DashboardConfig {
        widgets: vec![widget("a", "A"), widget("b", "B")],
        layout: vec![place("a", 0, 0, 6, 2), place("b", 6, 0, 6, 2)],
        ..DashboardConfig::empty(Range::Last(Last::Days(30)))
    };
    DashboardInput { name: "Flights".into(), description: None, config, note: None }
}

fn with(change: impl FnOnce(&mut DashboardInput)) -> DashboardInput {
    let mut input = base();
    change(&mut input);
    input.check().unwrap();
    input
}

fn ats(merged: &Merged) -> Vec<&str> {
    merged.conflicts.iter().map(|c| c.at.as_str()).collect()
}

#[test]
fn what_only_one_side_changed_is_as_that_side_wants_it() {
    let template = with(|t| {
        t.name = "All flights".into();
        t.config.widgets[1].title = "B, new".into();
        t.config.widgets.push(widget("c", "C"));
        t.config.layout.push(place("c", 0, 2, 12, 2));
    });
    let own = with(|o| {
        o.config.range = Range::Last(Last::Days(7));
        o.config.widgets[0].title = "Ours".into();
        o.config.widgets[1].question_mut().unwrap().limit = Some(5);
    });
    let merged = merge(&base(), &template, &own);
    assert_eq!(ats(&merged), [] as [&str; 0]);
    let titles: Vec<_> = merged.input.config.widgets.iter().map(|w| w.title.as_str()).collect();
    assert_eq!((merged.input.name.as_str(), titles), ("All flights", vec!["Ours", "B, new", "C"]));
    assert_eq!(merged.input.config.range, Range::Last(Last::Days(7)));
    assert_eq!(merged.input.config.widgets[1].question().unwrap().limit, Some(5));
}

#[test]
fn where_both_changed_the_same_the_workspaces_stays_and_is_named() {
    let template = with(|t| {
        t.name = "All flights".into();
        t.config.widgets[0].title = "Template's".into();
        t.config.widgets.remove(1);
        t.config.layout = vec![place("a", 0, 4, 6, 2)];
    });
    let own = with(|o| {
        o.name = "Our flights".into();
        o.config.widgets[0].title = "Ours".into();
        o.config.widgets[1].title = "Kept".into();
        o.config.layout[0].y = 9;
    });
    let merged = merge(&base(), &template, &own);
    assert_eq!(ats(&merged), ["/name", "/config/widgets/a/title", "/config/widgets/b", "/config/layout/a"]);
    assert_eq!(merged.input, own);
    let title = &merged.conflicts[1];
    assert_eq!((&title.template, &title.own), (&Some(json!("Template's")), &Some(json!("Ours"))));
    assert_eq!(merged.conflicts[2].template, None);
}

#[test]
fn what_the_workspace_deleted_stays_deleted_and_is_named_when_the_template_changed_it() {
    let own = with(|o| {
        o.config.widgets.remove(1);
        o.config.layout.remove(1);
    });
    let quiet = merge(&base(), &with(|t| t.name = "Other".into()), &own);
    assert_eq!((ats(&quiet), quiet.input.config.widgets.len()), (vec![], 1));
    let loud = merge(&base(), &with(|t| t.config.widgets[1].title = "B, new".into()), &own);
    assert_eq!((ats(&loud), loud.input.config.widgets.len()), (vec!["/config/widgets/b"], 1));
}

#[test]
fn another_picture_comes_with_its_question() {
    let template = with(|t| t.config.widgets[0].question_mut().unwrap().limit = Some(3));
    let own = with(|o| {
        let mut question = o.config.widgets[0].question().unwrap().clone();
        question.by = vec!["origin".into()];
        let table = Picture::Table(TableOptions { bars: true, ..TableOptions::default() });
        o.config.widgets[0] = Widget::chart("a", "A", question, table);
    });
    let merged = merge(&base(), &template, &own);
    assert_eq!((ats(&merged), &merged.input), (vec!["/config/widgets/a/picture"], &own));
}

#[test]
fn what_the_template_puts_where_the_workspace_has_something_goes_below() {
    let template = with(|t| {
        t.config.widgets.push(widget("c", "C"));
        t.config.layout.push(place("c", 0, 2, 12, 2));
    });
    let own = with(|o| o.config.layout[1] = place("b", 0, 2, 12, 3));
    let merged = merge(&base(), &template, &own);
    assert_eq!(merged.conflicts, []);
    let wanted = [place("a", 0, 0, 6, 2), place("b", 0, 2, 12, 3), place("c", 0, 5, 12, 2)];
    assert_eq!(merged.input.config.layout, wanted);
}

#[test]
fn too_much_for_one_dashboard_leaves_the_workspace_its_own() {
    let many = |prefix: &str| {
        with(|input| {
            for i in 0..40u16 {
                let id = format!("{prefix}{i}");
                input.config.widgets.push(widget(&id, "More"));
                input.config.layout.push(place(&id, 0, 10 + i, 1, 1));
            }
        })
    };
    let (template, own) = (many("t"), many("o"));
    let merged = merge(&base(), &template, &own);
    assert_eq!((ats(&merged), &merged.input), (vec!["/config"], &own));
}

/// What the editor brings together in the browser goes by the same cases (`web/test/unit/editor_merge.test.ts`).
#[test]
fn the_cases_that_the_editor_has_too() {
    let all: Value = serde_json::from_str(include_str!("dashboard_merge_cases.json")).unwrap();
    let input = |patch: &Value| -> DashboardInput {
        let mut whole = all["base"].clone();
        patched(&mut whole, patch);
        let input: DashboardInput = serde_json::from_value(listed(whole)).unwrap();
        input.check().unwrap();
        input
    };
    for case in all["cases"].as_array().unwrap() {
        let merged = merge(&input(&json!({})), &input(&case["theirs"]), &input(&case["mine"]));
        let mut wanted = input(&case["merged"]);
        if let Some(order) = case["order"].as_str() {
            wanted.config.widgets.sort_by_key(|w| order.split(' ').position(|id| id == w.id));
        }
        let mut now = merged.input.clone();
        for input in [&mut now, &mut wanted] {
            input.config.layout.sort_by(|a, b| a.widget.cmp(&b.widget));
        }
        assert_eq!(now, wanted, "{}", case["name"]);
        let (mut ats, mut named) = (ats(&merged), Vec::from_iter(case["conflicts"].as_array().unwrap()));
        ats.sort_unstable();
        named.sort_by_key(|at| at.as_str());
        assert_eq!(json!(ats), json!(named), "{}", case["name"]);
    }
}

/// A merge patch (RFC 7396).
fn patched(whole: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *whole = patch.clone();
        return;
    };
    if !whole.is_object() {
        *whole = json!({});
    }
    for (name, value) in fields {
        if value.is_null() {
            whole.as_object_mut().unwrap().remove(name);
        } else {
            patched(&mut whole[name.as_str()], value);
        }
    }
}

/// Widgets and places that stand under their ids, as lists.
fn listed(mut whole: Value) -> Value {
    let of = |list: &Value| list.as_object().unwrap().clone();
    let config = &mut whole["config"];
    let widgets = of(&config["widgets"]).into_iter().map(|(id, mut widget)| {
        widget["id"] = json!(id);
        widget
    });
    config["widgets"] = widgets.collect();
    let places = of(&config["layout"])
        .into_iter()
        .map(|(id, p)| json!({ "widget": id, "x": p[0], "y": p[1], "w": p[2], "h": p[3] }));
    config["layout"] = places.collect();
    whole
}

/// A dashboard of up to six widgets in rows, each with one of a few titles and sizes.
fn any_input() -> impl Strategy<Value = DashboardInput> {
    let widgets =
        prop::collection::btree_map("[a-f]", ("[A-C]", 1u16..=COLUMNS, 1u16..4, any::<bool>()), 0..6);
    (widgets, 1u16..4, "[X-Z]", prop::option::of("[p-q]")).prop_map(|(widgets, days, name, description)| {
        let (mut list, mut layout, mut y) = (Vec::new(), Vec::new(), 0);
        for (id, (title, w, h, table)) in widgets {
            let mut one = widget(&id, &title);
            if table {
                let picture = Picture::Table(TableOptions { bars: title == "A", ..TableOptions::default() });
                let question = one.question().unwrap().clone();
                one = Widget::chart(&id, &title, question, picture);
            }
            layout.push(place(&id, 0, y, w, h));
            y += h;
            list.push(one);
        }
        let range = Range::Last(Last::Days(days));
        let config = DashboardConfig { widgets: list, layout, ..DashboardConfig::empty(range) };
        DashboardInput { name, description, config, note: None }
    })
}

proptest! {
    #[test]
    fn one_side_alone_is_taken_as_it_is(a in any_input(), b in any_input()) {
        prop_assert_eq!(merge(&a, &b, &a), Merged { input: b.clone(), conflicts: vec![] });
        prop_assert_eq!(merge(&a, &a, &b), Merged { input: b.clone(), conflicts: vec![] });
        prop_assert_eq!(merge(&a, &b, &b), Merged { input: b.clone(), conflicts: vec![] });
    }

    #[test]
    fn nothing_of_the_workspace_is_lost_and_the_result_is_valid(base in any_input(), template in any_input(), own in any_input()) {
        let merged = merge(&base, &template, &own);
        prop_assert!(merged.input.check().is_ok(), "{:?}", merged.input.check());
        let of = |input: &DashboardInput, id: &str| input.config.widgets.iter().find(|w| w.id == id).cloned();
        for widget in &own.config.widgets {
            let (was, now) = (of(&base, &widget.id), of(&merged.input, &widget.id));
            if was.as_ref() == Some(widget) {
                continue;
            }
            let now = now.expect("a widget that the workspace made or changed");
            if was.as_ref().is_none_or(|was| was.title != widget.title) {
                prop_assert_eq!(&now.title, &widget.title);
            }
            if was.is_none_or(|was| was.content != widget.content) {
                prop_assert_eq!(&now.content, &widget.content);
            }
        }
        for gone in base.config.widgets.iter().filter(|w| of(&own, &w.id).is_none()) {
            prop_assert_eq!(of(&merged.input, &gone.id), None);
        }
        if own.name != base.name {
            prop_assert_eq!(&merged.input.name, &own.name);
        }
        for at in merged.conflicts.iter().map(|c| &c.at) {
            prop_assert!(at == "/name" || at == "/description" || at.starts_with("/config/"), "{}", at);
        }
    }
}
