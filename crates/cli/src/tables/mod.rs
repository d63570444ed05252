//! Tables as files: what they are made of in TOML or JSON, their rows in CSV.
//!
//! What must always hold: applying or putting what was exported changes nothing. Tested in `tests/it/tables.rs`.

mod columns;
mod files;

use std::path::Path;

use insula_model::{Table, TableChanged, TableInput, TableRowView};
use reqwest::Method;
use serde_json::json;

use crate::client::{Api, read};
use crate::commands::{Context, segment};
use crate::datasets::files::{Form, in_file};
use crate::failure::{Exit, Failure};
use crate::terminal::change::change;

pub(crate) use columns::Columns;
pub(crate) use files::{Wish, read_all};

/// Rows that a table has at most, and some more that came meanwhile.
const MOST_ROWS: usize = 200_000;

fn path(table: &Table) -> String {
    format!("/tables/{}", segment(&table.id.to_string()))
}

/// All tables.
pub(crate) async fn list(api: &Api) -> Result<Vec<Table>, Failure> {
    api.all("/tables", &[], 1000).await?.items.iter().map(read).collect()
}

async fn find(api: &Api, name: &str) -> Result<Option<Table>, Failure> {
    Ok(list(api).await?.into_iter().find(|table| table.definition.name == name))
}

async fn rows(api: &Api, table: &Table) -> Result<Vec<TableRowView>, Failure> {
    api.all(&format!("{}/rows", path(table)), &[], MOST_ROWS).await?.items.iter().map(read).collect()
}

/// What `insula table export` writes.
pub(crate) struct Exported<'a> {
    /// One table, or all of them.
    pub(crate) named: Option<&'a str>,
    /// The folder to write to, what each is made of and its rows; else one of these on standard output.
    pub(crate) to: Option<&'a Path>,
    /// The rows on standard output.
    pub(crate) rows: bool,
    pub(crate) form: Form,
}

/// Writes tables.
pub(crate) async fn export(cx: &Context, api: &Api, wanted: &Exported<'_>) -> Result<Exit, Failure> {
    let tables = match wanted.named {
        Some(name) => vec![find(api, name).await?.ok_or_else(|| absent(name))?],
        None => list(api).await?,
    };
    let mut written = Vec::new();
    for table in tables {
        let name = &table.definition.name;
        let Some(folder) = wanted.to else {
            // The file itself is the document, with and without --json.
            if wanted.rows {
                print!("{}", files::csv(&table.definition, &rows(api, &table).await?)?);
            } else {
                print!("{}", files::text(&TableInput::of(&table.definition), wanted.form)?);
            }
            return Ok(Exit::Done);
        };
        std::fs::create_dir_all(folder).map_err(Failure::io(folder.display()))?;
        let definition = files::text(&TableInput::of(&table.definition), wanted.form)?;
        let csv = files::csv(&table.definition, &rows(api, &table).await?)?;
        for (text, ending) in [(definition, wanted.form.extension()), (csv, "csv")] {
            let file = folder.join(format!("{name}.{ending}"));
            std::fs::write(&file, text).map_err(Failure::io(file.display()))?;
            written.push(json!({ "name": name, "file": file }));
        }
    }
    cx.out.result(&json!({ "files": written }), |_| {
        let lines = written.iter().map(|w| w["file"].as_str().unwrap_or_default());
        lines.collect::<Vec<_>>().join("\n")
    });
    Ok(Exit::Done)
}

/// Makes and changes tables as files say. Their rows stay, but for the values of columns that are not listed.
pub(crate) async fn apply(cx: &Context, api: &Api, wishes: &[Wish], dry_run: bool) -> Result<Exit, Failure> {
    let there = list(api).await?;
    let mut steps = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let table = there.iter().find(|table| table.definition.name == wish.input.name);
        let (action, changes) = match table {
            None => ("create", Vec::new()),
            Some(table) => {
                let changes = files::changes(&table.definition, &wish.input)?;
                (if changes.is_empty() { "unchanged" } else { "update" }, changes)
            }
        };
        if !dry_run && action != "unchanged" {
            let sent = match table {
                None => api.post("/tables", &wish.input).await,
                Some(table) => {
                    let version = format!("\"{}\"", table.version);
                    api.change(Method::PUT, &path(table), Some(&version), &wish.input).await
                }
            };
            sent.map_err(|failure| in_file(failure, &wish.file))?;
        }
        steps.push((wish, action, changes));
    }
    let said: Vec<_> = steps
        .iter()
        .map(|(wish, action, changes)| {
            json!({ "file": wish.file, "name": wish.input.name, "action": action, "changes": changes, "done": !dry_run })
        })
        .collect();
    cx.out.result(&json!({ "dry_run": dry_run, "tables": said }), |style| {
        let lines = steps
            .iter()
            .map(|(wish, action, changes)| change(style, action, &wish.input.name, &wish.file, changes));
        lines.collect::<Vec<_>>().join("\n")
    });
    Ok(Exit::Done)
}

/// Puts the rows of a CSV file in the place of all that a table has; one that is not there is made, and so are columns.
pub(crate) async fn put(
    cx: &Context,
    api: &Api,
    name: &str,
    file: &Path,
    columns: &Columns,
) -> Result<Exit, Failure> {
    let bytes = std::fs::read(file).map_err(Failure::io(file.display()))?;
    let shown = file.display().to_string();
    let told = |failure| in_file(failure, &shown);
    let table = match find(api, name).await? {
        Some(table) => {
            let input = columns.declare(&table.definition, &bytes).map_err(told)?;
            if input == TableInput::of(&table.definition) {
                table
            } else {
                let version = format!("\"{}\"", table.version);
                read(&api.change(Method::PUT, &path(&table), Some(&version), &input).await?)?
            }
        }
        None => read(&api.post("/tables", &columns.table(name, &bytes).map_err(told)?).await?)?,
    };
    let sent = api.put_text(&format!("{}/rows", path(&table)), "text/csv", bytes.into()).await;
    let changed = sent.map_err(|failure| in_file(failure, &shown))?;
    let done: TableChanged = read(&changed)?;
    cx.out.result(&changed, |style| {
        let mut line = format!(
            "{} has {} rows: {} added, {} changed, {} removed.",
            style.bold(name),
            done.rows,
            done.added,
            done.changed,
            done.removed
        );
        if !done.columns.is_empty() {
            line.push_str(&format!(" New columns: {}.", done.columns.join(", ")));
        }
        line
    });
    Ok(Exit::Done)
}

fn absent(name: &str) -> Failure {
    insula_model::Error::not_found("table", name).into()
}
