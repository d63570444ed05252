//! The answer to a question: columns, each with all its values.
//!
//! What must always hold: every column has the same number of values; the columns come in the order time,
//! dimensions, and then each measure followed by its previous value where one was asked for.

use serde::de::{Deserializer, Error as _};
use serde::ser::{SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dataset::Format;
use crate::period::{Grain, Span};
use crate::tenant::words;

words! {
    /// What a column of an answer holds.
    ColumnKind {
        /// The beginning of a time bucket: `2013-01-31`, or `2013-01-31T17:00:00-05:00` for hours and minutes.
        Time = "time",
        /// A value of a dimension; `null` is "none".
        Dimension = "dimension",
        /// A measure.
        Measure = "measure",
        /// The same measure in the period before.
        Previous = "previous",
    }
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// `time`, the name of a dimension, or `sum_distance`.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The unit of a measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How a measure is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The grain of a time column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grain: Option<Grain>,
}

impl Column {
    /// The head of a time column: of buckets, or of moments where there is no grain.
    #[must_use]
    pub fn time(grain: Option<Grain>) -> Self {
        Self { name: "time".to_owned(), kind: ColumnKind::Time, label: None, unit: None, format: None, grain }
    }

    /// The head of a dimension's column.
    #[must_use]
    pub fn dimension(name: &str, label: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            kind: ColumnKind::Dimension,
            label,
            unit: None,
            format: None,
            grain: None,
        }
    }
}

/// The values of a column: texts, or numbers. Whole numbers are written without a decimal point.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Of a time or dimension.
    Texts(Vec<Option<String>>),
    /// Of a measure.
    Numbers(Vec<Option<f64>>),
}

impl Values {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(v) => v.len(),
            Self::Numbers(v) => v.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts, if they are texts.
    #[must_use]
    pub fn texts(&self) -> Option<&[Option<String>]> {
        match self {
            Self::Texts(v) => Some(v),
            Self::Numbers(_) => None,
        }
    }

    /// The numbers, if they are numbers.
    #[must_use]
    pub fn numbers(&self) -> Option<&[Option<f64>]> {
        match self {
            Self::Numbers(v) => Some(v),
            Self::Texts(_) => None,
        }
    }
}

/// The greatest whole number up to which every whole number is an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut seq = s.serialize_seq(Some(self.len()))?;
        match self {
            Self::Texts(values) => values.iter().try_for_each(|v| seq.serialize_element(v))?,
            Self::Numbers(values) => {
                for v in values {
                    #[expect(clippy::cast_possible_truncation, reason = "whole and within the exact range")]
                    match v {
                        Some(v) if v.fract() == 0.0 && v.abs() <= EXACT => {
                            seq.serialize_element(&(*v as i64))?
                        }
                        v => seq.serialize_element(v)?,
                    }
                }
            }
        }
        seq.end()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Number(f64),
    Text(String),
}

/// For clients: a column of nothing but `null` reads as numbers.
impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let cells = Vec::<Option<Cell>>::deserialize(d)?;
        let wrong = || D::Error::custom("a column has texts or numbers, not both");
        if cells.iter().any(|c| matches!(c, Some(Cell::Text(_)))) {
            let text = |cell| match cell {
                None => Ok(None),
                Some(Cell::Text(text)) => Ok(Some(text)),
                Some(Cell::Number(_)) => Err(wrong()),
            };
            return cells.into_iter().map(text).collect::<Result<_, _>>().map(Self::Texts);
        }
        let number = |cell| match cell {
            None => Ok(None),
            Some(Cell::Number(number)) => Ok(Some(number)),
            Some(Cell::Text(_)) => Err(wrong()),
        };
        cells.into_iter().map(number).collect::<Result<_, _>>().map(Self::Numbers)
    }
}

impl utoipa::PartialSchema for Values {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
        let cell = SchemaType::from_iter([Type::String, Type::Number, Type::Null]);
        ArrayBuilder::new()
            .items(ObjectBuilder::new().schema_type(cell))
            .description(Some("The values of a column: all texts or all numbers, or null."))
            .into()
    }
}

impl ToSchema for Values {}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The heads of the columns.
    pub columns: Vec<Column>,
    /// One array for each column, all of the same length.
    pub data: Vec<Values>,
    /// The range as instants.
    pub range: Span,
    /// The period before, where one was asked for.
    pub previous: Option<Span>,
    /// The time zone of the buckets and local dates.
    pub time_zone: String,
    /// The grain of the buckets.
    pub grain: Option<Grain>,
    /// Whether there are more groups than the limit.
    pub truncated: bool,
    /// Whether the range is not over yet, so that its last bucket will still change.
    pub partial: bool,
    /// The rows, from 0, that hold together what the limit left out; their dimensions are `null`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<u32>,
}

impl Answer {
    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.data.first().map_or(0, Values::len)
    }

    /// The values of the column of a name and kind.
    #[must_use]
    pub fn values(&self, name: &str, kind: ColumnKind) -> Option<&Values> {
        let index = self.columns.iter().position(|c| c.name == name && c.kind == kind)?;
        self.data.get(index)
    }
}

/// Events as they are stored, the latest first: those that a question's numbers are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventRows {
    /// The heads of the columns: the time, then every dimension and every measure of the dataset.
    pub columns: Vec<Column>,
    /// One array for each column, all of the same length.
    pub data: Vec<Values>,
    /// The range as instants.
    pub range: Span,
    /// The time zone of the times.
    pub time_zone: String,
    /// What to send as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_survive_the_wire() {
        let numbers =
            Values::Numbers(vec![Some(5.0), None, Some(0.5), Some(-3.0), Some(1e300), Some(EXACT * 2.0)]);
        let text = serde_json::to_string(&numbers).unwrap();
        assert_eq!(text, "[5,null,0.5,-3,1e+300,1.8014398509481984e+16]");
        assert_eq!(serde_json::from_str::<Values>(&text).unwrap(), numbers);
        let texts = Values::Texts(vec![Some("a".into()), None]);
        assert_eq!(serde_json::from_str::<Values>(&serde_json::to_string(&texts).unwrap()).unwrap(), texts);
        assert!(serde_json::from_str::<Values>(r#"["a",1]"#).is_err());
    }
}
