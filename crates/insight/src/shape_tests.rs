//! Tests of [`super`]: rows become columns.

use super::*;
use crate::context::{Context, Source};
use crate::statement::Value::{Float, Int, Null, Text};
use insula_model::{
    Agg, Aggregate, Compare, DatasetDefinition, Edge, GrainChoice, Question, Range, Sort, SortBy, WeekStart,
    period,
};

const NOW: &str = "2026-01-03T12:00:00Z";

fn shape(change: impl FnOnce(&mut Question)) -> Shape {
    let mut dataset = DatasetDefinition::new("x").unwrap();
    dataset.learn(["m"], ["d"]).unwrap();
    let context = Context {
        now: NOW.parse().unwrap(),
        time_zone: period::time_zone("UTC", "").unwrap(),
        week_start: WeekStart::Monday,
        range: None,
        compare: None,
        filters: Vec::new(),
        locked: Vec::new(),
    };
    let mut question = Question::new("x", vec![Aggregate::of(Agg::Sum, "m"), Aggregate::of(Agg::Avg, "m")]);
    let edge = |text: &str| text.parse::<Edge>().unwrap();
    question.range = Some(Range::Between { from: edge("2026-01-01"), to: edge("2026-01-05") });
    change(&mut question);
    crate::compile(&question, Source::new(&dataset, 1), &context).unwrap().shape
}

fn numbers(answer: &Answer, column: usize) -> &[Option<f64>] {
    answer.data[column].numbers().unwrap()
}

fn texts(answer: &Answer, column: usize) -> Vec<&str> {
    answer.data[column].texts().unwrap().iter().map(|t| t.as_deref().unwrap_or("(none)")).collect()
}

#[test]
fn a_series_has_every_bucket_in_order_and_nothing_in_what_has_not_begun() {
    let shape = shape(|q| q.grain = Some(GrainChoice::Day));
    let rows = [vec![Int(3), Float(6.0), Int(2)], vec![Int(1), Float(1.0), Int(1)]];
    let answer = shape.answer(&rows).unwrap();
    assert_eq!(texts(&answer, 0), ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]);
    assert_eq!(numbers(&answer, 1), [Some(1.0), Some(0.0), Some(6.0), None]);
    assert_eq!(numbers(&answer, 2), [Some(1.0), None, Some(3.0), None]);
    assert!(answer.partial && !answer.truncated && answer.grain == Some(Grain::Day));
    // An event may lie ahead; it is shown.
    let answer = shape.answer(&[vec![Int(4), Float(2.0), Int(1)]]).unwrap();
    assert_eq!(numbers(&answer, 1)[3], Some(2.0));
}

#[test]
fn a_series_is_sorted_and_cut_when_asked_to() {
    let shape = shape(|q| {
        q.grain = Some(GrainChoice::Day);
        q.sort = Some(Sort { by: SortBy::Measure, index: 1, descending: true });
        q.limit = Some(2);
    });
    let rows = [vec![Int(3), Float(6.0), Int(2)], vec![Int(1), Float(1.0), Int(1)]];
    let answer = shape.answer(&rows).unwrap();
    assert_eq!(texts(&answer, 0), ["2026-01-03", "2026-01-01"]);
    assert!(answer.truncated);
}

#[test]
fn all_begins_with_the_first_event() {
    let all = shape(|q| {
        q.grain = Some(GrainChoice::Year);
        q.range = Some(Range::Last(insula_model::Last::All));
    });
    let answer = all.answer(&[vec![Int(18), Float(1.0), Int(1)]]).unwrap();
    assert_eq!(texts(&answer, 0), ["2024-01-01", "2025-01-01", "2026-01-01"]);
    assert_eq!(all.answer(&[]).unwrap().rows(), 0);
}

#[test]
fn the_period_before_stands_beside() {
    let shape = shape(|q| {
        q.by = vec!["d".into()];
        q.compare = Some(Compare::PreviousPeriod);
        q.limit = Some(2);
    });
    let rows = [
        vec![Text("a".into()), Float(4.0), Float(9.0), Int(2), Int(3)],
        vec![Null, Null, Float(1.0), Int(0), Int(1)],
        vec![Text("c".into()), Null, Null, Int(0), Int(0)],
    ];
    let answer = shape.answer(&rows).unwrap();
    assert_eq!(texts(&answer, 0), ["a", "(none)"]);
    assert_eq!(numbers(&answer, 1), [Some(4.0), Some(0.0)]);
    assert_eq!(numbers(&answer, 2), [Some(9.0), Some(1.0)]);
    assert_eq!(numbers(&answer, 3), [Some(2.0), None]);
    assert_eq!(numbers(&answer, 4), [Some(3.0), Some(1.0)]);
    assert!(answer.truncated);
    let kinds: Vec<_> = answer.columns.iter().map(|c| c.kind.as_str()).collect();
    assert_eq!(kinds, ["dimension", "measure", "previous", "measure", "previous"]);
}

#[test]
fn groups_over_time_fill_every_cell() {
    let shape = shape(|q| {
        q.by = vec!["d".into()];
        q.grain = Some(GrainChoice::Day);
        q.limit = Some(2);
        q.sort = Some(Sort { by: SortBy::Time, index: 0, descending: true });
    });
    let row =
        |bucket, rank, name: &str, sum| vec![Int(bucket), Int(rank), Text(name.into()), Float(sum), Int(1)];
    let rows = [row(1, 2, "b", 1.0), row(3, 1, "a", 2.0), row(2, 3, "c", 9.0)];
    let answer = shape.answer(&rows).unwrap();
    assert_eq!(answer.rows(), 8);
    assert_eq!(texts(&answer, 0)[..2], ["2026-01-04", "2026-01-04"]);
    assert_eq!(texts(&answer, 1)[..4], ["a", "b", "a", "b"]);
    assert_eq!(
        numbers(&answer, 2),
        [None, None, Some(2.0), Some(0.0), Some(0.0), Some(0.0), Some(0.0), Some(1.0)]
    );
    assert!(answer.truncated);
}
