//! From rows to an answer: columns with names, buckets with nothing in them, groups in their order.
//!
//! What must always hold: an answer depends on what the rows say, not on their order; rows that do not have the
//! form that was asked for are an internal error, never a panic.

use std::collections::BTreeMap;
use std::sync::Arc;

use insula_model::{Answer, Column, ColumnKind, Error, Grain, Result, Span, Values};
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

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// One row.
    Total,
    /// One row that is put together from those of a series.
    Folded(Arc<Buckets>),
    /// A row for each bucket; `trim` leaves out those before the first event.
    Series { buckets: Arc<Buckets>, trim: bool, order: SeriesOrder },
    /// A row for each group.
    Groups { dimensions: Vec<Column>, limit: usize },
    /// A row for each bucket and group.
    RankedSeries {
        buckets: Arc<Buckets>,
        trim: bool,
        dimensions: Vec<Column>,
        limit: usize,
        descending: bool,
    },
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
            Form::Groups { dimensions, limit } => self.groups(&rows, dimensions, *limit),
            Form::RankedSeries { buckets, trim, dimensions, limit, descending } => {
                self.ranked_series(&rows, buckets, *trim, dimensions, (*limit, *descending))
            }
        }
    }

    /// The answer without any row.
    fn empty(&self, grain: Option<Grain>, dimensions: &[Column]) -> Table {
        let mut columns = Vec::new();
        let mut data = Vec::new();
        if let Some(grain) = grain {
            columns.push(Column {
                name: "time".to_owned(),
                kind: ColumnKind::Time,
                label: None,
                unit: None,
                format: None,
                grain: Some(grain),
            });
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
            lines.push((label.clone(), self.bucket(buckets, i, now, before)?));
        }
        match order.measure {
            Some(measure) => {
                let beside = |m: &Measured| 1 + usize::from(m.before.is_some());
                let at = self.measures.iter().take(measure).map(beside).sum::<usize>();
                lines.sort_by(|(_, a), (_, b)| by_number(a[at], b[at], order.descending));
            }
            None if order.descending => lines.reverse(),
            None => {}
        }
        let limit = order.limit.unwrap_or(usize::MAX);
        let mut table = self.empty(Some(buckets.grain), &[]);
        table.0.truncated = lines.len() > limit;
        for (label, numbers) in lines.into_iter().take(limit) {
            table.push([Some(label)], numbers);
        }
        Ok(table.0)
    }

    fn groups(&self, rows: &[Row<'_>], dimensions: &[Column], limit: usize) -> Result<Answer> {
        let mut table = self.empty(None, dimensions);
        table.0.truncated = rows.len() > limit;
        for row in rows.iter().take(limit) {
            let texts = (0..dimensions.len()).map(|i| row.text(i)).collect::<Result<Vec<_>>>()?;
            let one = std::slice::from_ref(row);
            table.push(texts, self.numbers(one, one)?);
        }
        Ok(table.0)
    }

    fn ranked_series(
        &self,
        rows: &[Row<'_>],
        buckets: &Buckets,
        trim: bool,
        dimensions: &[Column],
        (limit, descending): (usize, bool),
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
        let mut table = self.empty(Some(buckets.grain), dimensions);
        table.0.truncated = groups.keys().next_back().is_some_and(|rank| *rank > most);
        let kept = found.keys().filter(|(rank, _)| *rank <= most);
        let first = if trim { kept.map(|(_, (_, i))| *i).min().unwrap_or(buckets.starts.len()) } else { 0 };
        let mut order: Vec<usize> = (first..buckets.starts.len()).collect();
        if descending {
            order.reverse();
        }
        for i in order {
            for (rank, names) in groups.iter().take_while(|(rank, _)| **rank <= most) {
                let now = found.get(&(*rank, key(Place::Current(i)))).copied();
                let before = found.get(&(*rank, key(Place::Previous(i)))).copied();
                let texts = [Some(buckets.labels[i].clone())].into_iter().chain(names.iter().cloned());
                table.push(texts, self.bucket(buckets, i, now, before)?);
            }
        }
        Ok(table.0)
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
