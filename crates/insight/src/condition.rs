//! Conditions on the events that a question looks at: filters with slots for names.
//!
//! What must always hold: every value is bound. `=` and `<>` of text and float8 and `IS NULL` are leakproof;
//! what is not (`lower`, `strpos`, `starts_with`) is checked by PostgreSQL after the tenant is, which costs
//! nothing here, because the rows are found by tenant, dataset and time in any case.

use insula_model::Filter;

use crate::statement::{Binder, Param};

/// A comparison of a measure with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Gte,
    Gt,
    Lte,
    Lt,
    Eq,
}

/// A condition on one column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    In { slot: u8, values: Vec<String>, null: bool },
    NotIn { slot: u8, values: Vec<String>, null: bool },
    Contains { slot: u8, text: String },
    StartsWith { slot: u8, text: String },
    Measure { slot: u8, comparison: Comparison, value: f64 },
    Between { slot: u8, low: f64, high: f64 },
}

impl Condition {
    /// The dimension that it is about; none for a measure.
    pub(crate) fn dimension(&self) -> Option<u8> {
        match self {
            Self::In { slot, .. }
            | Self::NotIn { slot, .. }
            | Self::Contains { slot, .. }
            | Self::StartsWith { slot, .. } => Some(*slot),
            Self::Measure { .. } | Self::Between { .. } => None,
        }
    }

    /// As SQL.
    pub(crate) fn sql(&self, binder: &mut Binder) -> String {
        let mut list = |values: &[String], one: &str, many: (&str, &str)| match values {
            [value] => format!("{one} {}", binder.bind(Param::Text(value.clone()))),
            _ => format!("{}{}{}", many.0, binder.bind(Param::TextArray(values.to_vec())), many.1),
        };
        match self {
            Self::In { slot, values, null } => match (values.is_empty(), null) {
                (true, _) => format!("d{slot} IS NULL"),
                (false, false) => format!("d{slot} {}", list(values, "=", ("= ANY(", ")"))),
                (false, true) => {
                    format!("(d{slot} {} OR d{slot} IS NULL)", list(values, "=", ("= ANY(", ")")))
                }
            },
            Self::NotIn { slot, values, null } => match (values.is_empty(), null) {
                (true, _) => format!("d{slot} IS NOT NULL"),
                (false, true) => format!("d{slot} {}", list(values, "<>", ("<> ALL(", ")"))),
                (false, false) => {
                    format!("(d{slot} {} OR d{slot} IS NULL)", list(values, "<>", ("<> ALL(", ")")))
                }
            },
            Self::Contains { slot, text } => {
                format!("strpos(lower(d{slot}), lower({})) > 0", binder.bind(Param::Text(text.clone())))
            }
            Self::StartsWith { slot, text } => {
                format!("starts_with(d{slot}, {})", binder.bind(Param::Text(text.clone())))
            }
            Self::Measure { slot, comparison, value } => {
                let sign = match comparison {
                    Comparison::Gte => ">=",
                    Comparison::Gt => ">",
                    Comparison::Lte => "<=",
                    Comparison::Lt => "<",
                    Comparison::Eq => "=",
                };
                format!("m{slot} {sign} {}", binder.bind(Param::Float8(*value)))
            }
            Self::Between { slot, low, high } => {
                let (low, high) = (binder.bind(Param::Float8(*low)), binder.bind(Param::Float8(*high)));
                format!("m{slot} BETWEEN {low} AND {high}")
            }
        }
    }
}

/// That all of them hold, each behind an ` AND `.
pub(crate) fn all_of(conditions: &[Condition], binder: &mut Binder) -> String {
    conditions.iter().map(|condition| format!(" AND {}", condition.sql(binder))).collect()
}

/// What a filter is about.
pub(crate) enum Kind {
    Dimension,
    Measure,
}

pub(crate) fn filter_kind(filter: &Filter) -> Kind {
    match filter {
        Filter::In { .. } | Filter::NotIn { .. } | Filter::Contains { .. } | Filter::StartsWith { .. } => {
            Kind::Dimension
        }
        _ => Kind::Measure,
    }
}

/// The condition of a filter on a slot.
pub(crate) fn condition(filter: &Filter, slot: u8) -> Condition {
    let split = |values: &[Option<String>]| {
        let mut texts: Vec<String> = values.iter().flatten().cloned().collect();
        texts.sort_unstable();
        texts.dedup();
        (texts, values.contains(&None))
    };
    let measure = |comparison, value: &f64| Condition::Measure { slot, comparison, value: *value };
    match filter {
        Filter::In { values, .. } => {
            let (values, null) = split(values);
            Condition::In { slot, values, null }
        }
        Filter::NotIn { values, .. } => {
            let (values, null) = split(values);
            Condition::NotIn { slot, values, null }
        }
        Filter::Contains { value, .. } => Condition::Contains { slot, text: value.clone() },
        Filter::StartsWith { value, .. } => Condition::StartsWith { slot, text: value.clone() },
        Filter::Gte { value, .. } => measure(Comparison::Gte, value),
        Filter::Gt { value, .. } => measure(Comparison::Gt, value),
        Filter::Lte { value, .. } => measure(Comparison::Lte, value),
        Filter::Lt { value, .. } => measure(Comparison::Lt, value),
        Filter::Eq { value, .. } => measure(Comparison::Eq, value),
        Filter::Between { value, to, .. } => Condition::Between { slot, low: *value, high: *to },
    }
}
