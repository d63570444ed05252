//! Dashboards as files: one order, one form, so that files differ where dashboards do.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use insula_model::DashboardInput;
use serde_json::Value;

use crate::failure::{Exit, Failure};

/// A file, and the dashboard that it describes.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) file: String,
    pub(crate) input: DashboardInput,
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
        let mut found: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "json"))
            .collect();
        if found.is_empty() {
            return Err(Failure::usage(format!("There is no *.json file in {}.", path.display())));
        }
        found.sort();
        files.extend(found);
    }
    files.iter().map(|file| read(file)).collect()
}

/// One file, checked as the server checks it.
pub(crate) fn read(file: &Path) -> Result<Wish, Failure> {
    let text = std::fs::read_to_string(file).map_err(Failure::io(file.display()))?;
    let input = parse(&text).map_err(|mut failure| {
        let at = failure.problem.errors.first().map(|e| format!(" at {}", e.pointer)).unwrap_or_default();
        failure.problem.detail = format!("{}{at}: {}", file.display(), failure.problem.detail);
        failure
    })?;
    Ok(Wish { file: file.display().to_string(), input })
}

fn parse(text: &str) -> Result<DashboardInput, Failure> {
    let wrong = |detail: String| Failure::new(Exit::Failed, "file", "That is not a dashboard", detail);
    let mut value: Value = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
    if let Some(fields) = value.as_object_mut() {
        // For editors, not for the server.
        fields.remove("$schema");
    }
    let input: DashboardInput = serde_json::from_value(value).map_err(|e| wrong(e.to_string()))?;
    input.check()?;
    Ok(ordered(DashboardInput { note: None, ..input }))
}

/// The same dashboard with its parts in the one order: widgets by id, places from top to bottom.
pub(crate) fn ordered(mut input: DashboardInput) -> DashboardInput {
    input.config.widgets.sort_by(|a, b| a.id.cmp(&b.id));
    input.config.layout.sort_by(|a, b| (a.y, a.x, &a.widget).cmp(&(b.y, b.x, &b.widget)));
    input
}

/// What stands in the file.
pub(crate) fn text(input: &DashboardInput) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(input).map_err(|e| {
        Failure::new(Exit::Failed, "internal", "The dashboard cannot be written", e.to_string())
    })?;
    Ok(text + "\n")
}

/// The names of files, from those of dashboards: no two are the same, whatever the dashboards are called.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<String, usize>);

impl Names {
    pub(crate) fn of(&mut self, name: &str) -> String {
        let plain: String = name
            .to_lowercase()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect::<String>()
            .split('-')
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("-");
        let plain = if plain.is_empty() { "dashboard".to_owned() } else { plain };
        let seen = self.0.entry(plain.clone()).or_default();
        *seen += 1;
        if *seen == 1 { format!("{plain}.json") } else { format!("{plain}-{seen}.json") }
    }
}

#[cfg(test)]
mod tests {
    use insula_model::{default_dashboard, sample_dataset};

    use super::*;

    fn sample() -> DashboardInput {
        let config = default_dashboard(&sample_dataset());
        DashboardInput { name: "Sales".into(), description: None, config, note: None }
    }

    #[test]
    fn a_file_is_read_as_it_was_written_and_its_order_is_one() {
        let text = text(&ordered(sample())).unwrap();
        assert_eq!(parse(&text).unwrap(), ordered(sample()));
        let mut other = sample();
        other.config.widgets.reverse();
        other.config.layout.reverse();
        assert_eq!(super::text(&ordered(other)).unwrap(), text);
        assert!(text.ends_with("}\n") && text.starts_with("{\n  \"name\": \"Sales\""), "{text}");
    }

    #[test]
    fn a_file_may_name_its_schema_and_nothing_else() {
        let mut value: Value = serde_json::to_value(sample()).unwrap();
        value["$schema"] = "https://acme.example/docs/schemas/dashboard.json".into();
        assert!(parse(&value.to_string()).is_ok());
        value["colour"] = "red".into();
        assert!(parse(&value.to_string()).unwrap_err().problem.detail.contains("colour"));
        value.as_object_mut().unwrap().remove("colour");
        value["config"]["layout"][0]["w"] = 13.into();
        let refused = parse(&value.to_string()).unwrap_err();
        assert_eq!(refused.problem.errors[0].pointer, "/config/layout/0");
    }

    #[test]
    fn files_never_take_each_others_names() {
        let mut names = Names::default();
        let made = ["Overview", "overview", "Über uns / 2026", "../../etc/passwd", "!!", "overview"]
            .map(|n| names.of(n));
        assert_eq!(
            made,
            [
                "overview.json",
                "overview-2.json",
                "über-uns-2026.json",
                "etc-passwd.json",
                "dashboard.json",
                "overview-3.json"
            ]
        );
    }
}
