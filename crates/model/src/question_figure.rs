//! The numbers that a question asks for: an aggregate of one measure or dimension, or a formula.
//!
//! What must always hold: a formula is a bounded text that only `insight` reads; a figure is one or the other,
//! and the wire says which field is too many. Tested in `question_tests.rs`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{OneOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};

use crate::dataset::{Format, is_name};
use crate::question::{Agg, Aggregate, Checked, Show};

/// Characters of one formula.
pub const MAX_FORMULA_CHARS: usize = 2_000;

/// A number that is worked out from others: `{"formula": "revenue / nullif(orders, 0)", "as": "aov"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// Up to 2,000 characters; the name of a calculated measure of the dataset is one, too.
    pub formula: String,
    /// A name for the column of the answer; a formula that is only a name is called so.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The name for people; the calculated measure's, or made from the column's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `mi`, `USD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How it is written; `number` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

impl Formula {
    /// A formula under a name.
    #[must_use]
    pub fn new(formula: impl Into<String>, alias: impl Into<String>) -> Self {
        let (formula, alias) = (formula.into(), Some(alias.into()));
        Self { formula, alias, label: None, unit: None, format: None }
    }

    /// The name of its column in the answer.
    #[must_use]
    pub fn column(&self) -> String {
        self.alias.clone().unwrap_or_else(|| self.formula.trim().to_owned())
    }
}

/// One number that a question asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "FigureText", into = "FigureText")]
pub enum Figure {
    /// `{"agg": "sum", "measure": "distance"}`
    Aggregate(Aggregate),
    /// `{"formula": "…", "as": "…"}`
    Formula(Formula),
}

/// A figure as it is written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agg: Option<Agg>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    measure: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimension: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<String>,
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    alias: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<Format>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    show: Option<Show>,
}

impl TryFrom<FigureText> for Figure {
    type Error = &'static str;
    fn try_from(text: FigureText) -> Result<Self, &'static str> {
        let FigureText { agg, measure, dimension, formula, alias, label, unit, format, show } = text;
        match (agg, formula) {
            (Some(agg), None) if label.is_none() && unit.is_none() && format.is_none() => {
                Ok(Self::Aggregate(Aggregate { agg, measure, dimension, alias, show }))
            }
            (Some(_), None) => {
                Err("only a formula has `label`, `unit` and `format`; an aggregate has its measure's")
            }
            (None, Some(_)) if show.is_some() => Err("only a sum or a count has `show`"),
            (None, Some(formula)) if measure.is_none() && dimension.is_none() => {
                Ok(Self::Formula(Formula { formula, alias, label, unit, format }))
            }
            (None, Some(_)) => Err("a formula names measures and dimensions itself"),
            _ => Err("a measure of a question has either `agg` or `formula`"),
        }
    }
}

impl From<Figure> for FigureText {
    fn from(figure: Figure) -> Self {
        match figure {
            Figure::Aggregate(Aggregate { agg, measure, dimension, alias, show }) => {
                Self { agg: Some(agg), measure, dimension, alias, show, ..Self::default() }
            }
            Figure::Formula(Formula { formula, alias, label, unit, format }) => {
                Self { formula: Some(formula), alias, label, unit, format, ..Self::default() }
            }
        }
    }
}

impl From<Aggregate> for Figure {
    fn from(aggregate: Aggregate) -> Self {
        Self::Aggregate(aggregate)
    }
}

impl From<Formula> for Figure {
    fn from(formula: Formula) -> Self {
        Self::Formula(formula)
    }
}

impl utoipa::PartialSchema for Figure {
    fn schema() -> RefOr<Schema> {
        let either = OneOfBuilder::new()
            .item(Ref::from_schema_name("Aggregate"))
            .item(Ref::from_schema_name("Formula"));
        either.description(Some("One number that a question asks for.")).into()
    }
}

impl ToSchema for Figure {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        use utoipa::PartialSchema;
        schemas.push(("Aggregate".to_owned(), Aggregate::schema()));
        schemas.push(("Formula".to_owned(), Formula::schema()));
        Aggregate::schemas(schemas);
        Formula::schemas(schemas);
    }
}

impl Figure {
    /// The name of its column in the answer.
    #[must_use]
    pub fn column(&self) -> String {
        match self {
            Self::Aggregate(aggregate) => aggregate.column(),
            Self::Formula(formula) => formula.column(),
        }
    }

    /// The aggregate, if it is one.
    #[must_use]
    pub const fn aggregate(&self) -> Option<&Aggregate> {
        match self {
            Self::Aggregate(aggregate) => Some(aggregate),
            Self::Formula(_) => None,
        }
    }

    pub(crate) fn check(&self) -> Checked {
        match self {
            Self::Aggregate(aggregate) => aggregate.check(),
            Self::Formula(formula) => formula.check(),
        }
    }
}

impl Formula {
    fn check(&self) -> Checked {
        check_formula(&self.formula).map_err(|why| ("formula", why))?;
        if !is_name(&self.column()) {
            let why = "Give the formula a name: a to z first, then a to z, 0 to 9 and _, 40 at most.";
            return Err(("as", why));
        }
        let short = |text: &Option<String>, most: usize| {
            text.as_deref()
                .is_none_or(|t| (1..=most).contains(&t.chars().count()) && !t.chars().any(char::is_control))
        };
        if !short(&self.label, 80) {
            return Err(("label", "A label has 1 to 80 characters."));
        }
        if !short(&self.unit, 12) {
            return Err(("unit", "A unit has 1 to 12 characters."));
        }
        Ok(())
    }
}

/// Whether a text is short enough for a formula, and can be stored.
pub(crate) fn check_formula(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        Err("Write a formula, like sum(revenue) / nullif(count(), 0).")
    } else if text.chars().count() > MAX_FORMULA_CHARS {
        Err("A formula has 2,000 characters at most.")
    } else if text.contains('\0') {
        Err("A formula has no NUL character.")
    } else {
        Ok(())
    }
}
