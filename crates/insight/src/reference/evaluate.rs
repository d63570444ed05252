//! The evaluator: a question over events in memory, answered by looking at every event for every
//! cell. It shares with the compiler what a period and its buckets are (they have properties of their own to
//! hold) and nothing else: no scans, no atoms, no folding. The answers of a real PostgreSQL are held against it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use insula_model::{
    Agg, Aggregate, Answer, DatasetDefinition, Event, Figure, Filter, Question, Result, Show, Sort, SortBy,
    TableRow, Values,
};
use jiff::Timestamp;

use super::formula::Asked;
use crate::bucket::{Buckets, Place};
use crate::compile::{Calendar, Draft, compile};
use crate::context::{Context, Source};
use crate::shape::by_number;

/// Answers a question over events (of any dataset, in any order). The heads of the columns, the range and the
/// other things that an answer says about itself are those of the compiler.
///
/// # Errors
/// Those of [`compile`].
pub fn answer(
    question: &Question,
    dataset: &DatasetDefinition,
    context: &Context,
    events: &[Event],
) -> Result<Answer> {
    let empty: Answer = blank(question, dataset, context)?;
    let calendar = Calendar::default();
    let draft = Draft::new(question, Source::new(dataset, 0), context, &calendar)?;
    let buckets = question.grain.map(|grain| draft.buckets(grain)).transpose()?;
    let fits = |e: &&Event| e.dataset == dataset.name && question.filters.iter().all(|f| holds(f, e));
    let all: Vec<&Event> = events.iter().filter(fits).collect();
    let within = |span: insula_model::Span| {
        all.iter().copied().filter(|e| e.at >= span.from && e.at < span.to).collect::<Vec<_>>()
    };
    let world = World {
        question,
        asked: Asked { dataset, zone: &draft.zone },
        now: context.now,
        current: placed(within(draft.period.current), |e| match &buckets {
            Some(buckets) => Bucket::Of(buckets.starts.iter().filter(|s| **s <= e.at).count() - 1),
            None => Bucket::Whole,
        }),
        previous: draft.period.previous.map(|previous| {
            placed(within(previous), |e| match &buckets {
                Some(buckets) => previous_bucket(buckets, e),
                None => Bucket::Whole,
            })
        }),
        buckets: buckets.clone(),
        open: draft.period.open,
    };
    Ok(world.fill(empty))
}

/// The events as they would be if they carried what is looked up: of each, the row with the key is searched for. `tables`
/// are rows by the number of their table.
#[must_use]
pub fn looked_up(
    dataset: &DatasetDefinition,
    tables: &BTreeMap<i32, Vec<TableRow>>,
    events: &[Event],
) -> Vec<Event> {
    let mut events = events.to_vec();
    for event in events.iter_mut().filter(|e| e.dataset == dataset.name) {
        for (dimension, lookup) in dataset.looked_up() {
            let key = text(event, &lookup.by).map(str::to_owned);
            let rows = tables.get(&lookup.number).map_or(&[][..], Vec::as_slice);
            let row = rows.iter().find(|row| Some(&row.key) == key.as_ref());
            let value = row.and_then(|row| row.values.get(usize::from(lookup.slot) - 1).cloned().flatten());
            event.dimensions.extend(value.map(|value| (dimension.name.clone(), value)));
        }
    }
    events
}

/// The answer with its heads and no rows.
fn blank(question: &Question, dataset: &DatasetDefinition, context: &Context) -> Result<Answer> {
    let mut answer = compile(question, Source::new(dataset, 0), context)?.shape.answer(&[])?;
    for values in &mut answer.data {
        match values {
            Values::Texts(v) => v.clear(),
            Values::Numbers(v) => v.clear(),
        }
    }
    Ok(answer)
}

struct World<'a> {
    question: &'a Question,
    asked: Asked<'a>,
    now: Timestamp,
    current: Vec<(&'a Event, Bucket)>,
    previous: Option<Vec<(&'a Event, Bucket)>>,
    buckets: Option<Arc<Buckets>>,
    open: bool,
}

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bucket {
    /// There are no buckets.
    Whole,
    Of(usize),
    /// In the period before, where no bucket goes with it.
    Nowhere,
}

fn placed(events: Vec<&Event>, bucket: impl Fn(&Event) -> Bucket) -> Vec<(&Event, Bucket)> {
    events.into_iter().map(|event| (event, bucket(event))).collect()
}

fn previous_bucket(buckets: &Buckets, event: &Event) -> Bucket {
    let bounds = buckets.bounds();
    let number = bounds.iter().filter(|b| **b <= event.at).count();
    match buckets.place(i64::try_from(number).unwrap_or_default()) {
        Some(Place::Previous(i)) => Bucket::Of(i),
        _ => Bucket::Nowhere,
    }
}

type Key = Vec<Option<String>>;

/// The texts and the numbers of a row.
type Line = (Vec<Option<String>>, Vec<Option<f64>>);

impl<'a> World<'a> {
    fn key(&self, event: &Event) -> Key {
        self.question.by.iter().map(|name| text(event, name).map(str::to_owned)).collect()
    }

    /// The groups in their order.
    fn groups(&self) -> Vec<Key> {
        if self.question.by.is_empty() {
            return vec![Vec::new()];
        }
        let seen = self.current.iter().chain(self.previous.iter().flatten());
        let mut groups: Vec<Key> =
            seen.map(|(e, _)| self.key(e)).collect::<BTreeSet<_>>().into_iter().collect();
        // Nothing stands last among texts as well.
        let texts = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        groups.sort_by(|a, b| {
            a.iter().zip(b).map(|(a, b)| texts(a, b)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let sort = self.question.sort.filter(|s| s.by != SortBy::Time);
        let sort = sort.unwrap_or(Sort { by: SortBy::Measure, index: 0, descending: true });
        let index = usize::from(sort.index);
        if sort.by == SortBy::Dimension {
            groups.sort_by(|a, b| match (&a[index], &b[index]) {
                (Some(a), Some(b)) if sort.descending => b.cmp(a),
                (a, b) => texts(a, b),
            });
        } else {
            let value = |key: &Key| {
                let events: Vec<&Event> =
                    self.current.iter().map(|(e, _)| *e).filter(|e| self.key(e) == *key).collect();
                self.figure(&self.question.measures[index], &events)
            };
            let mut valued: Vec<(Option<f64>, Key)> =
                groups.into_iter().map(|key| (value(&key), key)).collect();
            valued.sort_by(|(a, _), (b, _)| by_number(*a, *b, sort.descending));
            groups = valued.into_iter().map(|(_, key)| key).collect();
        }
        groups
    }

    /// Whether an event is in a group of the answer; no group is all that are not in it.
    fn is_in(&self, group: Option<&Key>, groups: &[Key], event: &Event) -> bool {
        let key = self.key(event);
        group.map_or_else(|| !groups.contains(&key), |group| key == *group)
    }

    fn fill(&self, mut answer: Answer) -> Answer {
        let mut groups = self.groups();
        let by = !self.question.by.is_empty();
        let mut lines: Vec<Line> = Vec::new();
        let mut shown: Vec<Option<&Key>> = Vec::new();
        if by {
            let most = self.question.limit.unwrap_or(if self.buckets.is_some() { 12 } else { 100 }) as usize;
            let most = self.buckets.as_ref().map_or(most, |b| most.min((5_000 / b.starts.len()).max(1)));
            answer.truncated = groups.len() > most;
            groups.truncate(most);
        }
        shown.extend(groups.iter().map(Some));
        if answer.truncated && self.question.other {
            shown.push(None);
        }
        let texts =
            |group: Option<&Key>| group.cloned().unwrap_or_else(|| vec![None; self.question.by.len()]);
        match &self.buckets {
            None => {
                for group in &shown {
                    let cell = self.cell(|_, e| self.is_in(*group, &groups, e));
                    let around = Around { whole: self.cell(|_, _| true), so_far: cell.clone() };
                    if group.is_none() {
                        answer.rest.push(u32::try_from(lines.len()).unwrap_or_default());
                    }
                    lines.push((texts(*group), self.numbers(&cell, &around, true, true)));
                }
            }
            Some(buckets) => {
                for i in 0..buckets.starts.len() {
                    for group in &shown {
                        let here = |e: &Event| self.is_in(*group, &groups, e);
                        let cell = self.cell(|bucket, e| bucket == Some(i) && here(e));
                        let around = Around {
                            whole: self.cell(|bucket, _| !by || bucket == Some(i)),
                            so_far: self.cell(|bucket, e| bucket.is_some_and(|b| b <= i) && here(e)),
                        };
                        let begun = buckets.starts[i] <= self.now;
                        let names =
                            [Some(buckets.labels[i].clone())].into_iter().chain(texts(*group)).collect();
                        lines.push((names, self.numbers(&cell, &around, begun, buckets.has_previous(i))));
                    }
                }
                if self.open {
                    let seen = |e: &&Event| shown.iter().any(|group| self.is_in(*group, &groups, e));
                    let first = self.current.iter().map(|(e, _)| *e).filter(seen).map(|e| e.at).min();
                    let keep = buckets
                        .starts
                        .iter()
                        .enumerate()
                        .filter(|(_, s)| first.is_some_and(|f| **s <= f))
                        .map(|(i, _)| i);
                    let skip = if shown.is_empty() { 0 } else { keep.max().unwrap_or(buckets.starts.len()) };
                    lines.drain(..skip * shown.len());
                }
                let sort = self.question.sort;
                let width = 1 + usize::from(self.previous.is_some());
                match sort {
                    Some(s) if s.by == SortBy::Time && s.descending => {
                        // Buckets backwards, groups as they are.
                        let mut chunks: Vec<Vec<_>> =
                            lines.chunks(shown.len().max(1)).map(<[_]>::to_vec).collect();
                        chunks.reverse();
                        lines = chunks.concat();
                    }
                    Some(s) if s.by == SortBy::Measure && !by => {
                        let at = usize::from(s.index) * width;
                        lines.sort_by(|(_, a), (_, b)| by_number(a[at], b[at], s.descending));
                    }
                    _ => {}
                }
                if let (Some(limit), false) = (self.question.limit, by) {
                    answer.truncated = lines.len() > limit as usize;
                    lines.truncate(limit as usize);
                }
            }
        }
        if self.buckets.is_some() && shown.last().is_some_and(Option::is_none) {
            let last = |row: &usize| row % shown.len() == shown.len() - 1;
            answer.rest =
                (0..lines.len()).filter(last).map(|row| u32::try_from(row).unwrap_or_default()).collect();
        }
        for (texts, numbers) in lines {
            let (mut texts, mut numbers) = (texts.into_iter(), numbers.into_iter());
            for values in &mut answer.data {
                match values {
                    Values::Texts(column) => column.push(texts.next().flatten()),
                    Values::Numbers(column) => column.push(numbers.next().flatten()),
                }
            }
        }
        answer
    }

    fn figure(&self, figure: &Figure, events: &[&Event]) -> Option<f64> {
        match figure {
            Figure::Aggregate(aggregate) => evaluate(aggregate, events),
            Figure::Formula(formula) => self.asked.formula(&formula.formula, events),
        }
    }

    /// The events that are chosen by the bucket of the range that they belong to (there is none without buckets), and
    /// those of the period before.
    fn cell(&self, chosen: impl Fn(Option<usize>, &Event) -> bool) -> Cell<'a> {
        let fits = |&&(event, bucket): &&(&Event, Bucket)| match bucket {
            Bucket::Whole => chosen(None, event),
            Bucket::Of(i) => chosen(Some(i), event),
            Bucket::Nowhere => false,
        };
        let those =
            |events: &[(&'a Event, Bucket)]| events.iter().filter(fits).map(|(event, _)| *event).collect();
        Cell { now: those(&self.current), before: self.previous.as_deref().map(those) }
    }

    fn numbers(
        &self,
        cell: &Cell<'_>,
        around: &Around<'_>,
        begun: bool,
        has_before: bool,
    ) -> Vec<Option<f64>> {
        let mut numbers = Vec::new();
        for figure in &self.question.measures {
            let show = figure.aggregate().and_then(|a| a.show);
            let value = |own: &[&Event], whole: &[&Event], so_far: &[&Event]| match show {
                None => self.figure(figure, own),
                Some(Show::Running) => self.figure(figure, so_far),
                Some(Show::Share) => {
                    let whole = self.figure(figure, whole).filter(|whole| *whole != 0.0)?;
                    Some(self.figure(figure, own)? / whole)
                }
            };
            let known = begun || !cell.now.is_empty();
            numbers.push(if known { value(&cell.now, &around.whole.now, &around.so_far.now) } else { None });
            if let Cell { before: Some(before), .. } = cell {
                let [whole, so_far] =
                    [&around.whole, &around.so_far].map(|c| c.before.as_deref().unwrap_or(&[]));
                let value = value(before, whole, so_far);
                numbers.push(value.filter(|_| has_before));
            }
        }
        numbers
    }
}

/// Events of the range and of the period before.
#[derive(Clone)]
struct Cell<'a> {
    now: Vec<&'a Event>,
    before: Option<Vec<&'a Event>>,
}

/// What a cell is a share of, and what there was up to it.
struct Around<'a> {
    whole: Cell<'a>,
    so_far: Cell<'a>,
}

pub(super) fn text<'a>(event: &'a Event, name: &str) -> Option<&'a str> {
    event.dimensions.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

pub(super) fn number(event: &Event, name: &str) -> Option<f64> {
    event.measures.iter().find(|(n, _)| n == name).map(|(_, v)| *v)
}

#[expect(clippy::cast_precision_loss, reason = "counts of events in memory")]
fn evaluate(aggregate: &Aggregate, events: &[&Event]) -> Option<f64> {
    let measure = aggregate.measure.as_deref().unwrap_or_default();
    let values: Vec<(Timestamp, f64)> =
        events.iter().filter_map(|e| Some((e.at, number(e, measure)?))).collect();
    let sum = values.iter().map(|(_, v)| v).sum::<f64>() + 0.0;
    match aggregate.agg {
        Agg::Sum => Some(sum),
        Agg::Avg => (!values.is_empty()).then(|| sum / values.len() as f64),
        Agg::Min => values.iter().map(|(_, v)| *v).reduce(f64::min),
        Agg::Max => values.iter().map(|(_, v)| *v).reduce(f64::max),
        Agg::Last => {
            values.into_iter().max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))).map(|(_, v)| v)
        }
        Agg::Count => Some(match (&aggregate.measure, &aggregate.dimension) {
            (Some(_), _) => values.len() as f64,
            (None, Some(name)) => events.iter().filter(|e| text(e, name).is_some()).count() as f64,
            (None, None) => events.len() as f64,
        }),
        Agg::Distinct => {
            let name = aggregate.dimension.as_deref().unwrap_or_default();
            Some(events.iter().filter_map(|e| text(e, name)).collect::<BTreeSet<_>>().len() as f64)
        }
    }
}

fn holds(filter: &Filter, event: &Event) -> bool {
    let listed = |dimension: &str, values: &[Option<String>]| {
        let value = text(event, dimension);
        values.iter().any(|v| v.as_deref() == value)
    };
    let compare = |measure: &str, holds: &dyn Fn(f64) -> bool| number(event, measure).is_some_and(holds);
    match filter {
        Filter::In { dimension, values } => listed(dimension, values),
        Filter::NotIn { dimension, values } => !listed(dimension, values),
        Filter::Contains { dimension, value } => {
            text(event, dimension).is_some_and(|t| t.to_lowercase().contains(&value.to_lowercase()))
        }
        Filter::StartsWith { dimension, value } => {
            text(event, dimension).is_some_and(|t| t.starts_with(value.as_str()))
        }
        Filter::Gte { measure, value } => compare(measure, &|v| v >= *value),
        Filter::Gt { measure, value } => compare(measure, &|v| v > *value),
        Filter::Lte { measure, value } => compare(measure, &|v| v <= *value),
        Filter::Lt { measure, value } => compare(measure, &|v| v < *value),
        #[expect(clippy::float_cmp, reason = "exactly is what the filter says")]
        Filter::Eq { measure, value } => compare(measure, &|v| v == *value),
        Filter::Between { measure, value, to } => compare(measure, &|v| v >= *value && v <= *to),
    }
}
