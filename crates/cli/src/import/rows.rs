//! Rows of a file, one by one: an event of a tenant, or why it is none.
//!
//! What must always hold: every row of the file comes out once, with its number; a row that is kept aside here is exactly
//! one that the API would not take. Tested below.

use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};
use insula_model::event::Members;
use insula_model::written::number;
use insula_model::{EventInput, EventProblem};
use jiff::Timestamp;

use super::columns::{Columns, Wanted};

/// A row that became an event.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    /// Its number: the first row after the header is 1.
    pub(crate) number: u64,
    /// What stands in the tenant's column.
    pub(crate) tenant: String,
    pub(crate) event: EventInput,
}

/// A row that is kept aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) number: u64,
    pub(crate) code: String,
    pub(crate) reason: String,
    pub(crate) fields: Vec<Vec<u8>>,
}

/// The rows of a file.
pub(crate) struct Rows<R> {
    reader: Reader<R>,
    header: Vec<String>,
    columns: Columns,
    /// What events' ids begin with: the same file gives the same ids.
    prefix: String,
    now: Timestamp,
    record: ByteRecord,
    number: u64,
}

impl<R: Read> Rows<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// A sentence about the file or about columns that it does not have.
    pub(crate) fn open(
        input: R,
        wanted: &Wanted,
        delimiter: u8,
        prefix: &str,
        now: Timestamp,
    ) -> Result<Self, String> {
        let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(input);
        let header = header(&mut reader)?;
        let columns = wanted.resolve(&header)?;
        let header = header.iter().map(str::to_owned).collect();
        Ok(Self {
            reader,
            header,
            columns,
            prefix: prefix.to_owned(),
            now,
            record: ByteRecord::new(),
            number: 0,
        })
    }

    /// The names of the columns.
    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// Which column becomes what.
    pub(super) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// How many rows have been read.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The next row; `None` at the end. An error is one of the file itself.
    pub(crate) fn next(&mut self) -> std::io::Result<Option<Result<Row, Rejected>>> {
        let more = self.reader.read_byte_record(&mut self.record).map_err(std::io::Error::other)?;
        if !more {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(self.read().map_err(|why| self.rejected(why))))
    }

    /// The fields of the row that was read last, as they stand in the file.
    pub(crate) fn fields(&self) -> Vec<Vec<u8>> {
        self.record.iter().map(<[u8]>::to_vec).collect()
    }

    fn rejected(&self, why: EventProblem) -> Rejected {
        Rejected { number: self.number, code: why.code, reason: why.detail, fields: self.fields() }
    }

    fn read(&self) -> Result<Row, EventProblem> {
        let columns = &self.columns;
        if self.record.len() != columns.width {
            return Err(wrong(
                "row.width",
                format!("{} fields where the header has {}", self.record.len(), columns.width),
            ));
        }
        let record = StringRecord::from_byte_record(self.record.clone())
            .map_err(|_| wrong("row.encoding", "not UTF-8".to_owned()))?;
        let field = |place: usize| record.get(place).unwrap_or_default();
        let tenant = columns.tenant.map(|place| field(place).trim().to_owned()).unwrap_or_default();
        if columns.tenant.is_some() && tenant.is_empty() {
            return Err(wrong("row.tenant", "the tenant is missing".to_owned()));
        }
        let at = columns.when.read(field, &columns.zone).map_err(|why| wrong("row.time", why))?;
        let mut measures = Vec::with_capacity(columns.measures.len());
        for (name, place) in &columns.measures {
            let text = field(*place).trim();
            if text.is_empty() || columns.missing.contains(text) {
                continue;
            }
            let value =
                number(text).ok_or_else(|| wrong("row.measure", format!("{name}: {text:?} is no number")))?;
            measures.push((name.clone(), Some(value)));
        }
        let dimensions = columns.dimensions.iter().filter_map(|(name, place)| {
            let text = field(*place).trim();
            (!text.is_empty()).then(|| (name.clone(), Some(text.to_owned())))
        });
        let event = EventInput {
            id: format!("{}-{}", self.prefix, self.number),
            dataset: columns.dataset.clone(),
            at: at.to_string(),
            measures: Members(measures),
            dimensions: Members(dimensions.collect()),
        };
        // The API's own rules, so that a row that it would refuse is not even sent.
        event.clone().check(self.now)?;
        Ok(Row { number: self.number, tenant, event })
    }
}

fn wrong(code: &str, detail: String) -> EventProblem {
    EventProblem { code: code.to_owned(), detail }
}

/// The names of a file's columns.
pub(super) fn header<R: Read>(reader: &mut Reader<R>) -> Result<StringRecord, String> {
    let header = reader.headers().map_err(|e| format!("The header cannot be read: {e}."))?;
    let mut header = header.clone();
    if header.is_empty() {
        return Err("The file is empty.".to_owned());
    }
    // Some programs begin a file with a mark of its encoding, which is no part of a name.
    if let Some(first) = header.get(0).and_then(|f| f.strip_prefix('\u{feff}')) {
        let rest = header.iter().skip(1);
        header = [first].into_iter().chain(rest).collect();
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::super::columns::WantedTime;
    use super::*;

    fn wanted() -> Wanted {
        Wanted {
            dataset: "flights".to_owned(),
            tenant: Some("carrier".to_owned()),
            time: WantedTime::Column("at".to_owned()),
            time_zone: "UTC".to_owned(),
            measures: vec!["delay".to_owned()],
            dimensions: vec!["origin".to_owned()],
            missing: vec!["NA".to_owned()],
        }
    }

    #[test]
    fn every_row_comes_out_once() {
        let text = b"\xef\xbb\xbfat,carrier,delay,origin\n\
            2013-01-01,UA,5,JFK\n2013-01-01,UA,NA,\n2013-01-01,,5,JFK\nnever,UA,5,JFK\n2013-01-01,UA,soon,JFK\n\
            2013-01-01,UA,5\n2013-01-01,UA,5,\xff\n2013-01-01,UA,1e300,JFK\n2013-01-01,UA,inf,JFK\n\
            1969-01-01,UA,5,JFK\n2013-01-01,DL,-2.5,\"LGA, NY\"\n";
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut rows = Rows::open(&text[..], &wanted(), b',', "f", now).unwrap();
        let mut out = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            out.push(match row {
                Ok(row) => {
                    format!("{} {} {}", row.number, row.tenant, serde_json::to_string(&row.event).unwrap())
                }
                Err(rejected) => format!("{} {}", rejected.number, rejected.code),
            });
        }
        let event = |n: u32, measures: &str, dimensions: &str| {
            format!(
                r#"{{"id":"f-{n}","dataset":"flights","at":"2013-01-01T00:00:00Z","measures":{{{measures}}},"dimensions":{{{dimensions}}}}}"#
            )
        };
        assert_eq!(
            out,
            [
                format!("1 UA {}", event(1, r#""delay":5.0"#, r#""origin":"JFK""#)),
                format!("2 UA {}", event(2, "", "")),
                "3 row.tenant".to_owned(),
                "4 row.time".to_owned(),
                "5 row.measure".to_owned(),
                "6 row.width".to_owned(),
                "7 row.encoding".to_owned(),
                "8 event.measure".to_owned(),
                "9 event.measure".to_owned(),
                "10 event.at".to_owned(),
                format!("11 DL {}", event(11, r#""delay":-2.5"#, r#""origin":"LGA, NY""#)),
            ]
        );
    }
}
