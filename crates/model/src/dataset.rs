//! A dataset: a named stream of events with declared measures (numbers) and dimensions (texts).
//!
//! What must always hold: every name has one *slot*, the number of the column that its values are in (`d1` to
//! `d12`, `m1` to `m8`); a slot that was given is never given to another name, because the values of the first
//! are still in the column. Tests: here, and property tests of [`DatasetDefinition::learn`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dataset_put::MeasurePut;
use crate::error::{Error, FieldError, Result};
use crate::ids::DatasetId;
use crate::policy::Role;
use crate::problem;
use crate::tenant::words;

/// Columns for dimensions.
pub const DIMENSION_SLOTS: usize = 12;
/// Dimensions that are looked up in tables.
pub const LOOKED_UP_SLOTS: usize = 12;
/// Columns for measures.
pub const MEASURE_SLOTS: usize = 8;
/// Where the key is of a table whose rows are those of a dataset, behind the slots of everything else.
pub const KEY_SLOT: u8 = 25;
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

/// What the rows of a dataset are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatasetSource {
    /// What the tenant sends.
    Events,
    /// How much the tenant's embeds were used: a row for each day (of UTC) and dashboard.
    EmbedUsage,
    /// The rows of the table of this name, each at the time that its column of times says.
    Table(String),
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
    /// What it says, for people who choose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its column, 1 to 8.
    #[schema(minimum = 1, maximum = 8)]
    pub slot: u8,
}

/// Where the values of a dimension are found that events do not carry: in the row of a table whose key is what the events
/// carry under another name. Where there is no such row, there is no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The dimension whose values are keys of the table; events carry it.
    pub by: String,
    /// The table.
    pub table: String,
    /// The table's column that has the values.
    pub column: String,
    /// The number under which the table's rows are stored. It is never given again.
    #[serde(default)]
    pub number: i32,
    /// Where the column's values are, 1 to 12. It is given to no other column while somebody looks up there.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 12)]
    pub slot: u8,
}

/// A text that events of a dataset carry, or that is looked up by one that they carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The name in events and questions.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// What it says, for people who choose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its column, 1 to 12; from 13 to 24 where it is looked up, and 25 for the key of a table.
    #[schema(minimum = 1, maximum = 25)]
    pub slot: u8,
    /// Where its values are looked up, unless events carry them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
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
    /// What it says, for people who choose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
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
    /// What its events are, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What its rows are; never changes.
    #[serde(default = "events", skip_serializing_if = "is_events")]
    pub source: DatasetSource,
    /// The number under which the rows are stored, where they are those of a table. It is never given again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_number: Option<i32>,
    /// The least role of those who see it; everybody else finds nothing of this name.
    #[serde(default = "everybody")]
    pub visible_to: Role,
    /// Whether it is sample data, which one click removes.
    #[serde(default)]
    pub sample: bool,
    /// The time zone of its days, when it is not the tenant's.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Up to 8.
    pub measures: Vec<Measure>,
    /// Up to 12 that events carry, or 13 that a table has, and up to 12 that are looked up.
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

/// Who sees a dataset of which nobody said it.
pub(crate) fn everybody() -> Role {
    Role::Viewer
}

/// The rows of a dataset of which nobody said it.
fn events() -> DatasetSource {
    DatasetSource::Events
}

fn is_events(source: &DatasetSource) -> bool {
    *source == events()
}

/// The lowest slot that is not taken.
pub(crate) fn free_slot(mut taken: impl FnMut(u8) -> bool, slots: usize) -> Option<u8> {
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
            description: None,
            source: events(),
            table_number: None,
            visible_to: everybody(),
            sample: false,
            time_zone: None,
            measures: Vec::new(),
            dimensions: Vec::new(),
            calculated: Vec::new(),
        })
    }

    /// Whether it is to be seen by those who see datasets as this role does.
    #[must_use]
    pub fn seen_by(&self, role: Role) -> bool {
        role >= self.visible_to
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

    /// The dimensions that events carry.
    pub fn carried(&self) -> impl Iterator<Item = &Dimension> {
        self.dimensions.iter().filter(|d| d.lookup.is_none())
    }

    /// The dimensions that are looked up, and where.
    pub fn looked_up(&self) -> impl Iterator<Item = (&Dimension, &Lookup)> {
        self.dimensions.iter().filter_map(|d| Some((d, d.lookup.as_ref()?)))
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
        if self.source != DatasetSource::Events {
            return self.has_all(measures, dimensions).map(|()| false);
        }
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
    pub(crate) fn told_apart(&self, puts: &[MeasurePut]) -> Result<()> {
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
        self.measures.push(Measure {
            name,
            label,
            unit: None,
            format: Format::Number,
            description: None,
            slot,
        });
        Ok(())
    }

    fn learn_dimension(&mut self, name: &str) -> Result<()> {
        match self.dimension(name).map(|d| &d.lookup) {
            None => {}
            Some(None) => return Ok(()),
            Some(Some(lookup)) => {
                let detail = format!(
                    "{name} is looked up in the table {:?}: events carry {} instead. Leave it out, or give it another name.",
                    lookup.table, lookup.by
                );
                return Err(Error::invalid("/dimensions", "looked_up", detail));
            }
        }
        let slot = free_slot(|slot| self.dimensions.iter().any(|d| d.slot == slot), DIMENSION_SLOTS);
        let slot = self.may_learn(name, slot, "dimensions", DIMENSION_SLOTS)?;
        let (name, label) = (name.to_owned(), label_of(name));
        self.dimensions.push(Dimension { name, label, description: None, slot, lookup: None });
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
