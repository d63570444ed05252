//! A dataset: a named stream of events with declared measures (numbers) and dimensions (texts).
//!
//! What must always hold: every name has one *slot*, the number of the column that its values are in (`d1` to
//! `d12`, `m1` to `m8`); a slot that was given is never given to another name, because the values of the first
//! are still in the column. Tests: here, and property tests of [`DatasetDefinition::learn`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, FieldError, Result};
use crate::ids::DatasetId;
use crate::period::time_zone;
use crate::problem;
use crate::question_figure::check_formula;
use crate::tenant::{display_name, words};

/// Columns for dimensions.
pub const DIMENSION_SLOTS: usize = 12;
/// Columns for measures.
pub const MEASURE_SLOTS: usize = 8;
/// Calculated measures of a dataset.
pub const MAX_CALCULATED: usize = 32;

words! {
    /// How the values of a measure are written.
    Format {
        /// 1,234.5
        Number = "number",
        /// 1,235
        Integer = "integer",
        /// 0.42 is 42 %.
        Percent = "percent",
        /// With the unit as a currency code.
        Currency = "currency",
        /// Seconds, as 1 h 23 min.
        Duration = "duration",
    }
}

/// A number that events of a dataset carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The name in events and questions.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// `mi`, `USD`.
    #[serde(default)]
    pub unit: Option<String>,
    /// How its values are written.
    pub format: Format,
    /// Its column, 1 to 8.
    #[schema(minimum = 1, maximum = 8)]
    pub slot: u8,
}

/// A text that events of a dataset carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The name in events and questions.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// Its column, 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    pub slot: u8,
}

/// A number that is worked out from others: a formula under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calculated {
    /// The name in formulas.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// `mi`, `USD`.
    #[serde(default)]
    pub unit: Option<String>,
    /// How its values are written.
    pub format: Format,
    /// What it is worked out by.
    pub formula: String,
}

/// What a dataset is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DatasetDefinition {
    /// The name in events, questions and addresses; never changes.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// Whether it is sample data, which one click removes.
    #[serde(default)]
    pub sample: bool,
    /// The time zone of its days, when it is not the tenant's.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Up to 8.
    pub measures: Vec<Measure>,
    /// Up to 12.
    pub dimensions: Vec<Dimension>,
    /// Up to 32 measures that are worked out and not stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calculated: Vec<Calculated>,
}

/// A dataset as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dataset {
    /// The id.
    pub id: DatasetId,
    /// Name, labels, measures and dimensions.
    #[serde(flatten)]
    pub definition: DatasetDefinition,
    /// About how many events it has, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
    /// Rises with every change.
    pub version: i64,
    /// When the definition last changed.
    pub updated_at: Timestamp,
}

/// Whether this can be the name of a dataset, measure, dimension or column: `[a-z][a-z0-9_]{0,39}`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// What [`is_name`] wants, in a sentence.
pub const NAME_RULE: &str = "A name begins with a to z and has a to z, 0 to 9 and _, 40 characters at most.";

/// The name for people that a name has until somebody gives a better one: `dep_delay` is "Dep delay".
#[must_use]
pub fn label_of(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut chars = spaced.trim().chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => name.to_owned(),
    }
}

/// The lowest slot that is not taken.
fn free_slot(mut taken: impl FnMut(u8) -> bool, slots: usize) -> Option<u8> {
    (1..=u8::try_from(slots).unwrap_or(u8::MAX)).find(|slot| !taken(*slot))
}

impl DatasetDefinition {
    /// A dataset without measures and dimensions.
    ///
    /// # Errors
    /// `input.invalid` at `/name`.
    pub fn new(name: &str) -> Result<Self> {
        if !is_name(name) {
            return Err(Error::invalid("/name", "invalid", NAME_RULE));
        }
        Ok(Self {
            name: name.to_owned(),
            label: label_of(name),
            sample: false,
            time_zone: None,
            measures: Vec::new(),
            dimensions: Vec::new(),
            calculated: Vec::new(),
        })
    }

    /// The measure of a name.
    #[must_use]
    pub fn measure(&self, name: &str) -> Option<&Measure> {
        self.measures.iter().find(|m| m.name == name)
    }

    /// The dimension of a name.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|d| d.name == name)
    }

    /// The calculated measure of a name.
    #[must_use]
    pub fn calculated(&self, name: &str) -> Option<&Calculated> {
        self.calculated.iter().find(|c| c.name == name)
    }

    /// Gives a free slot to every name that has none yet, and says whether there was such a one. Either all the
    /// names have their slots afterwards, or nothing has changed.
    ///
    /// # Errors
    /// `dataset.full` when there is no free slot left; `input.invalid` for a name that is none.
    pub fn learn<'a>(
        &mut self,
        measures: impl IntoIterator<Item = &'a str>,
        dimensions: impl IntoIterator<Item = &'a str>,
    ) -> Result<bool> {
        let before = (self.measures.len(), self.dimensions.len());
        let learnt = measures
            .into_iter()
            .try_for_each(|name| self.learn_measure(name))
            .and_then(|()| dimensions.into_iter().try_for_each(|name| self.learn_dimension(name)));
        if let Err(error) = learnt {
            self.measures.truncate(before.0);
            self.dimensions.truncate(before.1);
            return Err(error);
        }
        Ok(before != (self.measures.len(), self.dimensions.len()))
    }

    /// No calculated measure has the name of something that events carry: a formula would not know which is meant.
    fn told_apart(&self, puts: &[MeasurePut]) -> Result<()> {
        let stored = |name: &str| self.measure(name).is_some() || self.dimension(name).is_some();
        let mut named = puts.iter().enumerate();
        match named.find(|(_, put)| put.formula.is_some() && stored(&put.name)) {
            Some((i, put)) => {
                let why =
                    format!("Events carry {:?} already; give what is worked out another name.", put.name);
                Err(Error::invalid(format!("/measures/{i}/name"), "duplicate", why))
            }
            None => Ok(()),
        }
    }

    fn learn_measure(&mut self, name: &str) -> Result<()> {
        if self.measure(name).is_some() {
            return Ok(());
        }
        let slot = free_slot(|slot| self.measures.iter().any(|m| m.slot == slot), MEASURE_SLOTS);
        let slot = self.may_learn(name, slot, "measures", MEASURE_SLOTS)?;
        let (name, label) = (name.to_owned(), label_of(name));
        self.measures.push(Measure { name, label, unit: None, format: Format::Number, slot });
        Ok(())
    }

    fn learn_dimension(&mut self, name: &str) -> Result<()> {
        if self.dimension(name).is_some() {
            return Ok(());
        }
        let slot = free_slot(|slot| self.dimensions.iter().any(|d| d.slot == slot), DIMENSION_SLOTS);
        let slot = self.may_learn(name, slot, "dimensions", DIMENSION_SLOTS)?;
        self.dimensions.push(Dimension { name: name.to_owned(), label: label_of(name), slot });
        Ok(())
    }

    fn may_learn(&self, name: &str, slot: Option<u8>, what: &str, slots: usize) -> Result<u8> {
        if !is_name(name) {
            return Err(Error::invalid(
                format!("/{what}"),
                "name",
                format!("{name:?} is not a name. {NAME_RULE}"),
            ));
        }
        slot.ok_or_else(|| {
            let detail = format!("{:?} has {slots} {what} already; {name:?} finds no room.", self.name);
            Error::new(problem::DATASET_FULL, detail).at(format!("/{what}"))
        })
    }
}

/// What a `PUT` declares about a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasurePut {
    /// The name in events and questions.
    pub name: String,
    /// The name for people; made from the name unless given.
    #[serde(default)]
    pub label: Option<String>,
    /// `mi`, `USD`.
    #[serde(default)]
    pub unit: Option<String>,
    /// How its values are written; `number` unless given.
    #[serde(default)]
    pub format: Option<Format>,
    /// What it is worked out by, for a measure that events do not carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
}

/// What a `PUT` declares about a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DimensionPut {
    /// The name in events and questions.
    pub name: String,
    /// The name for people; made from the name unless given.
    #[serde(default)]
    pub label: Option<String>,
}

/// Declares a dataset: labels, units, formats. Names that are not listed stay as they are, because their values
/// are stored; listed names are shown in the order of the list. Measures with a formula have no values: those that
/// are not listed are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetPut {
    /// The name for people.
    #[serde(default)]
    pub label: Option<String>,
    /// The time zone of its days, when it is not the tenant's.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Up to 8 that events carry, and up to 32 with a formula.
    #[serde(default)]
    pub measures: Vec<MeasurePut>,
    /// Up to 12.
    #[serde(default)]
    pub dimensions: Vec<DimensionPut>,
}

impl MeasurePut {
    fn calculated(&self) -> Option<Calculated> {
        Some(Calculated {
            name: self.name.clone(),
            label: self.label.clone().unwrap_or_else(|| label_of(&self.name)),
            unit: self.unit.clone(),
            format: self.format.unwrap_or(Format::Number),
            formula: self.formula.clone()?,
        })
    }
}

impl DatasetPut {
    /// Applies the declaration. Either all of it is applied, or nothing.
    ///
    /// # Errors
    /// `input.invalid` with the field; `dataset.full` when there are no slots left.
    pub fn apply(&self, dataset: &mut DatasetDefinition) -> Result<()> {
        self.check()?;
        let mut next = dataset.clone();
        next.learn(
            self.measures.iter().filter(|m| m.formula.is_none()).map(|m| m.name.as_str()),
            self.dimensions.iter().map(|d| d.name.as_str()),
        )?;
        next.label = self.label.clone().unwrap_or_else(|| label_of(&next.name));
        next.time_zone.clone_from(&self.time_zone);
        for put in &self.measures {
            if let Some(m) = next.measures.iter_mut().find(|m| m.name == put.name) {
                m.label = put.label.clone().unwrap_or_else(|| label_of(&put.name));
                m.unit.clone_from(&put.unit);
                m.format = put.format.unwrap_or(Format::Number);
            }
        }
        next.calculated = self.measures.iter().filter_map(MeasurePut::calculated).collect();
        next.told_apart(&self.measures)?;
        for put in &self.dimensions {
            if let Some(d) = next.dimensions.iter_mut().find(|d| d.name == put.name) {
                d.label = put.label.clone().unwrap_or_else(|| label_of(&put.name));
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

    fn check(&self) -> Result<()> {
        let mut fields = Vec::new();
        let mut keep = |checked: Result<()>| {
            if let Err(error) = checked {
                fields.extend(error.fields().iter().cloned());
            }
        };
        let label = |label: &Option<String>, at: &str| {
            label.as_deref().map_or(Ok(()), |text| display_name(text, &format!("{at}/label")).map(drop))
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
        keep(self.time_zone.as_deref().map_or(Ok(()), |zone| time_zone(zone, "/time_zone").map(drop)));
        for (i, m) in self.measures.iter().enumerate() {
            let at = format!("/measures/{i}");
            keep(name(&m.name, self.measures[..i].iter().any(|o| o.name == m.name), &at));
            keep(label(&m.label, &at));
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
        }
        refuse(fields, problem::INVALID)
    }
}

/// Nothing, or one error with all the fields; the first field's sentence is the detail.
pub(crate) fn refuse(fields: Vec<FieldError>, problem: &'static problem::Problem) -> Result<()> {
    match fields.first() {
        None => Ok(()),
        Some(first) => Err(Error::new(problem, first.detail.clone().unwrap_or_default()).with_fields(fields)),
    }
}

#[cfg(test)]
#[path = "dataset_tests.rs"]
mod tests;
