//! Datasets of what the platform counts itself: their rows are not events that a tenant sends, and what they have is known.
//! And what all sources have in common; those that are tables stand in `dataset_table`.
//!
//! What must always hold: a dataset has one source for good; one of what is counted takes no events, and has the
//! measures and dimensions that stand here under any label, and no others but what is worked out or looked up.
//! Tests: here, and `platform/tests/it/embed_usage.rs`.

use std::borrow::Cow;

use crate::dataset::{DatasetDefinition, DatasetSource, Dimension, Format, Measure, label_of};
use crate::error::{Error, FieldError, Result};
use crate::policy::Role;
use crate::problem;

/// Its number, its column and how it is written.
const EMBED_USAGE: [(&str, &str, Option<&str>, Format); 4] = [
    ("loads", "How often it was opened.", None, Format::Integer),
    ("query_time", "How long its questions took.", Some("s"), Format::Duration),
    ("refused", "How often a token was refused.", None, Format::Integer),
    (
        "viewers",
        "How many different people opened it on a day, of those whom a token names.",
        None,
        Format::Integer,
    ),
];

/// The time zone of the days that are counted.
const COUNTED_IN: &str = "UTC";

impl DatasetSource {
    /// The time zone of a dataset for which this one is asked for, or none.
    pub(crate) fn time_zone(&self, asked: Option<&str>) -> Result<Option<String>> {
        match (self, asked) {
            (Self::Events | Self::Table(_), asked) => Ok(asked.map(str::to_owned)),
            (Self::EmbedUsage, None | Some(COUNTED_IN)) => Ok(Some(COUNTED_IN.to_owned())),
            (Self::EmbedUsage, Some(_)) => {
                let detail =
                    "Its days are counted in UTC, and there are no hours to put others together from.";
                Err(Error::invalid("/time_zone", "fixed", detail))
            }
        }
    }

    /// What the rows of a new dataset have.
    fn begin(&self, dataset: &mut DatasetDefinition) {
        match self {
            Self::Events | Self::Table(_) => {}
            Self::EmbedUsage => {
                dataset.visible_to = Role::Editor;
                dataset.time_zone = Some(COUNTED_IN.to_owned());
                dataset.measures = (1..)
                    .zip(EMBED_USAGE)
                    .map(|(slot, (name, description, unit, format))| Measure {
                        name: name.to_owned(),
                        label: label_of(name),
                        unit: unit.map(str::to_owned),
                        format,
                        description: Some(description.to_owned()),
                        slot,
                    })
                    .collect();
                dataset.dimensions = vec![Dimension {
                    name: "dashboard".to_owned(),
                    label: label_of("dashboard"),
                    description: Some("What was opened.".to_owned()),
                    slot: 1,
                    lookup: None,
                }];
            }
        }
    }

    /// What it is, in a sentence about a dataset.
    #[must_use]
    pub fn said(&self) -> Cow<'static, str> {
        match self {
            Self::Events => "what is sent".into(),
            Self::EmbedUsage => "how much embeds are used".into(),
            Self::Table(name) => format!("the rows of the table {name:?}").into(),
        }
    }
}

impl DatasetDefinition {
    /// A dataset of something, before anything is said about it; of a table, before it is known.
    ///
    /// # Errors
    /// `input.invalid` at `/name`.
    pub fn of_source(name: &str, source: DatasetSource) -> Result<Self> {
        let mut dataset = Self::new(name)?;
        source.begin(&mut dataset);
        dataset.source = source;
        Ok(dataset)
    }

    /// That it has all of these names: where nobody sends anything, there is nothing to learn.
    pub(crate) fn has_all<'a>(
        &self,
        measures: impl IntoIterator<Item = &'a str>,
        dimensions: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        let lacks = |what: &'static str, there: Vec<&str>, name: &str| {
            let detail = format!(
                "{:?} shows {}; it has the {what} {} and no {name:?}.",
                self.name,
                self.source.said(),
                there.join(", ")
            );
            Error::new(problem::INVALID, detail.clone()).with_fields(vec![FieldError::new(
                format!("/{what}"),
                "unknown",
                detail,
            )])
        };
        if let Some(name) = measures.into_iter().find(|name| self.measure(name).is_none()) {
            return Err(lacks("measures", self.measures.iter().map(|m| m.name.as_str()).collect(), name));
        }
        if let Some(name) = dimensions.into_iter().find(|name| self.carried().all(|d| d.name != *name)) {
            return Err(lacks("dimensions", self.carried().map(|d| d.name.as_str()).collect(), name));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset_put::{DatasetPut, DimensionPut, MeasurePut};

    fn usage() -> DatasetDefinition {
        DatasetDefinition::of_source("embeds", DatasetSource::EmbedUsage).unwrap()
    }

    #[test]
    fn it_has_what_is_counted_and_learns_nothing() {
        let mut dataset = usage();
        assert_eq!(dataset.measure("viewers").unwrap().slot, 4);
        assert!(!dataset.learn(["loads"], ["dashboard"]).unwrap());
        for (measures, dimensions) in [(vec!["clicks"], vec![]), (vec![], vec!["country"])] {
            let error = dataset.learn(measures, dimensions).unwrap_err();
            assert!(
                error.is(problem::INVALID) && error.detail().contains("how much embeds are used"),
                "{error}"
            );
        }
        assert_eq!(dataset, usage());
    }

    #[test]
    fn what_it_says_of_itself_changes_nothing_and_the_source_stays() {
        let mut dataset = usage();
        let put = DatasetPut::of(&dataset);
        put.apply(&mut dataset).unwrap();
        assert_eq!(dataset, usage());
        let other = DatasetPut { source: Some(DatasetSource::Events), ..put.clone() };
        let error = other.apply(&mut dataset).unwrap_err();
        assert_eq!(error.fields()[0].pointer, "/source");
        DatasetPut { time_zone: None, ..put.clone() }.apply(&mut dataset).unwrap();
        assert_eq!(dataset.time_zone.as_deref(), Some("UTC"), "its days stay what they are");
        let zone = DatasetPut { time_zone: Some("Asia/Tokyo".into()), ..put.clone() };
        assert_eq!(zone.apply(&mut dataset).unwrap_err().fields()[0].pointer, "/time_zone");
        let formula = MeasurePut {
            name: "each".into(),
            formula: Some("query_time / nullif(loads, 0)".into()),
            ..MeasurePut::default()
        };
        let more = DatasetPut { measures: [put.measures.clone(), vec![formula]].concat(), ..put.clone() };
        more.apply(&mut dataset).unwrap();
        assert_eq!(dataset.calculated.len(), 1);
        let extra = DimensionPut { name: "country".into(), ..DimensionPut::default() };
        assert!(DatasetPut { dimensions: vec![extra], ..put }.apply(&mut dataset).is_err());
    }

    #[test]
    fn of_events_nothing_is_said() {
        let text = serde_json::to_value(DatasetDefinition::new("sales").unwrap()).unwrap();
        assert!(text.get("source").is_none());
        assert_eq!(serde_json::to_value(usage()).unwrap()["source"], "embed_usage");
    }
}
