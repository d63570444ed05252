//! The SQL of every kind of question, as people review it: one snapshot file.

use std::fmt::Write as _;

use crate::reference::{
    dataset, kinds, lookup_dataset, lookup_kinds, table_dataset, table_kinds, table_sources,
};
use crate::{Context, Rolled, Rows, Source, Statement, compile, compile_dashboard, compile_rows};
use insula_model::{
    Agg, Aggregate, BarOptions, Compare, Content, DashboardConfig, DatasetDefinition, DatasetSource, Filter,
    GaugeOptions, GrainChoice, MarkdownOptions, Picture, PieOptions, Question, Result, WeekStart, Widget,
    default_dashboard, period, sample_dataset,
};

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

fn write(out: &mut String, statement: &Statement) {
    writeln!(out, "{}", statement.sql).unwrap();
    for (i, param) in statement.params.iter().enumerate() {
        let text = format!("{param:?}");
        let text =
            if text.len() > 160 { format!("{}… ({} bytes)", &text[..120], text.len()) } else { text };
        writeln!(out, "  ${} {text}", i + 1).unwrap();
    }
    writeln!(out, "  {:?} {:?}\n", statement.columns, statement.cost).unwrap();
}

#[test]
fn every_kind_of_question() {
    let mut out = String::new();
    for (what, question) in kinds() {
        let compiled = compile(&question, Source::new(&dataset(), 7), &context())
            .unwrap_or_else(|e| panic!("{what}: {e:?} {:?}", e.fields()));
        writeln!(out, "-- {what}").unwrap();
        write(&mut out, &compiled.statement);
    }
    insta::assert_snapshot!("every_kind_of_question", out);
}

/// The same questions where sums are kept, those that can be answered from them.
#[test]
fn every_kind_of_question_that_sums_answer() {
    let mut out = String::new();
    let dataset = dataset();
    let rolled = Rolled { zone: "America/New_York".into(), slots: (0..=12).collect() };
    let source = Source { rolled: Some(&rolled), ..Source::new(&dataset, 7) };
    for (what, question) in kinds() {
        let statement = compile(&question, source, &context()).unwrap().statement;
        if statement.sql.contains("rollups") {
            writeln!(out, "-- {what}").unwrap();
            write(&mut out, &statement);
        }
    }
    insta::assert_snapshot!("rolled", out);
}

/// What the platform counts itself.
#[test]
fn what_is_counted_is_asked_like_events() {
    let (mut out, dataset) =
        (String::new(), DatasetDefinition::of_source("embeds", DatasetSource::EmbedUsage).unwrap());
    let loads = || Question::new("embeds", vec![Aggregate::of(Agg::Sum, "loads")]);
    let filters =
        vec![Filter::In { dimension: "dashboard".to_owned(), values: vec![Some("Sales".to_owned())] }];
    for (what, question) in [
        ("loads by day", Question { grain: Some(GrainChoice::Day), ..loads() }),
        ("loads by dashboard", Question { by: vec!["dashboard".to_owned()], ..loads() }),
        ("loads of one dashboard", Question { filters, ..loads() }),
    ] {
        writeln!(out, "-- {what}").unwrap();
        write(&mut out, &compile(&question, Source::new(&dataset, 7), &context()).unwrap().statement);
    }
    insta::assert_snapshot!("counted", out);
}

/// The rows of a table, with what they look up.
#[test]
fn rows_of_a_table_are_asked_like_events() {
    let mut out = String::new();
    let dataset = table_dataset(3, &table_sources());
    let rolled = Rolled { zone: "America/New_York".into(), slots: (0..=12).collect() };
    for (what, question) in table_kinds() {
        writeln!(out, "-- {what}").unwrap();
        let plain = Source::new(&dataset, 7);
        let statement = compile(&question, plain, &context()).unwrap().statement;
        write(&mut out, &statement);
        let summed = compile(&question, Source { rolled: Some(&rolled), ..plain }, &context());
        assert_eq!(summed.unwrap().statement, statement, "of rows that are no events there are no sums");
    }
    let question = &table_kinds()[0].1;
    let behind = compile_rows(question, Source::new(&dataset, 7), &context(), None, 10).unwrap();
    writeln!(out, "-- the rows behind one number").unwrap();
    write(&mut out, &behind.statement);
    insta::assert_snapshot!("over_table", out);
}

/// What is looked up: from events, and from sums of days where all of it hangs on one dimension.
#[test]
fn every_kind_of_question_that_looks_something_up() {
    let (mut out, dataset) = (String::new(), lookup_dataset());
    let rolled = Rolled { zone: "America/New_York".into(), slots: (0..=12).collect() };
    let plain = Source::new(&dataset, 7);
    for (what, question) in lookup_kinds() {
        writeln!(out, "-- {what}").unwrap();
        let statement = compile(&question, plain, &context()).unwrap().statement;
        write(&mut out, &statement);
        let summed = Source { rolled: Some(&rolled), ..plain };
        let summed = compile(&question, summed, &context()).unwrap().statement;
        if summed != statement {
            writeln!(out, "-- {what}, from sums").unwrap();
            write(&mut out, &summed);
        }
    }
    insta::assert_snapshot!("looked_up", out);
}

#[test]
fn who_looks_nothing_up_joins_nothing() {
    let (plain, looking_up) = (dataset(), lookup_dataset());
    for (what, question) in kinds() {
        let sql = |dataset| compile(&question, Source::new(dataset, 7), &context()).unwrap().statement;
        assert_eq!(sql(&plain), sql(&looking_up), "{what}");
    }
}

#[test]
fn the_default_dashboard_is_three_statements() {
    let dataset = sample_dataset();
    let plan =
        compile_dashboard(&default_dashboard(&dataset), &[Source::new(&dataset, 1)], &context()).unwrap();
    assert_eq!(plan.statements.len(), 3);
    let mut out = String::new();
    plan.statements.iter().for_each(|s| write(&mut out, s));
    insta::assert_snapshot!("default_dashboard", out);
}

#[test]
fn a_text_asks_nothing_and_a_picture_without_a_comparison_reads_no_period_before() {
    let dataset = sample_dataset();
    let question = Question {
        by: vec!["channel".into()],
        ..Question::new(&dataset.name, vec![Aggregate::of(Agg::Sum, "revenue")])
    };
    let text = Content::Text(MarkdownOptions { text: "# Words".into() });
    let pie = Picture::Pie(PieOptions::default());
    let bar = Picture::Bar(BarOptions::default());
    let plan = |widgets| {
        let config = DashboardConfig { widgets, ..default_dashboard(&dataset) };
        compile_dashboard(&config, &[Source::new(&dataset, 1)], &context()).unwrap()
    };
    let words = Widget { id: "text".into(), title: "Words".into(), content: text };
    let mixed = plan(vec![words, Widget::chart("pie", "Pie", question.clone(), pie)]);
    let found = mixed.assemble(&[Ok(Vec::new())]);
    assert_eq!(found.iter().map(|w| w.id.as_str()).collect::<Vec<_>>(), ["pie"]);
    assert!(found[0].value.as_ref().unwrap().previous.is_none(), "nobody sees the period before");
    let compared = plan(vec![Widget::chart("bar", "Bars", question, bar)]);
    assert!(compared.assemble(&[Ok(Vec::new())])[0].value.as_ref().unwrap().previous.is_some());
}

#[test]
fn a_gauge_shares_the_statement_of_the_kpis() {
    let dataset = sample_dataset();
    let mut config = default_dashboard(&dataset);
    let question = config.widgets[0].question().unwrap().clone();
    config.widgets.push(Widget::chart("gauge", "Gauge", question, Picture::Gauge(GaugeOptions::default())));
    let sources = [Source::new(&dataset, 1)];
    let context = Context { compare: Some(Compare::None), ..context() };
    let plan = compile_dashboard(&config, &sources, &context).unwrap();
    assert_eq!(plan.statements.len(), 3);

    // Before the others, too; and alone it is a sum without a course.
    config.widgets.rotate_right(1);
    let first = compile_dashboard(&config, &sources, &context).unwrap();
    let rows: Vec<_> = first.statements.iter().map(|_| Ok(Vec::new())).collect();
    assert_eq!((first.statements.len(), first.assemble(&rows)[0].id.as_str()), (3, "gauge"));
    config.widgets.truncate(1);
    let alone = compile_dashboard(&config, &sources, &context).unwrap();
    let [statement] = alone.statements.as_slice() else { panic!("one statement") };
    assert!(
        !statement.sql.contains("width_bucket") && !statement.sql.contains("GROUP BY"),
        "{}",
        statement.sql
    );
}

#[test]
fn a_widget_that_cannot_be_answered_does_not_hold_up_the_others() {
    let dataset = sample_dataset();
    let mut config = default_dashboard(&dataset);
    config.widgets[0].question_mut().unwrap().dataset = "sample_metric".into();
    config.widgets[1].question_mut().unwrap().measures[0] = Aggregate::of(Agg::Sum, "order").into();
    let sources = [Source::new(&dataset, 1)];
    let plan = compile_dashboard(&config, &sources, &context()).unwrap();
    let rows: Vec<_> = plan.statements.iter().map(|_| Ok(Vec::new())).collect();
    let widgets = plan.assemble(&rows);
    let details: Vec<_> =
        widgets.iter().filter_map(|w| w.problem.as_ref()).map(|p| p.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "There is no dataset \"sample_metric\" that you may see. Did you mean \"sample_metrics\"?",
            "The dataset \"sample_metrics\" has no measure \"order\". Did you mean \"orders\"?",
        ]
    );
    assert_eq!(widgets.iter().filter(|w| w.value.is_some()).count(), widgets.len() - 2);

    let failed = insula_model::Error::new(insula_model::problem::TIMEOUT, "It took too long.");
    let rows: Vec<Result<Rows>> = plan.statements.iter().map(|_| Err(failed.clone())).collect();
    assert!(plan.assemble(&rows).iter().all(|w| w.value.is_none() && w.problem.is_some()));
}

#[test]
fn a_digest_changes_with_what_is_shown_and_not_with_every_second() {
    let dataset = sample_dataset();
    let config = default_dashboard(&dataset);
    let sources = [Source::new(&dataset, 1)];
    let digest = |context: &Context| compile_dashboard(&config, &sources, context).unwrap().digest();
    let at = |now: &str| Context { now: now.parse().unwrap(), ..context() };
    let now = digest(&context());
    assert_eq!(now, digest(&at("2026-11-21T15:09:59Z")));
    assert_ne!(now, digest(&at("2026-11-21T15:10:00Z")), "the period before grows every five minutes");
    assert_ne!(now, digest(&Context { compare: Some(Compare::None), ..context() }));
    let mut renamed = sample_dataset();
    renamed.measures[0].label = "Income".into();
    let renamed = [Source::new(&renamed, 1)];
    assert_ne!(now, compile_dashboard(&config, &renamed, &context()).unwrap().digest());
}
