//! The conditions of a question. Their values are bounded in number and length here; they are bound, never written,
//! by `insight`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dataset::refuse;
use crate::error::{FieldError, Result};
use crate::problem;
use crate::question::{Checked, MAX_FILTERS, MAX_VALUE_CHARS, MAX_VALUES};

/// A condition on the events that a question looks at. `null` among values is "has no value".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Filter {
    /// The dimension has one of these values.
    In {
        /// The dimension.
        dimension: String,
        /// 1 to 50 values.
        values: Vec<Option<String>>,
    },
    /// The dimension has none of these values. Events without a value stay, unless `null` is among them.
    NotIn {
        /// The dimension.
        dimension: String,
        /// 1 to 50 values.
        values: Vec<Option<String>>,
    },
    /// The dimension contains this text; upper and lower case are the same.
    Contains {
        /// The dimension.
        dimension: String,
        /// The text, taken literally.
        value: String,
    },
    /// The dimension begins with this text, exactly.
    StartsWith {
        /// The dimension.
        dimension: String,
        /// The text, taken literally.
        value: String,
    },
    /// The measure is at least this.
    Gte {
        /// The measure.
        measure: String,
        /// The number.
        value: f64,
    },
    /// The measure is greater than this.
    Gt {
        /// The measure.
        measure: String,
        /// The number.
        value: f64,
    },
    /// The measure is at most this.
    Lte {
        /// The measure.
        measure: String,
        /// The number.
        value: f64,
    },
    /// The measure is less than this.
    Lt {
        /// The measure.
        measure: String,
        /// The number.
        value: f64,
    },
    /// The measure is exactly this.
    Eq {
        /// The measure.
        measure: String,
        /// The number.
        value: f64,
    },
    /// The measure is at least `value` and at most `to`.
    Between {
        /// The measure.
        measure: String,
        /// The least.
        value: f64,
        /// The greatest.
        to: f64,
    },
}

/// Checks filters that stand by themselves, below `at`: those of a request or of an embed token.
///
/// # Errors
/// `input.invalid` with a pointer for everything that is wrong.
pub fn check_filters(filters: &[Filter], at: &str) -> Result<()> {
    let wrong = |pointer: String, code: &str, detail: &str| FieldError::new(pointer, code, detail);
    if filters.len() > MAX_FILTERS {
        return refuse(
            vec![wrong(at.to_owned(), "count", "There are 20 filters at most.")],
            problem::INVALID,
        );
    }
    let each = filters.iter().enumerate().filter_map(|(i, filter)| {
        let (field, detail) = filter.check().err()?;
        Some(wrong(format!("{at}/{i}/{field}"), "invalid", detail))
    });
    refuse(each.collect(), problem::INVALID)
}

impl Filter {
    /// The dimension or measure that it is about.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::In { dimension, .. }
            | Self::NotIn { dimension, .. }
            | Self::Contains { dimension, .. }
            | Self::StartsWith { dimension, .. } => dimension,
            Self::Gte { measure, .. }
            | Self::Gt { measure, .. }
            | Self::Lte { measure, .. }
            | Self::Lt { measure, .. }
            | Self::Eq { measure, .. }
            | Self::Between { measure, .. } => measure,
        }
    }

    pub(crate) fn check(&self) -> Checked {
        let text = |value: &str| {
            if value.chars().count() > MAX_VALUE_CHARS {
                Err("A value has 256 characters at most.")
            } else if value.contains('\0') {
                Err("A value has no NUL character.")
            } else {
                Ok(())
            }
        };
        match self {
            Self::In { values, .. } | Self::NotIn { values, .. } => {
                if values.is_empty() || values.len() > MAX_VALUES {
                    return Err(("values", "A filter has 1 to 50 values."));
                }
                values.iter().flatten().try_for_each(|v| text(v)).map_err(|why| ("values", why))
            }
            Self::Contains { value, .. } | Self::StartsWith { value, .. } => {
                if value.is_empty() {
                    return Err(("value", "Give a text to look for."));
                }
                text(value).map_err(|why| ("value", why))
            }
            Self::Gte { value, .. }
            | Self::Gt { value, .. }
            | Self::Lte { value, .. }
            | Self::Lt { value, .. }
            | Self::Eq { value, .. } => {
                if value.is_finite() {
                    Ok(())
                } else {
                    Err(("value", "Give a finite number."))
                }
            }
            Self::Between { value, to, .. } => {
                if !value.is_finite() || !to.is_finite() {
                    Err(("value", "Give finite numbers."))
                } else if value > to {
                    Err(("to", "`to` is less than `value`."))
                } else {
                    Ok(())
                }
            }
        }
    }
}
