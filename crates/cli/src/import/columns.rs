//! Which column of a file becomes what: checked against the header before anything is sent.

use std::collections::HashSet;

use csv::StringRecord;
use insula_model::dataset::{DIMENSION_SLOTS, MEASURE_SLOTS, NAME_RULE, is_name};
use jiff::tz::TimeZone;

use super::time::{PARTS, When};

/// What was asked for, by name.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) dataset: String,
    /// The column of the tenant; none when every row is of one tenant.
    pub(crate) tenant: Option<String>,
    pub(crate) time: WantedTime,
    pub(crate) time_zone: String,
    /// `name` or `name=Column`.
    pub(crate) measures: Vec<String>,
    pub(crate) dimensions: Vec<String>,
    /// Texts that mean "no value" in a measure, besides nothing at all.
    pub(crate) missing: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum WantedTime {
    Column(String),
    Parts(Vec<String>),
}

/// The same by place.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    pub(crate) dataset: String,
    pub(crate) tenant: Option<usize>,
    pub(crate) when: When,
    pub(crate) zone: TimeZone,
    /// Name in events, place in the file.
    pub(crate) measures: Vec<(String, usize)>,
    pub(crate) dimensions: Vec<(String, usize)>,
    pub(crate) missing: HashSet<String>,
    pub(crate) width: usize,
}

impl Wanted {
    /// Looks the names up in a file's header.
    ///
    /// # Errors
    /// A sentence with the columns that there are.
    pub(crate) fn resolve(&self, header: &StringRecord) -> Result<Columns, String> {
        let place = |name: &str| {
            header.iter().position(|h| h.trim() == name).ok_or_else(|| {
                let known: Vec<&str> = header.iter().map(str::trim).collect();
                format!("The file has no column {name:?}. It has: {}.", known.join(", "))
            })
        };
        let named = |list: &[String], most: usize, what: &str| {
            if list.len() > most {
                return Err(format!("An event has {most} {what} at most, and {} are asked for.", list.len()));
            }
            let mut found: Vec<(String, usize)> = Vec::new();
            for text in list {
                let (name, column) = text.split_once('=').unwrap_or((text, text));
                if !is_name(name) {
                    let lower: String = name
                        .chars()
                        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
                        .collect();
                    return Err(format!(
                        "{name:?} is not a name. {NAME_RULE} Write for example {lower}={column:?}."
                    ));
                }
                if found.iter().any(|(other, _)| other == name) {
                    return Err(format!("{name:?} stands twice among the {what}."));
                }
                found.push((name.to_owned(), place(column)?));
            }
            Ok(found)
        };
        if !is_name(&self.dataset) {
            return Err(format!("{:?} is not a name of a dataset. {NAME_RULE}", self.dataset));
        }
        let when = match &self.time {
            WantedTime::Column(name) => When::Column(place(name)?),
            WantedTime::Parts(names) if (3..=PARTS.len()).contains(&names.len()) => {
                When::Parts(names.iter().map(|n| place(n)).collect::<Result<_, _>>()?)
            }
            WantedTime::Parts(_) => {
                return Err(
                    "--time-columns names, in this order, the columns of year, month, day and, if there are \
                            such, hour, minute, second."
                        .to_owned(),
                );
            }
        };
        let zone = TimeZone::get(&self.time_zone).map_err(|_| {
            format!("{:?} is no time zone. Use an IANA name such as America/New_York.", self.time_zone)
        })?;
        let columns = Columns {
            dataset: self.dataset.clone(),
            tenant: self.tenant.as_deref().map(place).transpose()?,
            when,
            zone,
            measures: named(&self.measures, MEASURE_SLOTS, "measures")?,
            dimensions: named(&self.dimensions, DIMENSION_SLOTS, "dimensions")?,
            missing: self.missing.iter().cloned().collect(),
            width: header.len(),
        };
        Ok(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted {
            dataset: "flights".to_owned(),
            tenant: Some("carrier".to_owned()),
            time: WantedTime::Parts(vec!["year".to_owned(), "month".to_owned(), "day".to_owned()]),
            time_zone: "America/New_York".to_owned(),
            measures: vec!["delay=Dep Delay".to_owned()],
            dimensions: vec!["origin".to_owned()],
            missing: vec!["NA".to_owned()],
        }
    }

    fn header() -> StringRecord {
        StringRecord::from(vec!["year", "month", "day", "carrier", "Dep Delay", "origin"])
    }

    #[test]
    fn names_become_places() {
        let columns = wanted().resolve(&header()).unwrap();
        assert_eq!((columns.tenant, columns.width), (Some(3), 6));
        assert_eq!(columns.measures, [("delay".to_owned(), 4)]);
    }

    #[test]
    fn what_is_not_there_is_said_with_what_is() {
        for (change, part) in [
            (Wanted { tenant: Some("airline".to_owned()), ..wanted() }, "carrier"),
            (Wanted { measures: vec!["Dep Delay".to_owned()], ..wanted() }, "dep_delay=\"Dep Delay\""),
            (Wanted { dimensions: vec!["origin".to_owned(), "origin".to_owned()], ..wanted() }, "twice"),
            (Wanted { time_zone: "New York".to_owned(), ..wanted() }, "IANA"),
            (Wanted { time: WantedTime::Parts(vec!["year".to_owned()]), ..wanted() }, "--time-columns"),
            (Wanted { dataset: "Flights".to_owned(), ..wanted() }, "is not a name"),
        ] {
            let why = change.resolve(&header()).unwrap_err();
            assert!(why.contains(part), "{why}");
        }
    }
}
