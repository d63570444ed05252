//! Datasets as files, in TOML or in JSON: what they are called, what they say of themselves, who sees them.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use insula_model::{DatasetDefinition, DatasetPut, DatasetSource};
use serde::Serialize;
use serde_json::Value;

use crate::failure::{Exit, Failure};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people.
    Toml,
    /// For programs.
    Json,
}

impl Form {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Json => "json",
        }
    }

    pub(crate) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "toml" => Some(Self::Toml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// A file, and the dataset that it declares.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) put: DatasetPut,
}

/// A declaration as it is written.
#[derive(Serialize)]
struct Written<'a> {
    name: &'a str,
    #[serde(flatten)]
    put: &'a DatasetPut,
}

/// Files, and those of folders in the order of their names.
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<Wish>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(Failure::io(path.display()))?;
        let mut found: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|p| Form::of(p).is_some()).collect();
        if found.is_empty() {
            let detail = format!("There is no *.toml or *.json file in {}.", path.display());
            return Err(Failure::usage(detail));
        }
        found.sort();
        files.extend(found);
    }
    let mut wishes: Vec<Wish> = Vec::with_capacity(files.len());
    for file in &files {
        let wish = read(file)?;
        if let Some(other) = wishes.iter().find(|w| w.name == wish.name) {
            let detail = format!("{} and {} are both about {:?}.", other.file, wish.file, wish.name);
            return Err(Failure::usage(detail));
        }
        wishes.push(wish);
    }
    Ok(wishes)
}

/// One file, checked as the server checks it, except for what stands in formulas: for that the dataset has to be known.
fn read(file: &Path) -> Result<Wish, Failure> {
    let Some(form) = Form::of(file) else {
        let detail = format!("{}: a dataset is a *.toml or a *.json file.", file.display());
        return Err(Failure::usage(detail));
    };
    let text = std::fs::read_to_string(file).map_err(Failure::io(file.display()))?;
    let (name, put) = parse(&text, form).map_err(|failure| in_file(failure, &file.display().to_string()))?;
    Ok(Wish { file: file.display().to_string(), name, put })
}

/// Says in which file it is, and where in it.
pub(crate) fn in_file(mut failure: Failure, file: &str) -> Failure {
    let at = failure.problem.errors.first().map(|e| format!(" at {}", e.pointer)).unwrap_or_default();
    failure.problem.detail = format!("{file}{at}: {}", failure.problem.detail.trim_end());
    failure
}

fn parse(text: &str, form: Form) -> Result<(String, DatasetPut), Failure> {
    let wrong = |detail: String| Failure::new(Exit::Failed, "file", "That is not a dataset", detail);
    let mut value: Value = match form {
        Form::Toml => toml::from_str(text).map_err(|e| wrong(e.to_string()))?,
        Form::Json => serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?,
    };
    let name = value.as_object_mut().and_then(|fields| fields.remove("name"));
    let Some(Value::String(name)) = name else {
        return Err(wrong("It has no `name`: the one that its events carry.".to_owned()));
    };
    let put: DatasetPut = serde_json::from_value(value).map_err(|e| wrong(e.to_string()))?;
    match put.source.clone().unwrap_or(DatasetSource::Events) {
        // What it may list, the table says.
        DatasetSource::Table(_) => put.check()?,
        source => put.apply(&mut DatasetDefinition::of_source(&name, source)?)?,
    }
    Ok((name, put))
}

/// What stands in the file.
pub(crate) fn text(name: &str, put: &DatasetPut, form: Form) -> Result<String, Failure> {
    let written = Written { name, put };
    let text = match form {
        Form::Toml => toml::to_string(&written).map_err(|e| e.to_string()),
        Form::Json => {
            serde_json::to_string_pretty(&written).map(|text| text + "\n").map_err(|e| e.to_string())
        }
    };
    text.map_err(|e| Failure::new(Exit::Failed, "internal", "The dataset cannot be written", e))
}

#[cfg(test)]
mod tests {
    use insula_model::sample_dataset;

    use super::*;

    fn sample() -> DatasetPut {
        let mut dataset = sample_dataset();
        let more: DatasetPut = serde_json::from_value(serde_json::json!({
            "label": "Sales", "description": "One event for each.\nOf all shops.", "visible_to": "editor",
            "time_zone": "Europe/Zurich",
            "measures": [{ "name": "orders", "unit": "pcs", "format": "integer", "description": "\"Paid\" ones." },
                         { "name": "mean", "formula": "revenue / nullif(orders, 0)", "format": "currency" }],
        }))
        .unwrap();
        more.apply(&mut dataset).unwrap();
        DatasetPut::of(&dataset)
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        for form in [Form::Toml, Form::Json] {
            let text = text("sales", &sample(), form).unwrap();
            assert_eq!(parse(&text, form).unwrap(), ("sales".to_owned(), sample()), "{text}");
        }
        let toml = text("sales", &sample(), Form::Toml).unwrap();
        assert!(toml.starts_with("name = \"sales\"\nlabel = \"Sales\"\n"), "{toml}");
        assert!(toml.contains("\n[[measures]]\nname = \"orders\"\n"), "{toml}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let refused = |text: &str| parse(text, Form::Toml).unwrap_err().problem;
        assert!(refused("label = \"Sales\"").detail.contains("name"));
        assert!(refused("name = \"sales\"\ncolour = \"red\"").detail.contains("colour"));
        assert!(refused("name = \"sales\"\nlabel = ").detail.contains("line 2"));
        assert_eq!(refused("name = \"sales\"\ntime_zone = \"Mars\"").errors[0].pointer, "/time_zone");
        assert_eq!(refused("name = \"Sales\"").errors[0].pointer, "/name");
    }
}
