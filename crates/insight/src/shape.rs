//! From rows to an answer: columns with names, buckets with nothing in them, groups in their order.
//!
//! What must always hold: an answer depends on what the rows say, not on their order; rows that do not have the
//! form that was asked for are an internal error, never a panic.

use std::collections::BTreeMap;
use std::sync::Arc;

use insula_model::{Answer, Column, ColumnKind, Error, Grain, Result, Show, Span, Values};
use jiff::Timestamp;

use crate::bucket::{Buckets, Place};
use crate::formula::{Checked, evaluate};
use crate::statement::Value;

/// Where a measure of the answer comes from; the numbers are columns of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum How {
    /// Adds up: sum, count, distinct.
    Additive(usize),
    /// The least.
    Min(usize),
    /// The greatest.
    Max(usize),
    /// The latest.
    Last(usize),
    /// A sum over a count.
    Mean(usize, usize),
    /// A formula over atoms, each with how it is put together.
    Formula(Arc<Checked>, Vec<How>),
}

/// A measure of the answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measured {
    pub(crate) column: Column,
    /// What is shown of it, if not the value itself.
    pub(crate) show: Option<Show>,
    pub(crate) now: How,
    /// In the period before.
    pub(crate) before: Option<How>,
}

/// What every form of answer says about itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    pub(crate) range: Span,
    pub(crate) previous: Option<Span>,
    pub(crate) time_zone: String,
    pub(crate) now: Timestamp,
    pub(crate) partial: bool,
}

/// The order of the rows of a series, and how many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SeriesOrder {
    /// By this measure, and not by time.
    pub(crate) measure: Option<usize>,
    pub(crate) descending: bool,
    pub(crate) limit: Option<usize>,
}

/// What is known of the groups behind the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Whether there are any.
    Unknown,
    /// What they are together, for the shares of the others.
    Counted,
    /// The same, and it is shown.
    Shown,
}

/// A row of the answer before it is written.
struct Line {
    texts: Vec<Option<String>>,
    numbers: Vec<Option<f64>>,
    bucket: usize,
    /// Its group's rank, from 1.
    group: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// One row.
    Total,
    /// One row that is put together from those of a series.
    Folded(Arc<Buckets>),
    /// A row for each bucket; `trim` leaves out those before the first event.
    Series { buckets: Arc<Buckets>, trim: bool, order: SeriesOrder },
    /// A row for each group.
    Groups { dimensions: Vec<Column>, limit: usize, rest: Rest },
    /// A row for each bucket and group.
    RankedSeries {
        buckets: Arc<Buckets>,
        trim: bool,
        dimensions: Vec<Column>,
        limit: usize,
        descending: bool,
        rest: Rest,
    },
}

impl Form {
    /// The buckets that the answer has, or is put together from.
    pub(crate) fn buckets(&self) -> Option<&Arc<Buckets>> {
        match self {
            Self::Total | Self::Groups { .. } => None,
            Self::Folded(buckets) | Self::Series { buckets, .. } | Self::RankedSeries { buckets, .. } => {
                Some(buckets)
            }
        }
    }
}

/// How the rows of a statement become an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    pub(crate) head: Head,
    pub(crate) measures: Vec<Measured>,
    pub(crate) form: Form,
}

/// A row of the statement, read by column.
#[derive(Clone, Copy)]
struct Row<'a>(&'a [Value]);

fn unexpected(what: &str) -> Error {
    Error::internal(format!("a row of a question's statement has no {what} where one belongs"))
}

impl Row<'_> {
    fn number(self, column: usize) -> Result<Option<f64>> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Float(v)) => Ok(Some(*v)),
            #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
            Some(Value::Int(v)) => Ok(Some(*v as f64)),
            _ => Err(unexpected("number")),
        }
    }

    fn int(self, column: usize) -> Result<i64> {
        match self.0.get(column) {
            Some(Value::Int(v)) => Ok(*v),
            _ => Err(unexpected("integer")),
        }
    }

    fn text(self, column: usize) -> Result<Option<String>> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Text(v)) => Ok(Some(v.clone())),
            _ => Err(unexpected("text")),
        }
    }
}

impl How {
    /// The value that rows have together, the rows being in the order of time.
    fn value(&self, rows: &[Row<'_>]) -> Result<Option<f64>> {
        let all = |column| rows.iter().map(|row| row.number(column)).collect::<Result<Vec<_>>>();
        let present = |column| Ok::<_, Error>(all(column)?.into_iter().flatten());
        Ok(match *self {
            Self::Additive(column) => Some(present(column)?.sum::<f64>() + 0.0),
            Self::Min(column) => present(column)?.reduce(f64::min),
            Self::Max(column) => present(column)?.reduce(f64::max),
            Self::Last(column) => present(column)?.last(),
            Self::Mean(sum, count) => {
                let (sum, count) = (present(sum)?.sum::<f64>(), present(count)?.sum::<f64>());
                (count > 0.0).then(|| sum / count)
            }
            Self::Formula(ref formula, ref atoms) => {
                let atoms = atoms.iter().map(|how| how.value(rows)).collect::<Result<Vec<_>>>()?;
                // Nothing is negative zero.
                evaluate(&formula.expression, &atoms).number().map(|value| value + 0.0)
            }
        })
    }
}

impl Shape {
    /// The answer that rows make.
    ///
    /// # Errors
    /// `internal` when the rows are not those of the statement.
    pub fn answer(&self, rows: &[Vec<Value>]) -> Result<Answer> {
        let rows: Vec<Row<'_>> = rows.iter().map(|row| Row(row)).collect();
        match &self.form {
            Form::Total => self.one(&rows, &rows),
            Form::Folded(buckets) => self.folded(&rows, buckets),
            Form::Series { buckets, trim, order } => self.series(&rows, buckets, *trim, *order),
            Form::Groups { dimensions, limit, rest } => self.groups(&rows, dimensions, *limit, *rest),
            Form::RankedSeries { buckets, trim, dimensions, limit, descending, rest } => {
                self.ranked_series(&rows, buckets, *trim, dimensions, (*limit, *descending), *rest)
            }
        }
    }

    /// The answer without any row.
    fn empty(&self, grain: Option<Grain>, dimensions: &[Column]) -> Table {
        let mut columns = Vec::new();
        let mut data = Vec::new();
        if let Some(grain) = grain {
            columns.push(Column::time(Some(grain)));
            data.push(Values::Texts(Vec::new()));
        }
        for dimension in dimensions {
            columns.push(dimension.clone());
            data.push(Values::Texts(Vec::new()));
        }
        for measure in &self.measures {
            columns.push(measure.column.clone());
            data.push(Values::Numbers(Vec::new()));
            if measure.before.is_some() {
                columns.push(Column { kind: ColumnKind::Previous, ..measure.column.clone() });
                data.push(Values::Numbers(Vec::new()));
            }
        }
        Table(Answer {
            columns,
            data,
            range: self.head.range,
            previous: self.head.previous,
            time_zone: self.head.time_zone.clone(),
            grain,
            truncated: false,
            partial: self.head.partial,
            rest: Vec::new(),
        })
    }

    /// The measures of one row of the answer.
    fn numbers(&self, now: &[Row<'_>], before: &[Row<'_>]) -> Result<Vec<Option<f64>>> {
        let mut numbers = Vec::with_capacity(self.measures.len() * 2);
        for measure in &self.measures {
            numbers.push(measure.now.value(now)?);
            if let Some(how) = &measure.before {
                numbers.push(how.value(before)?);
            }
        }
        Ok(numbers)
    }

    /// Running totals and shares in place of values; the lines come in the order of time.
    fn shown(&self, lines: &mut [Line], grouped: bool) {
        let mut column = 0;
        for measure in &self.measures {
            let width = 1 + usize::from(measure.before.is_some());
            if let Some(show) = measure.show {
                (column..column + width).for_each(|column| instead(lines, column, show, grouped));
            }
            column += width;
        }
    }

    fn one(&self, now: &[Row<'_>], before: &[Row<'_>]) -> Result<Answer> {
        let mut table = self.empty(None, &[]);
        table.push([], self.numbers(now, before)?);
        Ok(table.0)
    }

    fn folded(&self, rows: &[Row<'_>], buckets: &Buckets) -> Result<Answer> {
        let mut numbered = rows.iter().map(|row| Ok((row.int(0)?, *row))).collect::<Result<Vec<_>>>()?;
        numbered.sort_by_key(|(number, _)| *number);
        let side = |current: bool| -> Vec<Row<'_>> {
            let fits = |place| matches!(place, Some(Place::Current(_))) == current;
            numbered.iter().filter(|(n, _)| fits(buckets.place(*n))).map(|(_, row)| *row).collect()
        };
        self.one(&side(true), &side(false))
    }

    /// The measures of one bucket, with nothing for what is not there at all.
    fn bucket(
        &self,
        buckets: &Buckets,
        index: usize,
        now: Option<Row<'_>>,
        before: Option<Row<'_>>,
    ) -> Result<Vec<Option<f64>>> {
        let (now_rows, before_rows): (Vec<_>, Vec<_>) =
            (now.into_iter().collect(), before.into_iter().collect());
        let mut numbers = self.numbers(&now_rows, &before_rows)?;
        let begun = buckets.starts.get(index).is_some_and(|start| *start <= self.head.now);
        let mut at = 0;
        for measure in &self.measures {
            if !begun && now.is_none() {
                numbers[at] = None;
            }
            at += 1;
            if measure.before.is_some() {
                if !buckets.has_previous(index) {
                    numbers[at] = None;
                }
                at += 1;
            }
        }
        Ok(numbers)
    }

    fn series(&self, rows: &[Row<'_>], buckets: &Buckets, trim: bool, order: SeriesOrder) -> Result<Answer> {
        let mut found = BTreeMap::new();
        for row in rows {
            if let Some(place) = buckets.place(row.int(0)?) {
                found.insert(key(place), *row);
            }
        }
        let first = if trim { found.keys().next().map_or(buckets.starts.len(), |(_, i)| *i) } else { 0 };
        let mut lines = Vec::new();
        for (i, label) in buckets.labels.iter().enumerate().skip(first) {
            let now = found.get(&key(Place::Current(i))).copied();
            let before = found.get(&key(Place::Previous(i))).copied();
            let numbers = self.bucket(buckets, i, now, before)?;
            lines.push(Line { texts: vec![Some(label.clone())], numbers, bucket: i, group: 0 });
        }
        self.shown(&mut lines, false);
        match order.measure {
            Some(measure) => {
                let beside = |m: &Measured| 1 + usize::from(m.before.is_some());
                let at = self.measures.iter().take(measure).map(beside).sum::<usize>();
                lines.sort_by(|a, b| by_number(a.numbers[at], b.numbers[at], order.descending));
            }
            None if order.descending => lines.reverse(),
            None => {}
        }
        let limit = order.limit.unwrap_or(usize::MAX);
        let mut table = self.empty(Some(buckets.grain), &[]);
        table.0.truncated = lines.len() > limit;
        for line in lines.into_iter().take(limit) {
            table.push(line.texts, line.numbers);
        }
        Ok(table.0)
    }

    fn groups(&self, rows: &[Row<'_>], dimensions: &[Column], limit: usize, rest: Rest) -> Result<Answer> {
        let mut lines = Vec::with_capacity(rows.len());
        for (i, row) in rows.iter().enumerate() {
            let numbered = rest != Rest::Unknown;
            let group = if numbered { row.int(0)? } else { i64::try_from(i + 1).map_err(Error::internal)? };
            let texts = (0..dimensions.len()).map(|i| row.text(usize::from(numbered) + i));
            let one = std::slice::from_ref(row);
            let (texts, numbers) = (texts.collect::<Result<Vec<_>>>()?, self.numbers(one, one)?);
            lines.push(Line { texts, numbers, bucket: 0, group });
        }
        lines.sort_by_key(|line| line.group);
        self.shown(&mut lines, true);
        let mut table = self.empty(None, dimensions);
        table.lines(lines, limit, rest);
        Ok(table.0)
    }

    fn ranked_series(
        &self,
        rows: &[Row<'_>],
        buckets: &Buckets,
        trim: bool,
        dimensions: &[Column],
        (limit, descending): (usize, bool),
        rest: Rest,
    ) -> Result<Answer> {
        let mut groups: BTreeMap<i64, Vec<Option<String>>> = BTreeMap::new();
        let mut found = BTreeMap::new();
        for row in rows {
            let (number, rank) = (row.int(0)?, row.int(1)?);
            if let std::collections::btree_map::Entry::Vacant(new) = groups.entry(rank) {
                new.insert((0..dimensions.len()).map(|i| row.text(2 + i)).collect::<Result<Vec<_>>>()?);
            }
            if let Some(place) = buckets.place(number) {
                found.insert((rank, key(place)), *row);
            }
        }
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let kept = found.keys().filter(|(rank, _)| *rank <= most || rest == Rest::Shown);
        let first = if trim { kept.map(|(_, (_, i))| *i).min().unwrap_or(buckets.starts.len()) } else { 0 };
        let mut lines = Vec::new();
        for i in first..buckets.starts.len() {
            for (rank, names) in &groups {
                let now = found.get(&(*rank, key(Place::Current(i)))).copied();
                let before = found.get(&(*rank, key(Place::Previous(i)))).copied();
                let texts =
                    [Some(buckets.labels[i].clone())].into_iter().chain(names.iter().cloned()).collect();
                let numbers = self.bucket(buckets, i, now, before)?;
                lines.push(Line { texts, numbers, bucket: i, group: *rank });
            }
        }
        self.shown(&mut lines, true);
        if descending {
            // The buckets backwards, the groups in each as they are.
            lines.sort_by_key(|line| std::cmp::Reverse(line.bucket));
        }
        let mut table = self.empty(Some(buckets.grain), dimensions);
        table.lines(lines, limit, rest);
        Ok(table.0)
    }
}

/// Puts running totals or shares into a column. Of a whole that is nothing there are no shares.
fn instead(lines: &mut [Line], column: usize, show: Show, grouped: bool) {
    let mut sums: BTreeMap<i64, f64> = BTreeMap::new();
    match show {
        Show::Running => {
            for line in lines {
                if let Some(value) = &mut line.numbers[column] {
                    let sum = sums.entry(line.group).or_default();
                    *sum += *value;
                    *value = *sum;
                }
            }
        }
        Show::Share => {
            let whole =
                |line: &Line| if grouped { i64::try_from(line.bucket).unwrap_or(i64::MAX) } else { 0 };
            for line in &*lines {
                *sums.entry(whole(line)).or_default() += line.numbers[column].unwrap_or(0.0);
            }
            for line in lines {
                let sum = sums.get(&whole(line)).copied().unwrap_or(0.0);
                line.numbers[column] = line.numbers[column].filter(|_| sum != 0.0).map(|value| value / sum);
            }
        }
    }
}

/// Buckets of the range before those of the period before it, by number.
fn key(place: Place) -> (u8, usize) {
    match place {
        Place::Current(i) => (0, i),
        Place::Previous(i) => (1, i),
        Place::Rest => (2, 0),
    }
}

/// Nothing stands last, whatever the direction.
pub(crate) fn by_number(a: Option<f64>, b: Option<f64>, descending: bool) -> std::cmp::Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// An answer that is being filled.
struct Table(Answer);

impl Table {
    /// The lines of the first groups, and of the rest where it is shown.
    fn lines(&mut self, lines: Vec<Line>, limit: usize, rest: Rest) {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        for line in lines {
            let others = line.group > most;
            self.0.truncated |= others;
            if others && rest != Rest::Shown {
                continue;
            }
            if others {
                self.0.rest.push(u32::try_from(self.0.rows()).unwrap_or(u32::MAX));
            }
            self.push(line.texts, line.numbers);
        }
    }

    fn push(&mut self, texts: impl IntoIterator<Item = Option<String>>, numbers: Vec<Option<f64>>) {
        let (mut texts, mut numbers) = (texts.into_iter(), numbers.into_iter());
        for values in &mut self.0.data {
            match values {
                Values::Texts(column) => column.push(texts.next().flatten()),
                Values::Numbers(column) => column.push(numbers.next().flatten()),
            }
        }
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
