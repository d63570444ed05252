//! Tables as files: what they are made of in TOML or in JSON, and their rows in CSV.

use std::path::{Path, PathBuf};

use insula_model::table::TableColumnInput;
use insula_model::{TableDefinition, TableInput, TableRowView, TableValue};

use crate::datasets::files::{Form, in_file};
use crate::failure::{Exit, Failure};

/// A file, and the table that it declares.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) file: String,
    pub(crate) input: TableInput,
}

/// Files that declare tables.
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<Wish>, Failure> {
    let mut wishes: Vec<Wish> = Vec::with_capacity(paths.len());
    for path in paths {
        let file = path.display().to_string();
        let input = read(path).map_err(|failure| in_file(failure, &file))?;
        if let Some(other) = wishes.iter().find(|w| w.input.name == input.name) {
            let detail = format!("{} and {file} are both about {:?}.", other.file, input.name);
            return Err(Failure::usage(detail));
        }
        wishes.push(Wish { file, input });
    }
    Ok(wishes)
}

fn read(path: &Path) -> Result<TableInput, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io(path.display()))?;
    let wrong = |detail: String| Failure::new(Exit::Failed, "file", "That is not a table", detail);
    let input: TableInput = match Form::of(path) {
        Some(Form::Toml) => toml::from_str(&text).map_err(|e| wrong(e.to_string()))?,
        Some(Form::Json) => serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?,
        None => return Err(Failure::usage("A table is declared in a *.toml or a *.json file.".to_owned())),
    };
    input.make()?;
    Ok(input)
}

/// What stands in the file.
pub(super) fn text(input: &TableInput, form: Form) -> Result<String, Failure> {
    let text = match form {
        Form::Toml => toml::to_string(input).map_err(|e| e.to_string()),
        Form::Json => serde_json::to_string_pretty(input).map(|text| text + "\n").map_err(|e| e.to_string()),
    };
    text.map_err(unwritten)
}

fn unwritten(why: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, "internal", "The table cannot be written", why.to_string())
}

/// The rows, with a first line of names.
pub(super) fn csv(table: &TableDefinition, rows: &[TableRowView]) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = table.columns.iter().map(|c| c.name.as_str());
    let names: Vec<&str> = std::iter::once(table.key.name.as_str()).chain(columns).collect();
    writer.write_record(&names).map_err(unwritten)?;
    for row in rows {
        let value = |name: &&str| {
            let found = row.0.0.iter().find(|(other, _)| other == name);
            found.and_then(|(_, value)| value.as_ref()).map(TableValue::to_string).unwrap_or_default()
        };
        writer.write_record(names.iter().map(value)).map_err(unwritten)?;
    }
    let bytes = writer.into_inner().map_err(|e| unwritten(e.error()))?;
    String::from_utf8(bytes).map_err(unwritten)
}

/// What would be different, in words.
pub(super) fn changes(there: &TableDefinition, input: &TableInput) -> Result<Vec<String>, Failure> {
    let mut next = there.clone();
    let gone = input.apply(&mut next)?;
    let (old, new) = (TableInput::of(there), TableInput::of(&next));
    let mut changes = Vec::new();
    if old.label != new.label {
        changes.push(format!("label: {:?} becomes {:?}", there.label, next.label));
    }
    if old.description != new.description {
        changes.push("description".to_owned());
    }
    if old.key != new.key {
        changes.push(format!("key: {} becomes {}", there.key.name, next.key.name));
    }
    let was = |column: &TableColumnInput| old.columns.iter().find(|c| c.name == column.name);
    for column in &new.columns {
        match was(column) {
            None => changes.push(format!("adds {}", column.name)),
            Some(was) if was != column => changes.push(format!("changes {}", column.name)),
            Some(_) => {}
        }
    }
    changes.extend(gone.iter().map(|column| format!("removes {} with its values", column.name)));
    let order = new.columns.iter().filter_map(|c| old.columns.iter().position(|o| o.name == c.name));
    if !order.is_sorted() {
        changes.push("order of columns".to_owned());
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use insula_model::TableBatch;
    use jiff::tz::TimeZone;

    use super::*;

    fn airlines() -> TableInput {
        toml::from_str(
            "name = \"airlines\"\n[key]\nname = \"code\"\nlabel = \"Code\"\n\
             [[columns]]\nname = \"name\"\n[[columns]]\nname = \"alliance\"\ndescription = \"\\\"Star\\\" or none.\"\n",
        )
        .unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let made = airlines().make().unwrap();
        let full = TableInput::of(&made);
        let toml = text(&full, Form::Toml).unwrap();
        assert_eq!(toml::from_str::<TableInput>(&toml).unwrap(), full, "{toml}");
        assert_eq!(changes(&made, &full).unwrap(), [] as [String; 0]);
        let body = br#"{"rows":[{"code":"AA","name":"\"A\", Inc.\nUS"},{"code":"LH","alliance":"Star"}]}"#;
        let zone = TimeZone::UTC;
        let rows = TableBatch::from_json(body).unwrap().check(&mut made.clone(), &zone).unwrap().rows;
        let shown: Vec<TableRowView> = rows.iter().map(|row| row.view(&made, &zone)).collect();
        let csv = csv(&made, &shown).unwrap();
        assert!(csv.starts_with("code,name,alliance\nAA,"), "{csv}");
        let again = TableBatch::from_csv(csv.as_bytes()).unwrap().check(&mut made.clone(), &zone).unwrap();
        assert_eq!((again.rows, again.learnt), (rows, Vec::new()));
    }

    #[test]
    fn changes_are_named() {
        let made = airlines().make().unwrap();
        let mut wanted = TableInput::of(&made);
        wanted.columns.remove(0);
        wanted.columns[0].label = Some("Group".to_owned());
        wanted.columns.push(TableColumnInput {
            name: "home".to_owned(),
            label: None,
            description: None,
            kind: None,
        });
        let said = changes(&made, &wanted).unwrap();
        assert_eq!(said, ["changes alliance", "adds home", "removes name with its values"]);
    }
}
