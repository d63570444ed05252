//! A question: which measures, by which dimensions and time buckets, over which rows.
//!
//! What must always hold: a question is data. It names things of a dataset and carries values; `insight` is the
//! only one that makes SQL of it, with every value bound. The bounds here ([`Question::check`]) keep the cost of
//! any question finite; names are checked by `insight`, which knows the dataset.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dataset::is_name;
use crate::error::FieldError;
use crate::period::{Compare, GrainChoice, Range};
pub use crate::question_figure::{Figure, Formula};
pub use crate::question_filter::Filter;
use crate::tenant::words;

/// Measures of one question.
pub const MAX_MEASURES: usize = 8;
/// Dimensions that one question groups by.
pub const MAX_BY: usize = 3;
/// Filters of one question.
pub const MAX_FILTERS: usize = 20;
/// Values of one `in` or `not_in`.
pub const MAX_VALUES: usize = 50;
/// Characters of one value of a filter.
pub const MAX_VALUE_CHARS: usize = 256;
/// Rows of one answer without time buckets.
pub const MAX_ROWS: u32 = 1_000;

words! {
    /// How the values of many events become one.
    Agg {
        /// The sum.
        Sum = "sum",
        /// The arithmetic mean.
        Avg = "avg",
        /// The least.
        Min = "min",
        /// The greatest.
        Max = "max",
        /// How many events; with a measure or dimension, how many that have it.
        Count = "count",
        /// How many different values a dimension has.
        Distinct = "distinct",
        /// The value of the latest event that has one; of several at that instant, the greatest.
        Last = "last",
    }
}

impl Agg {
    /// Whether no events at all make 0, and not "nothing known".
    #[must_use]
    pub const fn is_additive(self) -> bool {
        matches!(self, Self::Sum | Self::Count | Self::Distinct)
    }
}

words! {
    /// What is shown of a number, where it is not the number itself.
    Show {
        /// The sum of all buckets so far.
        Running = "running",
        /// The part of the whole: of all groups, or of all buckets where there are no groups. 0.25 is a quarter.
        Share = "share",
    }
}

/// One number that a question asks for: `{"agg": "sum", "measure": "distance"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// How the values become one.
    pub agg: Agg,
    /// The measure; every `agg` but `distinct` takes one, `count` can do without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// The dimension, for `distinct` and `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<String>,
    /// A name for the column of the answer; `sum_distance` otherwise.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// What is shown of it; a sum or count only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<Show>,
}

impl Aggregate {
    /// `agg` of a measure.
    #[must_use]
    pub fn of(agg: Agg, measure: impl Into<String>) -> Self {
        Self { agg, measure: Some(measure.into()), dimension: None, alias: None, show: None }
    }

    /// How many events.
    #[must_use]
    pub const fn count() -> Self {
        Self { agg: Agg::Count, measure: None, dimension: None, alias: None, show: None }
    }

    /// How many different values of a dimension.
    #[must_use]
    pub fn distinct(dimension: impl Into<String>) -> Self {
        Self { agg: Agg::Distinct, measure: None, dimension: Some(dimension.into()), alias: None, show: None }
    }

    /// The name of its column in the answer.
    #[must_use]
    pub fn column(&self) -> String {
        let name = match (&self.alias, self.measure.as_ref().or(self.dimension.as_ref())) {
            (Some(alias), _) => return alias.clone(),
            (None, Some(name)) => format!("{}_{name}", self.agg),
            (None, None) => self.agg.as_str().to_owned(),
        };
        self.show.map_or(name.clone(), |show| format!("{show}_{name}"))
    }
}

words! {
    /// What an answer is ordered by.
    SortBy {
        /// A measure of the question.
        Measure = "measure",
        /// A dimension of the question.
        Dimension = "dimension",
        /// The time bucket.
        Time = "time",
    }
}

/// The order of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Which of the question's measures or dimensions, from 0.
    #[serde(default)]
    pub index: u8,
    /// Greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// A question to one dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The dataset, by name.
    pub dataset: String,
    /// 1 to 8 numbers.
    pub measures: Vec<Figure>,
    /// Up to 3 dimensions to group by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Time buckets, in the tenant's (or the dataset's) time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grain: Option<GrainChoice>,
    /// Up to 20 conditions; all of them hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// The range; the dashboard's or the request's otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// The comparison; the dashboard's or the request's otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// The order: by time when there are buckets, else by the first measure, greatest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// How many groups at most: 1 to 1,000, 100 unless given; 12 unless given when there are time buckets too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// What the limit leaves out is shown as one more group. Its measures are such that add up, or are means, least or
    /// greatest values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other: bool,
}

impl Question {
    /// A question that groups by nothing and filters nothing.
    #[must_use]
    pub fn new<F: Into<Figure>>(dataset: impl Into<String>, measures: Vec<F>) -> Self {
        Self {
            dataset: dataset.into(),
            measures: measures.into_iter().map(Into::into).collect(),
            by: Vec::new(),
            grain: None,
            filters: Vec::new(),
            range: None,
            compare: None,
            sort: None,
            limit: None,
            other: false,
        }
    }

    /// Everything that is wrong with the question whatever the dataset is; pointers begin with `at`.
    #[must_use]
    pub fn check(&self, at: &str) -> Vec<FieldError> {
        let mut wrong = Wrong { at, fields: Vec::new() };
        if self.measures.is_empty() || self.measures.len() > MAX_MEASURES {
            wrong.add("/measures", "count", "A question has 1 to 8 measures.");
        }
        for (i, measure) in self.measures.iter().enumerate() {
            if let Err((field, detail)) = measure.check() {
                wrong.add(&format!("/measures/{i}/{field}"), "invalid", detail);
            }
            if self.measures[..i].iter().any(|m| m.column() == measure.column()) {
                let detail = "Two measures have the same column name; tell them apart with `as`.";
                wrong.add(&format!("/measures/{i}/as"), "duplicate", detail);
            }
        }
        for (i, aggregate) in self.measures.iter().enumerate().filter_map(|(i, m)| Some((i, m.aggregate()?)))
        {
            let why = match aggregate.show {
                Some(Show::Running) if self.grain.is_none() => {
                    "A running total needs time buckets: a `grain`."
                }
                Some(Show::Share) if self.grain.is_none() && self.by.is_empty() => {
                    "A share needs groups or time buckets that it is the share of."
                }
                _ => continue,
            };
            wrong.add(&format!("/measures/{i}/show"), "invalid", why);
        }
        if self.other && self.by.is_empty() {
            wrong.add("/other", "invalid", "Without groups there are no others.");
        }
        if self.by.len() > MAX_BY {
            wrong.add("/by", "count", "A question groups by 3 dimensions at most.");
        }
        for (i, name) in self.by.iter().enumerate() {
            if self.by[..i].contains(name) {
                wrong.add(&format!("/by/{i}"), "duplicate", "This dimension stands twice.");
            }
        }
        if self.filters.len() > MAX_FILTERS {
            wrong.add("/filters", "count", "A question has 20 filters at most.");
        }
        for (i, filter) in self.filters.iter().enumerate() {
            if let Err((field, detail)) = filter.check() {
                wrong.add(&format!("/filters/{i}/{field}"), "invalid", detail);
            }
        }
        if self.limit.is_some_and(|n| n == 0 || n > MAX_ROWS) {
            wrong.add("/limit", "invalid", "The limit is 1 to 1,000.");
        }
        if let Some(sort) = self.sort {
            let count = match sort.by {
                SortBy::Measure => self.measures.len(),
                SortBy::Dimension => self.by.len(),
                SortBy::Time => usize::from(self.grain.is_some()),
            };
            if usize::from(sort.index) >= count {
                wrong.add(
                    "/sort",
                    "invalid",
                    "There is no such measure, dimension or time bucket to sort by.",
                );
            }
        }
        wrong.fields
    }
}

struct Wrong<'a> {
    at: &'a str,
    fields: Vec<FieldError>,
}

impl Wrong<'_> {
    fn add(&mut self, pointer: &str, code: &str, detail: &str) {
        let pointer = format!("{}{pointer}", self.at);
        self.fields.push(FieldError::new(pointer, code, detail));
    }
}

/// Which field is wrong, and a sentence.
pub(crate) type Checked = Result<(), (&'static str, &'static str)>;

impl Aggregate {
    pub(crate) fn check(&self) -> Checked {
        match (self.agg, &self.measure, &self.dimension) {
            (Agg::Distinct, None, Some(_)) | (Agg::Count, None, _) | (Agg::Count, Some(_), None) => {}
            (Agg::Distinct, ..) => {
                return Err(("dimension", "`distinct` counts the values of one `dimension`."));
            }
            (Agg::Count, ..) => {
                return Err(("measure", "`count` takes a measure or a dimension or neither, not both."));
            }
            (_, Some(_), None) => {}
            (_, None, _) => return Err(("measure", "This `agg` needs a `measure`.")),
            (_, _, Some(_)) => return Err(("dimension", "Only `distinct` and `count` take a `dimension`.")),
        }
        if self.show.is_some() && !matches!(self.agg, Agg::Sum | Agg::Count) {
            return Err(("show", "Only sums and counts have running totals and shares."));
        }
        match &self.alias {
            Some(alias) if !is_name(alias) => {
                Err(("as", "A name begins with a to z and has a to z, 0 to 9 and _, 40 at most."))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "question_tests.rs"]
mod tests;
