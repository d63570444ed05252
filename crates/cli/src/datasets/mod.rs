//! Datasets as files: written in one form, compared, and applied.
//!
//! What must always hold: applying what was exported changes nothing; a file never opens a dataset by leaving out who sees
//! it. Tested in `files.rs`, here and in `tests/it/datasets.rs`.

pub(crate) mod files;

use std::path::Path;

use insula_model::{Dataset, DatasetDefinition, DatasetPut, DatasetSource, Table, TableSource, problem};
use reqwest::Method;
use serde::Serialize;
use serde_json::json;

use crate::client::{Api, read};
use crate::commands::{Context, segment};
use crate::failure::{Exit, Failure};
use crate::tables;
use crate::terminal::change::change;
use files::{Form, Wish, in_file};

fn path(name: &str) -> String {
    format!("/datasets/{}", segment(name))
}

/// All datasets that the key may see.
pub(crate) async fn list(api: &Api) -> Result<Vec<Dataset>, Failure> {
    api.all("/datasets", &[], 1000).await?.items.iter().map(read).collect()
}

/// Writes one dataset to standard output, or all of them (or one) into a folder.
pub(crate) async fn export(
    cx: &Context,
    api: &Api,
    named: Option<&str>,
    to: Option<&Path>,
    form: Form,
) -> Result<Exit, Failure> {
    let wanted: Vec<Dataset> = match named {
        Some(name) => vec![api.get(&path(name), &[]).await?.read()?],
        None => list(api).await?,
    };
    let mut written = Vec::new();
    for dataset in wanted {
        let name = &dataset.definition.name;
        let text = files::text(name, &DatasetPut::of(&dataset.definition), form)?;
        let Some(folder) = to else {
            // The file itself is the document, with and without --json.
            print!("{text}");
            return Ok(Exit::Done);
        };
        let file = folder.join(format!("{name}.{}", form.extension()));
        std::fs::create_dir_all(folder).map_err(Failure::io(folder.display()))?;
        std::fs::write(&file, text).map_err(Failure::io(file.display()))?;
        written.push(json!({ "name": name, "file": file }));
    }
    cx.out.result(&json!({ "files": written }), |_| {
        let lines = written.iter().map(|w| w["file"].as_str().unwrap_or_default());
        lines.collect::<Vec<_>>().join("\n")
    });
    Ok(Exit::Done)
}

/// What one file asks for, and what became of it.
#[derive(Debug, Serialize)]
struct Step {
    file: String,
    name: String,
    /// `create`, `update`, `unchanged`.
    action: &'static str,
    changes: Vec<String>,
    done: bool,
    #[serde(skip)]
    version: Option<String>,
}

/// Makes and changes datasets as files say.
pub(crate) async fn apply(cx: &Context, api: &Api, wishes: &[Wish], dry_run: bool) -> Result<Exit, Failure> {
    let mut steps = Vec::with_capacity(wishes.len());
    for wish in wishes {
        steps.push(step(api, wish).await.map_err(|failure| in_file(failure, &wish.file))?);
    }
    let mut broken = None;
    for (wish, step) in wishes.iter().zip(&mut steps).filter(|_| !dry_run) {
        if step.action != "unchanged" {
            let sent = api.change(Method::PUT, &path(&wish.name), step.version.as_deref(), &wish.put).await;
            if let Err(failure) = sent {
                broken = Some(in_file(failure, &wish.file));
                break;
            }
        }
        step.done = true;
    }
    let Some(failure) = broken else {
        show(cx, &steps, dry_run);
        return Ok(Exit::Done);
    };
    if !steps.iter().any(|s| s.done) {
        return Err(failure);
    }
    failure.print(&cx.said(crate::terminal::Out { json: false, ..cx.out }).out);
    show(cx, &steps, dry_run);
    Ok(Exit::Partial)
}

async fn step(api: &Api, wish: &Wish) -> Result<Step, Failure> {
    let step = |action, changes, version| Step {
        file: wish.file.clone(),
        name: wish.name.clone(),
        action,
        changes,
        done: false,
        version,
    };
    let reply = match api.get(&path(&wish.name), &[]).await {
        Ok(reply) => reply,
        Err(failure) if failure.is(problem::NOT_FOUND) => return Ok(step("create", Vec::new(), None)),
        Err(failure) => return Err(failure),
    };
    let there: Dataset = reply.read()?;
    let mut known = there.definition.clone();
    if let DatasetSource::Table(name) = &there.definition.source {
        let all = tables::list(api).await?;
        let table = all.into_iter().find(|table| table.definition.name == *name);
        let number = known.table_number.unwrap_or_default();
        if let Some(Table { definition, .. }) = table {
            known.take_up(&TableSource { number, definition })?;
        }
    }
    let changes = changes(&there.definition, known, &wish.put)?;
    let action = if changes.is_empty() { "unchanged" } else { "update" };
    Ok(step(action, changes, reply.version))
}

/// What would be different, in words. The next one begins as `next`: where it is over a table, with all that the table has.
fn changes(
    there: &DatasetDefinition,
    mut next: DatasetDefinition,
    put: &DatasetPut,
) -> Result<Vec<String>, Failure> {
    put.apply(&mut next)?;
    let (old, new) = (DatasetPut::of(there), DatasetPut::of(&next));
    let mut changes = Vec::new();
    if old.label != new.label {
        changes.push(format!("label: {:?} becomes {:?}", there.label, next.label));
    }
    if old.description != new.description {
        changes.push("description".to_owned());
    }
    if old.visible_to != new.visible_to {
        let (was, is) = (there.visible_to.as_str(), next.visible_to.as_str());
        changes.push(format!("visible_to: {was} becomes {is}"));
    }
    if old.time_zone != new.time_zone {
        changes.push("time_zone".to_owned());
    }
    compare(&old.measures, &new.measures, |m| &m.name, "measures", &mut changes);
    compare(&old.dimensions, &new.dimensions, |d| &d.name, "dimensions", &mut changes);
    Ok(changes)
}

fn compare<T: PartialEq>(
    old: &[T],
    new: &[T],
    name: impl Fn(&T) -> &String,
    what: &str,
    changes: &mut Vec<String>,
) {
    let find = |list: &[T], wanted: &T| list.iter().position(|one| name(one) == name(wanted));
    for one in new {
        match find(old, one).map(|i| &old[i]) {
            None => changes.push(format!("adds {}", name(one))),
            Some(was) if was != one => changes.push(format!("changes {}", name(one))),
            Some(_) => {}
        }
    }
    changes.extend(
        old.iter().filter(|one| find(new, one).is_none()).map(|one| format!("removes {}", name(one))),
    );
    let order: Vec<usize> = new.iter().filter_map(|one| find(old, one)).collect();
    if !order.is_sorted() {
        changes.push(format!("order of {what}"));
    }
}

fn show(cx: &Context, steps: &[Step], dry_run: bool) {
    cx.out.result(&json!({ "dry_run": dry_run, "datasets": steps }), |style| {
        let lines =
            steps.iter().map(|step| change(style, step.action, &step.name, &step.file, &step.changes));
        lines.collect::<Vec<_>>().join("\n")
    });
}

#[cfg(test)]
mod tests {
    use insula_model::sample_dataset;

    use super::*;

    #[test]
    fn changes_are_named_and_nothing_is_nothing() {
        let there = sample_dataset();
        let changes = |there: &DatasetDefinition, put: &DatasetPut| changes(there, there.clone(), put);
        assert_eq!(changes(&there, &DatasetPut::of(&there)).unwrap(), [] as [String; 0]);
        let mut wanted = DatasetPut::of(&there);
        wanted.visible_to = Some(insula_model::Role::Admin);
        wanted.measures.swap(0, 1);
        wanted.measures[2].description = Some("New ones.".into());
        let mut mean = wanted.measures[0].clone();
        (mean.name, mean.formula) = ("mean".into(), Some("revenue / orders".into()));
        wanted.measures.push(mean);
        let said = changes(&there, &wanted).unwrap();
        assert_eq!(
            said,
            ["visible_to: viewer becomes admin", "changes signups", "adds mean", "order of measures"]
        );
        let mut with = there.clone();
        wanted.apply(&mut with).unwrap();
        wanted.measures.pop();
        assert_eq!(
            changes(&with, &wanted).unwrap(),
            ["removes mean"],
            "what is worked out and not listed is gone"
        );
    }
}
