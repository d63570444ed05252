//! Rows kept aside: a CSV of its own with each row's number, what is wrong with it, and the row as it was.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, Writer, WriterBuilder};

use super::rows::Rejected;

/// The file, made when the first row comes.
pub(crate) struct Aside {
    path: PathBuf,
    header: Vec<String>,
    writer: Option<Writer<BufWriter<File>>>,
    count: u64,
    former: HashSet<u64>,
}

impl Aside {
    /// Begins anew, except for rows up to `sent` that the API refused in a former run: those are not sent again, and so
    /// would not be refused again. (Rows that we refuse ourselves are read again and refused again.)
    pub(crate) fn open(path: &Path, header: &[String], sent: u64) -> std::io::Result<Self> {
        let kept = if sent > 0 { former(path, sent) } else { Vec::new() };
        let _ = std::fs::remove_file(path);
        let mut aside = Self {
            path: path.to_owned(),
            header: header.to_vec(),
            writer: None,
            count: 0,
            former: HashSet::new(),
        };
        for rejected in kept {
            aside.former.insert(rejected.number);
            aside.put(&rejected)?;
        }
        Ok(aside)
    }

    /// The rows that the API refused in a former run.
    pub(crate) fn former(&self) -> &HashSet<u64> {
        &self.former
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn put(&mut self, row: &Rejected) -> std::io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let file = BufWriter::new(File::create(&self.path)?);
                let mut writer = WriterBuilder::new().flexible(true).from_writer(file);
                let ours = ["insula_row", "insula_code", "insula_reason"];
                writer.write_record(ours.into_iter().chain(self.header.iter().map(String::as_str)))?;
                self.writer.insert(writer)
            }
        };
        let number = row.number.to_string();
        let ours = [number.as_bytes(), row.code.as_bytes(), row.reason.as_bytes()];
        writer.write_record(ours.into_iter().chain(row.fields.iter().map(Vec::as_slice)))?;
        self.count += 1;
        Ok(())
    }

    pub(crate) fn flush(&mut self) -> std::io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Writer::flush)
    }
}

fn former(path: &Path, sent: u64) -> Vec<Rejected> {
    let Ok(mut reader) = ReaderBuilder::new().flexible(true).from_path(path) else { return Vec::new() };
    let text = |record: &ByteRecord, i: usize| {
        String::from_utf8_lossy(record.get(i).unwrap_or_default()).into_owned()
    };
    let rows = reader.byte_records().filter_map(Result::ok).filter_map(|record| {
        let number: u64 = text(&record, 0).parse().ok()?;
        let (code, reason) = (text(&record, 1), text(&record, 2));
        let theirs = code.starts_with(SENT);
        (theirs && number <= sent).then(|| Rejected {
            number,
            code,
            reason,
            fields: record.iter().skip(3).map(<[u8]>::to_vec).collect(),
        })
    });
    rows.collect()
}

/// What the codes of the API's refusals begin with in the file.
pub(crate) const SENT: &str = "api:";

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64, code: &str) -> Rejected {
        Rejected {
            number,
            code: code.to_owned(),
            reason: "a, \"b\"".to_owned(),
            fields: vec![b"x\ny".to_vec(), vec![0xff]],
        }
    }

    #[test]
    fn what_the_api_refused_survives_a_restart() {
        let path = std::env::temp_dir().join(format!("insula-aside-{}.csv", std::process::id()));
        let header = ["a".to_owned(), "b".to_owned()];
        let mut aside = Aside::open(&path, &header, 0).unwrap();
        for rejected in [row(3, "row.time"), row(5, "api:dataset.full"), row(9, "api:dataset.full")] {
            aside.put(&rejected).unwrap();
        }
        aside.flush().unwrap();
        drop(aside);
        let mut again = Aside::open(&path, &header, 6).unwrap();
        again.flush().unwrap();
        assert_eq!((again.count(), former(&path, 100)), (1, vec![row(5, "api:dataset.full")]));
        drop(again);
        // Without rows there is no file.
        Aside::open(&path, &header, 0).unwrap().flush().unwrap();
        assert!(!path.exists());
    }
}
