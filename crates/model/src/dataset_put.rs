//! What people declare about a dataset: labels, descriptions, units, formats, formulas, and who sees it.
//!
//! What must always hold: a declaration is applied wholly or not at all; what it does not say about who sees a dataset
//! stays as it is, so that nobody opens one by leaving a word out. Tests: `dataset_tests.rs`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dataset::{
    Calculated, DatasetDefinition, DatasetSource, Dimension, Format, LOOKED_UP_SLOTS, MAX_CALCULATED,
    NAME_RULE, is_name, label_of, refuse,
};
use crate::error::{Error, Result};
use crate::period::time_zone;
use crate::policy::Role;
use crate::problem;
use crate::question_figure::check_formula;
use crate::tenant::{display_name, is_hidden};

/// Characters of a description.
pub const MAX_DESCRIPTION: usize = 500;

/// What a `PUT` declares about a measure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasurePut {
    /// The name in events and questions.
    pub name: String,
    /// The name for people; made from the name unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `mi`, `USD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How its values are written; `number` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// What it says, for people who choose it: 500 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is worked out by, for a measure that events do not carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
}

/// What a `PUT` declares about a dimension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DimensionPut {
    /// The name in events and questions.
    pub name: String,
    /// The name for people; made from the name unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it says, for people who choose it: 500 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where its values are looked up, for a dimension that events do not carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<LookupPut>,
}

/// What a `PUT` declares about a look-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookupPut {
    /// The dimension whose values are keys of the table; events carry it.
    pub by: String,
    /// The table, by name.
    pub table: String,
    /// The table's column that has the values.
    pub column: String,
}

/// Declares a dataset: labels, descriptions, units, formats, who sees it. Names that are not listed stay as they are, because their values
/// are stored; listed names are shown in the order of the list. Measures with a formula and dimensions that are looked up
/// have no values: those that are not listed are gone. So are those of a dataset over a table, where any measures or any
/// dimensions of the table are listed; else it has all that the table has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetPut {
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What its events are, for people: 500 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What its rows are: `events` unless given when it is made; it stays what it is. `{"table": "subscriptions"}` are those
    /// of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<DatasetSource>,
    /// The least role of those who see it, up to one's own; as it was unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_to: Option<Role>,
    /// The time zone of its days, when it is not the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Up to 8 that events carry, and up to 32 with a formula.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<MeasurePut>,
    /// Up to 12 that events carry, and up to 12 that are looked up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<DimensionPut>,
}

/// A description: a sentence or a few.
pub(crate) fn described(text: &str, pointer: &str) -> Result<()> {
    let why = if !(1..=MAX_DESCRIPTION).contains(&text.chars().count()) {
        "A description has 1 to 500 characters."
    } else if text.trim() != text {
        "A description neither begins nor ends with a blank."
    } else if text.chars().any(|c| c != '\n' && is_hidden(c)) {
        "A description has no invisible or control characters."
    } else {
        return Ok(());
    };
    Err(Error::invalid(pointer, "invalid", why))
}

impl MeasurePut {
    fn calculated(&self) -> Option<Calculated> {
        Some(Calculated {
            name: self.name.clone(),
            label: self.label.clone().unwrap_or_else(|| label_of(&self.name)),
            unit: self.unit.clone(),
            format: self.format.unwrap_or(Format::Number),
            description: self.description.clone(),
            formula: self.formula.clone()?,
        })
    }
}

impl DatasetPut {
    /// What a dataset says of itself, as somebody would declare it: applied to that dataset, it changes nothing.
    #[must_use]
    pub fn of(dataset: &DatasetDefinition) -> Self {
        let carried = dataset.measures.iter().map(|m| MeasurePut {
            name: m.name.clone(),
            label: Some(m.label.clone()),
            unit: m.unit.clone(),
            format: Some(m.format),
            description: m.description.clone(),
            formula: None,
        });
        let calculated = dataset.calculated.iter().map(|c| MeasurePut {
            name: c.name.clone(),
            label: Some(c.label.clone()),
            unit: c.unit.clone(),
            format: Some(c.format),
            description: c.description.clone(),
            formula: Some(c.formula.clone()),
        });
        let dimension = |d: &Dimension| DimensionPut {
            name: d.name.clone(),
            label: Some(d.label.clone()),
            description: d.description.clone(),
            lookup: d.lookup.as_ref().map(LookupPut::of),
        };
        Self {
            label: Some(dataset.label.clone()),
            description: dataset.description.clone(),
            source: Some(dataset.source.clone()).filter(|source| *source != DatasetSource::Events),
            visible_to: Some(dataset.visible_to),
            time_zone: dataset.time_zone.clone(),
            measures: carried.chain(calculated).collect(),
            dimensions: dataset.dimensions.iter().map(dimension).collect(),
        }
    }

    /// That whoever declares this goes on seeing the dataset.
    ///
    /// # Errors
    /// `input.invalid` at `/visible_to`.
    pub fn within(&self, sight: Role) -> Result<()> {
        match self.visible_to {
            Some(least) if least > sight => {
                let detail =
                    format!("You would not see it any more. Choose a role up to {:?}.", sight.as_str());
                Err(Error::invalid("/visible_to", "above", detail))
            }
            _ => Ok(()),
        }
    }

    /// Applies the declaration. Either all of it is applied, or nothing. Where it looks something up is not known before
    /// [`DatasetDefinition::find_lookups`].
    ///
    /// # Errors
    /// `input.invalid` with the field; `dataset.full` when there are no slots left.
    pub fn apply(&self, dataset: &mut DatasetDefinition) -> Result<()> {
        self.check()?;
        if self.source.as_ref().is_some_and(|source| *source != dataset.source) {
            let detail = format!(
                "{:?} shows {}, for good. Make another dataset.",
                dataset.name,
                dataset.source.said()
            );
            return Err(Error::invalid("/source", "changed", detail));
        }
        let mut next = dataset.clone();
        next.dimensions.retain(|d| d.lookup.is_none());
        next.learn(
            self.measures.iter().filter(|m| m.formula.is_none()).map(|m| m.name.as_str()),
            self.dimensions.iter().filter(|d| d.lookup.is_none()).map(|d| d.name.as_str()),
        )?;
        next.keep_listed(self);
        next.look_up(&self.dimensions, dataset)?;
        next.label = self.label.clone().unwrap_or_else(|| label_of(&next.name));
        next.description.clone_from(&self.description);
        next.visible_to = self.visible_to.unwrap_or(next.visible_to);
        next.time_zone = next.source.time_zone(self.time_zone.as_deref())?;
        for put in &self.measures {
            if let Some(m) = next.measures.iter_mut().find(|m| m.name == put.name) {
                m.label = put.label.clone().unwrap_or_else(|| label_of(&put.name));
                m.unit.clone_from(&put.unit);
                m.format = put.format.unwrap_or(Format::Number);
                m.description.clone_from(&put.description);
            }
        }
        next.calculated = self.measures.iter().filter_map(MeasurePut::calculated).collect();
        next.told_apart(&self.measures)?;
        for put in &self.dimensions {
            if let Some(d) = next.dimensions.iter_mut().find(|d| d.name == put.name) {
                d.label = put.label.clone().unwrap_or_else(|| label_of(&put.name));
                d.description.clone_from(&put.description);
            }
        }
        let rank = |found: Option<usize>| found.unwrap_or(usize::MAX);
        next.measures.sort_by_key(|m| rank(self.measures.iter().position(|p| p.name == m.name)));
        next.dimensions.sort_by_key(|d| rank(self.dimensions.iter().position(|p| p.name == d.name)));
        *dataset = next;
        Ok(())
    }

    /// Puts pointers into the calculated measures where these stand in the declaration.
    #[must_use]
    pub fn place(&self, error: Error) -> Error {
        let stand: Vec<usize> =
            (0..self.measures.len()).filter(|i| self.measures[*i].formula.is_some()).collect();
        error.moved(|pointer| {
            let (number, rest) = pointer.strip_prefix("/calculated/")?.split_once('/')?;
            let place = stand.get(number.parse::<usize>().ok()?)?;
            Some(format!("/measures/{place}/{rest}"))
        })
    }

    /// What can be said without the dataset.
    ///
    /// # Errors
    /// `input.invalid` with the fields.
    pub fn check(&self) -> Result<()> {
        let mut fields = Vec::new();
        let mut keep = |checked: Result<()>| {
            if let Err(error) = checked {
                fields.extend(error.fields().iter().cloned());
            }
        };
        let label = |label: &Option<String>, at: &str| {
            label.as_deref().map_or(Ok(()), |text| display_name(text, &format!("{at}/label")).map(drop))
        };
        let description = |text: &Option<String>, at: &str| {
            text.as_deref().map_or(Ok(()), |text| described(text, &format!("{at}/description")))
        };
        let name = |name: &str, twice: bool, at: &str| {
            let at = format!("{at}/name");
            if !is_name(name) {
                Err(Error::invalid(at, "invalid", NAME_RULE))
            } else if twice {
                Err(Error::invalid(at, "duplicate", "This name stands twice."))
            } else {
                Ok(())
            }
        };
        keep(label(&self.label, ""));
        keep(description(&self.description, ""));
        keep(self.time_zone.as_deref().map_or(Ok(()), |zone| time_zone(zone, "/time_zone").map(drop)));
        for (i, m) in self.measures.iter().enumerate() {
            let at = format!("/measures/{i}");
            keep(name(&m.name, self.measures[..i].iter().any(|o| o.name == m.name), &at));
            keep(label(&m.label, &at));
            keep(description(&m.description, &at));
            let unit_ok = m
                .unit
                .as_deref()
                .is_none_or(|u| (1..=12).contains(&u.chars().count()) && !u.chars().any(char::is_control));
            if !unit_ok {
                keep(Err(Error::invalid(format!("{at}/unit"), "invalid", "A unit has 1 to 12 characters.")));
            }
            if let Some(Err(why)) = m.formula.as_deref().map(check_formula) {
                keep(Err(Error::invalid(format!("{at}/formula"), "invalid", why)));
            }
        }
        if self.measures.iter().filter(|m| m.formula.is_some()).count() > MAX_CALCULATED {
            keep(Err(Error::invalid("/measures", "count", "A dataset has 32 calculated measures at most.")));
        }
        for (i, d) in self.dimensions.iter().enumerate() {
            let at = format!("/dimensions/{i}");
            keep(name(&d.name, self.dimensions[..i].iter().any(|o| o.name == d.name), &at));
            keep(label(&d.label, &at));
            keep(description(&d.description, &at));
        }
        if self.dimensions.iter().filter(|d| d.lookup.is_some()).count() > LOOKED_UP_SLOTS {
            keep(Err(Error::invalid("/dimensions", "count", "A dataset looks up 12 dimensions at most.")));
        }
        refuse(fields, problem::INVALID)
    }
}
