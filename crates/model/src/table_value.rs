//! A value of a row of a table, as it is sent and shown: a text or a number; and as what its column has it.
//!
//! What must always hold: what [`TableValue::read`] takes is fit to be stored. Tests: `table_tests.rs`.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

use crate::event::{MAX_MEASURE, MAX_TEXT_CHARS, is_measure, to_micros};
use crate::table::TableColumnKind;
use crate::table_rows::shown;
use crate::written;

/// The years that times may lie in: those that ranges of questions may lie in.
const YEARS: std::ops::Range<i64> = -2_208_988_800..7_258_118_400;

/// A value of a row: a text, or a number where the column has numbers. Times are texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TableValue {
    /// A text, or a time.
    Text(String),
    /// A number.
    Number(f64),
}

/// A value as its column has it.
pub(crate) enum Typed {
    Text(String),
    Number(f64),
    Time(Timestamp),
}

// By hand: rows have no value as well, and that of a map is no alternative of its own.
impl utoipa::PartialSchema for TableValue {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Array(vec![Type::String, Type::Number, Type::Null]))
            .description(Some(
                "A text, or a number where the column has numbers; times are texts. `null` is no value.",
            ))
            .into()
    }
}

impl utoipa::ToSchema for TableValue {}

impl<'de> Deserialize<'de> for TableValue {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct TextOrNumber;
        impl Visitor<'_> for TextOrNumber {
            type Value = TableValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }
            fn visit_str<E>(self, text: &str) -> Result<TableValue, E> {
                Ok(TableValue::Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<TableValue, E> {
                Ok(TableValue::Text(text))
            }
            fn visit_f64<E>(self, number: f64) -> Result<TableValue, E> {
                Ok(TableValue::Number(number))
            }
            #[expect(clippy::cast_precision_loss, reason = "numbers of JSON are such")]
            fn visit_i64<E>(self, number: i64) -> Result<TableValue, E> {
                Ok(TableValue::Number(number as f64))
            }
            #[expect(clippy::cast_precision_loss, reason = "numbers of JSON are such")]
            fn visit_u64<E>(self, number: u64) -> Result<TableValue, E> {
                Ok(TableValue::Number(number as f64))
            }
        }
        d.deserialize_any(TextOrNumber)
    }
}

impl TableValue {
    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text().is_some_and(str::is_empty)
    }

    /// What it is in a column of the kind; else a code, and what is wrong with it.
    pub(crate) fn read(
        self,
        kind: TableColumnKind,
        zone: &TimeZone,
    ) -> Result<Typed, (&'static str, String)> {
        match (kind, self) {
            (TableColumnKind::Text, Self::Text(text)) => fits(&text).map(|()| Typed::Text(text)),
            (TableColumnKind::Text, Self::Number(_)) => {
                Err(("text", "is a text: write it between quotes".to_owned()))
            }
            (TableColumnKind::Number, value) => {
                let number = match value {
                    Self::Number(number) => number,
                    Self::Text(text) => written::number(&text)
                        .ok_or_else(|| ("number", format!("is {:?}, which is no number", shown(&text))))?,
                };
                if !is_measure(number) {
                    let why = format!("is not a finite number of at most {MAX_MEASURE:e}");
                    return Err(("number", why));
                }
                Ok(Typed::Number(number))
            }
            (TableColumnKind::Time, Self::Text(text)) => {
                let at = written::instant(text.trim(), zone).map_err(|_| {
                    let why = format!(
                        "is {:?}, which is no time such as 2026-01-31 or 2026-01-31T17:00:00Z",
                        shown(&text)
                    );
                    ("time", why)
                })?;
                if !YEARS.contains(&at.as_second()) {
                    return Err(("time", format!("is {at}, which lies outside the years 1900 to 2199")));
                }
                Ok(Typed::Time(to_micros(at)))
            }
            (TableColumnKind::Time, Self::Number(_)) => {
                Err(("time", "is a time: write it as a text, such as \"2026-01-31\"".to_owned()))
            }
        }
    }
}

/// As in a CSV file.
impl fmt::Display for TableValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

fn fits(text: &str) -> Result<(), (&'static str, String)> {
    if text.len() > MAX_TEXT_CHARS && text.chars().count() > MAX_TEXT_CHARS {
        return Err(("length", "has more than 256 characters".to_owned()));
    }
    if text.contains('\0') {
        return Err(("invalid", "contains a NUL character".to_owned()));
    }
    Ok(())
}
