//! The events behind a question: those that it looks at, the latest first, a page at a time.
//!
//! What must always hold: the events are those of the question's dataset, range and conditions, whatever its
//! measures and groups are; pages do not overlap and leave nothing out while events come in, because a page begins
//! behind the last event of the page before it.

use std::str::FromStr;

use insula_model::question::MAX_ROWS;
use insula_model::{Column, ColumnKind, Compare, Error, EventRows, Question, Result, Values, problem};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::compile::{Calendar, Draft};
use crate::context::{Context, Source, zone_name};
use crate::statement::{Binder, ColumnType, Cost, Param, Statement, Value};

/// Behind which event a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowCursor {
    at: Timestamp,
    id: Uuid,
}

impl std::fmt::Display for RowCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.as_microsecond(), self.id.simple())
    }
}

impl FromStr for RowCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('.').and_then(|(at, id)| {
            let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
            Some(Self { at, id: id.parse().ok()? })
        });
        parts.ok_or_else(|| {
            Error::new(problem::CURSOR, "That is not a cursor of this list. Begin without one.")
        })
    }
}

/// The rows of events as a statement, and how its rows become a page.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledRows {
    /// To be sent.
    pub statement: Statement,
    columns: Vec<Column>,
    range: insula_model::Span,
    zone: TimeZone,
    limit: usize,
}

/// Compiles a page of the events behind a question.
///
/// # Errors
/// `question.invalid` with a pointer into the question for everything that is wrong.
pub fn compile_rows(
    question: &Question,
    source: Source<'_>,
    context: &Context,
    after: Option<RowCursor>,
    limit: u32,
) -> Result<CompiledRows> {
    let limit = limit.clamp(1, MAX_ROWS);
    let alone = Question { compare: Some(Compare::None), ..question.clone() };
    let calendar = Calendar::default();
    let dataset = source.definition;
    let draft = Draft::new(&alone, source, context, &calendar)?;
    let span = draft.period.current;

    let mut binder = Binder::default();
    let mut sql = vec!["(extract(epoch FROM at) * 1000000)::int8".to_owned(), "id::text".to_owned()];
    let mut types = vec![ColumnType::Int8, ColumnType::Text];
    let mut columns = vec![Column::time(None)];
    for dimension in &dataset.dimensions {
        sql.push(format!("d{}", dimension.slot));
        types.push(ColumnType::Text);
        columns.push(Column::dimension(&dimension.name, Some(dimension.label.clone())));
    }
    for measure in &dataset.measures {
        sql.push(format!("m{}", measure.slot));
        types.push(ColumnType::Float8);
        columns.push(Column {
            name: measure.name.clone(),
            kind: ColumnKind::Measure,
            label: Some(measure.label.clone()),
            unit: measure.unit.clone(),
            format: Some(measure.format),
            grain: None,
        });
    }
    let events = draft.events_sql(&mut binder);
    let number = binder.bind(Param::Int4(source.number));
    let (from, to) = (binder.instant(span.from), binder.instant(span.to));
    let conditions = draft.conditions_sql(&mut binder);
    let behind = after.map_or(String::new(), |after| {
        let at = binder.bind(Param::Timestamptz(after.at));
        let id = binder.bind(Param::Text(after.id.to_string()));
        format!(" AND at <= {at} AND (at < {at} OR id < CAST({id}::text AS uuid))")
    });
    let fetched = binder.bind(Param::Int8(i64::from(limit) + 1));
    let sql = format!(
        "SELECT {}\nFROM {events}\nWHERE dataset = {number} AND at >= {from} AND at < {to}{conditions}{behind}\n\
         ORDER BY at DESC, id DESC\nLIMIT {fetched}",
        sql.join(", ")
    );
    let days = span.to.duration_since(span.from).as_hours() / 24 + 1;
    let cost = Cost { days: u32::try_from(days).unwrap_or(u32::MAX), rows: limit + 1, scans: 1 };
    let statement =
        Statement { sql, params: binder.done(), columns: types, datasets: vec![source.number], cost };
    Ok(CompiledRows { statement, columns, range: span, zone: draft.zone, limit: limit as usize })
}

impl CompiledRows {
    /// The page that rows make.
    ///
    /// # Errors
    /// `internal` when the rows are not those of the statement.
    pub fn page(&self, rows: &[Vec<Value>]) -> Result<EventRows> {
        let unexpected = || Error::internal("a row of events does not have the columns that were asked for");
        let mut data: Vec<Values> = self
            .columns
            .iter()
            .map(|column| match column.kind {
                ColumnKind::Measure | ColumnKind::Previous => Values::Numbers(Vec::new()),
                ColumnKind::Time | ColumnKind::Dimension => Values::Texts(Vec::new()),
            })
            .collect();
        let mut last = None;
        for row in rows.iter().take(self.limit) {
            let [Value::Int(at), Value::Text(id), values @ ..] = row.as_slice() else {
                return Err(unexpected());
            };
            let at = Timestamp::from_microsecond(*at).map_err(Error::internal)?;
            last = Some(RowCursor { at, id: id.parse().map_err(Error::internal)? });
            // To the microsecond where there is one, so that nothing of what came in is hidden.
            let local = at.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string();
            let texts = std::iter::once(Value::Text(local)).chain(values.iter().cloned());
            if values.len() + 1 != data.len() {
                return Err(unexpected());
            }
            for (column, value) in data.iter_mut().zip(texts) {
                match (column, value) {
                    (Values::Texts(column), Value::Text(text)) => column.push(Some(text)),
                    (Values::Texts(column), Value::Null) => column.push(None),
                    (Values::Numbers(column), Value::Float(number)) => column.push(Some(number)),
                    (Values::Numbers(column), Value::Null) => column.push(None),
                    _ => return Err(unexpected()),
                }
            }
        }
        let more = rows.len() > self.limit;
        Ok(EventRows {
            columns: self.columns.clone(),
            data,
            range: self.range,
            time_zone: zone_name(&self.zone),
            next_cursor: last.filter(|_| more).map(|cursor| cursor.to_string()),
        })
    }
}
