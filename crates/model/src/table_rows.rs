//! Rows of a table as they come in, in JSON or in CSV, and as they are stored.
//!
//! What must always hold: all rows of a batch are fit to be stored, or none is taken and each that is wrong is named with its
//! place (the first hundred); a [`TableRow`] came through [`TableBatch::check`]. Tests: `table_tests.rs`.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::dataset::is_name;
use crate::error::{Error, FieldError, Result};
use crate::event::{MAX_TEXT_BYTES, Members};
use crate::problem;
use crate::table::{MAX_TABLE_ROWS, TABLE_COLUMNS, TABLE_NUMBERS, TableColumnKind, TableDefinition};
use crate::table_value::{TableValue, Typed};
use crate::written;

/// How many rows that are wrong are named.
const NAMED: usize = 100;

/// `{"rows": […]}`, for the reference: all the rows that a table is to have.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableRowsBody {
    /// Values by the names of the key and of columns, up to 100,000 rows. A name that is left out has no value. A time is an
    /// instant with an offset, or a date or a local time in the workspace's time zone.
    #[schema(value_type = Vec<std::collections::BTreeMap<String, TableValue>>)]
    pub rows: Vec<Members<Option<TableValue>>>,
}

/// `{"rows": […], "delete": […]}`, for the reference: some rows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableChangesBody {
    /// Rows to put in; one with a key that is there takes its place as a whole.
    #[serde(default)]
    #[schema(value_type = Vec<std::collections::BTreeMap<String, TableValue>>)]
    pub rows: Vec<Members<Option<TableValue>>>,
    /// Keys of rows to remove.
    #[serde(default)]
    pub delete: Vec<String>,
}

/// A row that is fit to be stored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableRow {
    /// What it is found by.
    pub key: String,
    /// The texts by slot: the first is that of slot 1. Those behind the last have none.
    pub values: Vec<Option<String>>,
    /// The numbers by slot, in the same way.
    pub numbers: Vec<Option<f64>>,
    /// When it is, if the table has a column that says so.
    pub at: Option<Timestamp>,
}

/// A row as the API shows it: values by the names of the key and of the columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = std::collections::BTreeMap<String, TableValue>)]
pub struct TableRowView(pub Members<Option<TableValue>>);

impl TableRow {
    /// As the API shows it: sent again, it is the same row. Times are those of `zone`.
    #[must_use]
    pub fn view(&self, table: &TableDefinition, zone: &TimeZone) -> TableRowView {
        let place = |slot: u8| usize::from(slot).saturating_sub(1);
        let value = |kind: TableColumnKind, slot: u8| match kind {
            TableColumnKind::Text => self.values.get(place(slot)).cloned().flatten().map(TableValue::Text),
            TableColumnKind::Number => {
                self.numbers.get(place(slot)).copied().flatten().map(TableValue::Number)
            }
            TableColumnKind::Time => self.at.map(|at| TableValue::Text(written::time(at, zone))),
        };
        let key = (table.key.name.clone(), Some(TableValue::Text(self.key.clone())));
        let columns = table.columns.iter().map(|c| (c.name.clone(), value(c.kind, c.slot)));
        TableRowView(Members(std::iter::once(key).chain(columns).collect()))
    }
}

/// What became of rows that were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableChanged {
    /// How many rows the table has now.
    pub rows: u64,
    /// How many are new.
    pub added: u64,
    /// How many have other values than before.
    pub changed: u64,
    /// How many are gone.
    pub removed: u64,
    /// Columns that the first line of the CSV named and that the table did not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The version of the table's definition.
    pub version: i64,
}

/// Rows as they were sent.
#[derive(Debug, Clone, PartialEq)]
pub struct TableBatch {
    rows: Sent,
    delete: Vec<String>,
    /// Whether it has rows at all, be they none.
    whole: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Sent {
    Json(Vec<Result<Members<Option<TableValue>>, String>>),
    /// Name and label of each column; and the rows, each with the number of its line.
    Csv(Vec<(String, String)>, Vec<(u64, Vec<String>)>),
}

/// A batch of which every row is fit to be stored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableRows {
    /// Each with a key of its own.
    pub rows: Vec<TableRow>,
    /// Keys to remove.
    pub delete: Vec<String>,
    /// Names of columns that the table has learnt.
    pub learnt: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBody<'a> {
    #[serde(borrow)]
    rows: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    delete: Vec<String>,
}

impl TableBatch {
    /// From `{"rows": […], "delete": […]}`.
    ///
    /// # Errors
    /// `input.json` when it is not such an object; `table.full`.
    pub fn from_json(body: &[u8]) -> Result<Self> {
        let raw: RawBody<'_> = serde_json::from_slice(body)
            .map_err(|e| Error::new(problem::JSON, format!("Not rows of a table: {e}.")))?;
        let whole = raw.rows.is_some() && raw.delete.is_empty();
        let rows = raw.rows.unwrap_or_default();
        bounded(rows.len().max(raw.delete.len()))?;
        let one = |row: &&RawValue| serde_json::from_str(row.get()).map_err(|e| format!("Not a row: {e}."));
        Ok(Self { rows: Sent::Json(rows.iter().map(one).collect()), delete: raw.delete, whole })
    }

    /// From CSV with a first line of names. Columns are separated by commas, or by semicolons or tabs where the first line
    /// has no comma.
    ///
    /// # Errors
    /// `input.invalid` with the line; `table.full`.
    pub fn from_csv(body: &[u8]) -> Result<Self> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let first = body.split(|b| *b == b'\n').next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t'].into_iter().find(|d| first.contains(d)).unwrap_or(b',');
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(body);
        let header = reader.headers().map_err(|e| unreadable(&e))?;
        let header: Vec<(String, String)> =
            header.iter().map(|text| (name_of(text), text.to_owned())).collect();
        for (i, (name, label)) in header.iter().enumerate() {
            let why = if !is_name(name) {
                format!("Line 1: {:?} is no name of a column.", label.chars().take(60).collect::<String>())
            } else if header[..i].iter().any(|(other, _)| other == name) {
                format!("Line 1: there are two columns {name:?}.")
            } else {
                continue;
            };
            return Err(Error::invalid("/columns", "name", why));
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| unreadable(&e))?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push((line, record.iter().map(str::to_owned).collect()));
            bounded(rows.len())?;
        }
        Ok(Self { rows: Sent::Csv(header, rows), delete: Vec::new(), whole: true })
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let none = match &self.rows {
            Sent::Json(rows) => rows.is_empty(),
            Sent::Csv(_, rows) => rows.is_empty(),
        };
        none && self.delete.is_empty()
    }

    /// Whether it can be all that a table has: rows, be they none, and no keys to remove.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Makes sure that all of it can be stored. Columns of CSV that the table does not have are learnt, as texts. Times without
    /// an offset are those of `zone`, and a date is its first moment.
    ///
    /// # Errors
    /// `input.invalid` with the first hundred rows that are wrong, `table.full`; then nothing was learnt.
    pub fn check(self, table: &mut TableDefinition, zone: &TimeZone) -> Result<TableRows> {
        let mut found = Found::new(zone);
        let mut checked = TableRows { delete: self.delete, ..TableRows::default() };
        match self.rows {
            Sent::Json(rows) => {
                for (i, row) in rows.into_iter().enumerate() {
                    match row {
                        Ok(members) => found.take(i, None, members.0, table),
                        Err(why) => found.wrong(format!("/rows/{i}"), "json", why),
                    }
                }
            }
            Sent::Csv(header, rows) => {
                if header.iter().all(|(name, _)| *name != table.key.name) {
                    let why = format!(
                        "Line 1 names no column {:?}, which is the table's key. It names: {}.",
                        table.key.name,
                        header.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
                    );
                    return Err(Error::invalid("/columns", "key", why));
                }
                let mut next = table.clone();
                let new = header.iter().filter(|(name, _)| *name != table.key.name);
                checked.learnt = next.learn(new.map(|(name, label)| {
                    (name.as_str(), label.chars().take(80).collect(), TableColumnKind::Text)
                }))?;
                for (i, (line, texts)) in rows.into_iter().enumerate() {
                    let named = header.iter().map(|(name, _)| name.clone());
                    let values =
                        texts.into_iter().map(|t| Some(TableValue::Text(t)).filter(|t| !t.is_empty()));
                    found.take(i, Some(line), named.zip(values).collect(), &next);
                }
                if found.fields.is_empty() {
                    *table = next;
                }
            }
        }
        if let Some(first) = found.fields.first() {
            let said = first.detail.clone().unwrap_or_default();
            let detail =
                format!("{} of the rows cannot be taken, and none was. The first: {said}", found.count);
            return Err(Error::new(problem::INVALID, detail).with_fields(found.fields));
        }
        checked.rows = found.rows;
        Ok(checked)
    }
}

/// What was found while rows were read.
struct Found {
    /// The zone of times without an offset.
    zone: TimeZone,
    rows: Vec<TableRow>,
    /// Where each key stood first.
    places: HashMap<String, String>,
    fields: Vec<FieldError>,
    count: usize,
}

impl Found {
    fn new(zone: &TimeZone) -> Self {
        let (rows, fields) = (Vec::new(), Vec::new());
        Self { zone: zone.clone(), rows, places: HashMap::new(), fields, count: 0 }
    }

    fn wrong(&mut self, pointer: String, code: &str, why: String) {
        self.count += 1;
        if self.fields.len() < NAMED {
            self.fields.push(FieldError::new(pointer, code, why));
        }
    }

    /// Takes a row, or says the first thing that is wrong with it.
    fn take(
        &mut self,
        index: usize,
        line: Option<u64>,
        members: Vec<(String, Option<TableValue>)>,
        table: &TableDefinition,
    ) {
        let place = line.map_or_else(|| format!("Row {}", index + 1), |line| format!("Line {line}"));
        match row(members, table, &self.zone) {
            Err((name, code, why)) => {
                let at = if name.is_empty() { String::new() } else { format!("/{name}") };
                self.wrong(format!("/rows/{index}{at}"), code, format!("{place}: {why}"));
            }
            Ok(row) => match self.places.get(&row.key) {
                Some(first) => {
                    let why = format!(
                        "{place}: the key {:?} stands twice, first in {}.",
                        shown(&row.key),
                        first.to_lowercase()
                    );
                    self.wrong(format!("/rows/{index}/{}", table.key.name), "duplicate", why);
                }
                None => {
                    self.places.insert(row.key.clone(), place);
                    self.rows.push(row);
                }
            },
        }
    }
}

/// The row that names and values make; else which name is wrong, a code, and why.
fn row(
    members: Vec<(String, Option<TableValue>)>,
    table: &TableDefinition,
    zone: &TimeZone,
) -> Result<TableRow, (String, &'static str, String)> {
    let mut made = TableRow {
        values: vec![None; TABLE_COLUMNS],
        numbers: vec![None; TABLE_NUMBERS],
        ..TableRow::default()
    };
    let mut bytes = 0;
    let mut seen: Vec<(TableColumnKind, u8)> = Vec::with_capacity(members.len());
    for (name, value) in members {
        let (kind, slot) = match table.column(&name) {
            Some(column) => (column.kind, column.slot),
            None if name == table.key.name => (TableColumnKind::Text, 0),
            None => {
                let all: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
                let why = format!(
                    "there is no column {:?}. There are: {}, {}.",
                    shown(&name),
                    table.key.name,
                    all.join(", ")
                );
                return Err((String::new(), "unknown", why));
            }
        };
        if seen.contains(&(kind, slot)) {
            let why = format!("{name} stands twice.");
            return Err((name, "duplicate", why));
        }
        seen.push((kind, slot));
        let Some(value) = value else { continue };
        let value = match value.read(kind, zone) {
            Ok(value) => value,
            Err((code, why)) => return Err((name.clone(), code, format!("{name} {why}."))),
        };
        match (value, usize::from(slot).checked_sub(1)) {
            (Typed::Text(text), place) => {
                bytes += text.len();
                match place {
                    None => made.key = text,
                    Some(place) => made.values[place] = Some(text),
                }
            }
            (Typed::Number(number), place) => made.numbers[place.unwrap_or_default()] = Some(number),
            (Typed::Time(at), _) => made.at = Some(at),
        }
    }
    if made.key.is_empty() {
        let name = table.key.name.clone();
        let why = format!("it has no {name}, which is the key.");
        return Err((name, "key", why));
    }
    if let Some(time) = table.time().filter(|_| made.at.is_none()) {
        let why = format!("it has no {}, which says when it is.", time.name);
        return Err((time.name.clone(), "required", why));
    }
    if bytes > MAX_TEXT_BYTES {
        return Err((String::new(), "length", "a row has 2,000 bytes altogether at most.".to_owned()));
    }
    Ok(made)
}

fn bounded(rows: usize) -> Result<()> {
    if rows > MAX_TABLE_ROWS {
        return Err(Error::new(problem::TABLE_FULL, "A table has 100,000 rows at most.").at("/rows"));
    }
    Ok(())
}

fn unreadable(error: &csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    let why = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("Line {line} has {len} columns, and the first has {expected_len}.")
        }
        csv::ErrorKind::Utf8 { .. } => format!("Line {line} is not UTF-8."),
        _ => format!("Line {line} cannot be read as CSV."),
    };
    Error::invalid("/rows", "csv", why)
}

/// The name that stands for a column's heading: `Airline Name` is `airline_name`.
#[must_use]
pub fn name_of(heading: &str) -> String {
    let mut name = String::with_capacity(heading.len());
    for c in heading.trim().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    name.trim_end_matches('_').to_owned()
}

/// Somebody's text in a sentence: not longer than a glance.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}
