//! The columns of a CSV file, and what is said of them: which is the key, which are numbers, which is the time.

use insula_model::table::{TableColumnInput, TableKeyInput};
use insula_model::table_rows::name_of;
use insula_model::{TableColumnKind, TableDefinition, TableInput};

use crate::failure::Failure;

/// What `insula table put` is told of columns, by names as the table has them or as the file writes them.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) key: Option<String>,
    pub(crate) numbers: Vec<String>,
    pub(crate) time: Option<String>,
}

impl Columns {
    /// The table that a file makes: its key is the column that is told, else the first one. Where kinds are told, all its
    /// columns are declared; else the file's own are learnt as texts when its rows are put.
    pub(super) fn table(&self, name: &str, bytes: &[u8]) -> Result<TableInput, Failure> {
        let headings = headings(bytes);
        let first = headings.first().cloned().unwrap_or_default();
        let key = self.key.as_deref().map_or_else(|| name_of(&first), name_of);
        let label = headings.iter().find(|h| !h.is_empty() && name_of(h) == key).cloned();
        let mut input = TableInput {
            name: name.to_owned(),
            label: None,
            description: None,
            key: TableKeyInput { name: key.clone(), label },
            columns: Vec::new(),
        };
        let kinds = self.kinds(&headings)?;
        if !kinds.is_empty() {
            let others = headings.iter().filter(|heading| name_of(heading) != key);
            input.columns = others.map(|heading| column(heading, &kinds)).collect();
        }
        input.make()?;
        Ok(input)
    }

    /// What a table is to be that is there: with the columns whose kinds are told, and the others as they are.
    pub(super) fn declare(&self, table: &TableDefinition, bytes: &[u8]) -> Result<TableInput, Failure> {
        let headings = headings(bytes);
        let kinds = self.kinds(&headings)?;
        let mut input = TableInput::of(table);
        for heading in headings.iter().filter(|heading| kinds.iter().any(|(n, _)| *n == name_of(heading))) {
            let told = column(heading, &kinds);
            match input.columns.iter_mut().find(|c| c.name == told.name) {
                Some(there) => there.kind = told.kind,
                None => input.columns.push(told),
            }
        }
        Ok(input)
    }

    /// The kinds that are told, by name.
    fn kinds(&self, headings: &[String]) -> Result<Vec<(String, TableColumnKind)>, Failure> {
        let numbers = self.numbers.iter().map(|name| (name_of(name), TableColumnKind::Number));
        let times = self.time.iter().map(|name| (name_of(name), TableColumnKind::Time));
        let kinds: Vec<(String, TableColumnKind)> = numbers.chain(times).collect();
        let names: Vec<String> = headings.iter().map(|heading| name_of(heading)).collect();
        match kinds.iter().find(|(name, _)| !names.contains(name)) {
            Some((name, _)) => {
                let detail = format!("The file has no column {name:?}. It has: {}.", names.join(", "));
                Err(Failure::usage(detail))
            }
            None => Ok(kinds),
        }
    }
}

fn column(heading: &str, kinds: &[(String, TableColumnKind)]) -> TableColumnInput {
    let name = name_of(heading);
    let kind = kinds.iter().find(|(told, _)| *told == name).map(|(_, kind)| *kind);
    let label = Some(heading.chars().take(80).collect());
    TableColumnInput { name, label, description: None, kind }
}

/// What stands in the first line, separated as the server separates it.
fn headings(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().find(|d| first.contains(d)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(first);
    // One that cannot be read is refused by the server, which says why.
    reader.headers().map(|found| found.iter().map(str::to_owned).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(numbers: &[&str], time: Option<&str>) -> Columns {
        let numbers = numbers.iter().map(|name| (*name).to_owned()).collect();
        Columns { key: None, numbers, time: time.map(str::to_owned) }
    }

    #[test]
    fn a_file_makes_a_table_of_its_first_column() {
        let key = |csv: &str, key: Option<&str>| {
            let columns = Columns { key: key.map(str::to_owned), ..Columns::default() };
            columns.table("t", csv.as_bytes()).map(|t| (t.key.name, t.columns.len()))
        };
        assert_eq!(key("\u{feff}IATA Code;Name\nAA;American\n", None).unwrap(), ("iata_code".to_owned(), 0));
        assert_eq!(key("\"code\",name\n", None).unwrap().0, "code");
        assert_eq!(key("name,code\n", Some("code")).unwrap().0, "code");
        assert!(key("%,x\n", None).is_err());
    }

    #[test]
    fn kinds_are_told() {
        let csv = b"Id,Plan,Started On,MRR,Seats\n";
        let made = told(&["mrr", "Seats"], Some("started_on")).table("subs", csv).unwrap();
        let shown: Vec<_> = made.columns.iter().map(|c| (c.name.as_str(), c.kind)).collect();
        let (number, time) = (Some(TableColumnKind::Number), Some(TableColumnKind::Time));
        assert_eq!(shown, [("plan", None), ("started_on", time), ("mrr", number), ("seats", number)]);
        assert_eq!((made.key.label.as_deref(), made.columns[2].label.as_deref()), (Some("Id"), Some("MRR")));
        let there = made.make().unwrap();
        assert_eq!(told(&["mrr"], None).declare(&there, csv).unwrap(), TableInput::of(&there));
        let more = told(&["arr"], None).declare(&there, b"id,arr\n").unwrap();
        assert_eq!((more.columns.len(), more.columns[4].kind), (5, number));
        assert!(told(&["mmr"], None).table("subs", csv).is_err());
    }
}
