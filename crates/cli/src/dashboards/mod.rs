//! Dashboards as files: written in one form, compared, and applied.
//!
//! What must always hold: exporting twice gives the same bytes; applying what was exported changes nothing; what somebody
//! changed in the workspace is not overwritten unless that is asked for. Tested in `plan.rs`, `files.rs` and
//! `tests/it/dashboards.rs`.

pub(crate) mod files;
mod plan;

use std::path::Path;

use insula_model::{Dashboard, DashboardId, DashboardInput};
use reqwest::Method;
use serde::Serialize;
use serde_json::json;

use crate::client::{Api, read};
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::change::change;
pub(crate) use files::Wish;
use plan::{Step, steps};

/// What versions are noted with when nothing else is said.
pub(crate) const NOTE: &str = "from a file";
/// What every note of an applied file begins with: by this a later `apply` knows its own.
const MARK: &str = "apply: ";

/// What is to be applied, and how.
pub(crate) struct Order {
    pub(crate) wishes: Vec<Wish>,
    pub(crate) id: Option<String>,
    pub(crate) dry_run: bool,
    pub(crate) force: bool,
    pub(crate) note: String,
}

/// All dashboards, without what they show.
pub(crate) async fn list(api: &Api) -> Result<Vec<Dashboard>, Failure> {
    api.all("/dashboards", &[], 1000).await?.items.iter().map(read).collect()
}

/// The one of a name or an id.
fn find<'d>(all: &'d [Dashboard], named: &str) -> Result<Option<&'d Dashboard>, Failure> {
    let mut found = all.iter().filter(|d| d.name == named || d.id.to_string() == named);
    let first = found.next();
    if let (Some(one), Some(other)) = (first, found.next()) {
        return Err(Failure::usage(format!(
            "Two dashboards are called {named:?}: {} and {}. Say which by its id.",
            one.id, other.id
        )));
    }
    Ok(first)
}

/// The id of the dashboard of a name or an id; without either, of the one that opens first. An id is believed: whoever has one
/// may lack the right to list.
pub(crate) async fn id_of(api: &Api, named: Option<&str>) -> Result<DashboardId, Failure> {
    if let Some(id) = named.and_then(|named| named.parse().ok()) {
        return Ok(id);
    }
    let all = list(api).await?;
    let (found, missing) = match named {
        Some(named) => (find(&all, named)?, format!("There is no dashboard {named:?} here.")),
        None => (all.iter().find(|d| d.default).or(all.first()), "There is no dashboard here.".to_owned()),
    };
    found.map(|d| d.id).ok_or_else(|| Failure::usage(missing))
}

/// Writes one dashboard to standard output, or all of them (or one) into a folder.
pub(crate) async fn export(
    cx: &Context,
    api: &Api,
    named: Option<&str>,
    to: Option<&Path>,
) -> Result<Exit, Failure> {
    let all = list(api).await?;
    let wanted: Vec<&Dashboard> = match named {
        Some(named) => {
            let found = find(&all, named)?;
            vec![found.ok_or_else(|| Failure::usage(format!("There is no dashboard {named:?} here.")))?]
        }
        None => all.iter().collect(),
    };
    let mut written = Vec::new();
    let mut names = files::Names::default();
    for dashboard in wanted {
        let whole: Dashboard = api.get(&format!("/dashboards/{}", dashboard.id), &[]).await?.read()?;
        let text = files::text(&content(whole)?)?;
        let Some(folder) = to else {
            // The file itself is the document, with and without --json.
            print!("{text}");
            return Ok(Exit::Done);
        };
        let file = folder.join(names.of(&dashboard.name));
        std::fs::create_dir_all(folder).map_err(Failure::io(folder.display()))?;
        std::fs::write(&file, text).map_err(Failure::io(file.display()))?;
        written.push(json!({ "id": dashboard.id, "name": dashboard.name, "file": file }));
    }
    cx.out.result(&json!({ "files": written }), |_| {
        let lines = written.iter().map(|w| w["file"].as_str().unwrap_or_default());
        lines.collect::<Vec<_>>().join("\n")
    });
    Ok(Exit::Done)
}

/// What a file says of a dashboard that is there.
fn content(dashboard: Dashboard) -> Result<DashboardInput, Failure> {
    let Dashboard { name, description, config, .. } = dashboard;
    let config = config.ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            "answer",
            "The server's answer is not understood",
            "A dashboard without content.",
        )
    })?;
    Ok(files::ordered(DashboardInput { name, description, config, note: None }))
}

/// What became of one file.
#[derive(Debug, Serialize)]
struct Outcome {
    file: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// `create`, `update`, `unchanged`, `conflict`.
    action: &'static str,
    changes: Vec<String>,
    done: bool,
}

/// Makes and changes dashboards as files say.
pub(crate) async fn apply(cx: &Context, api: &Api, order: Order) -> Result<Exit, Failure> {
    let steps = steps(api, &order).await?;
    let conflicts = steps.iter().filter(|s| s.conflict && !order.force).count();
    let mut outcomes: Vec<Outcome> = steps.iter().map(|step| outcome(step, order.force)).collect();
    let mut broken = None;
    if conflicts == 0 && !order.dry_run {
        for (step, outcome) in steps.iter().zip(&mut outcomes) {
            match step.run(api, &order.note).await {
                Ok(id) => {
                    outcome.done = true;
                    outcome.id = Some(id);
                }
                Err(failure) => {
                    broken = Some(failure);
                    break;
                }
            }
        }
    }
    let done = outcomes.iter().filter(|o| o.done).count();
    if let Some(failure) = broken {
        if done == 0 {
            return Err(failure);
        }
        failure.print(&cx.said(crate::terminal::Out { json: false, ..cx.out }).out);
        show(cx, &outcomes, order.dry_run);
        return Ok(Exit::Partial);
    }
    show(cx, &outcomes, order.dry_run);
    if conflicts == 0 {
        return Ok(Exit::Done);
    }
    if !cx.out.json {
        cx.out.note("Nothing was changed: what was changed in the workspace stays. Export it and merge, or say --force.");
    }
    Ok(Exit::Failed)
}

fn outcome(step: &Step, force: bool) -> Outcome {
    let action = match &step.there {
        None => "create",
        Some(_) if step.changes.is_empty() => "unchanged",
        Some(_) if step.conflict && !force => "conflict",
        Some(_) => "update",
    };
    Outcome {
        file: step.wish.file.clone(),
        name: step.wish.input.name.clone(),
        id: step.there.as_ref().map(|(id, _)| id.clone()),
        action,
        changes: step.changes.clone(),
        done: false,
    }
}

fn show(cx: &Context, outcomes: &[Outcome], dry_run: bool) {
    cx.out.result(&json!({ "dry_run": dry_run, "dashboards": outcomes }), |style| {
        let lines = outcomes.iter().map(|o| change(style, o.action, &o.name, &o.file, &o.changes));
        lines.collect::<Vec<_>>().join("\n")
    });
}

impl Step {
    /// Does it; says which dashboard it is now.
    async fn run(&self, api: &Api, note: &str) -> Result<String, Failure> {
        let input = DashboardInput { note: Some(format!("{MARK}{note}")), ..self.wish.input.clone() };
        match &self.there {
            Some((id, _)) if self.changes.is_empty() => Ok(id.clone()),
            Some((id, version)) => {
                let path = format!("/dashboards/{id}");
                api.change(Method::PUT, &path, version.as_deref(), &input).await?;
                Ok(id.clone())
            }
            None => {
                let made: Dashboard = read(&api.post("/dashboards", &input).await?)?;
                Ok(made.id.to_string())
            }
        }
    }
}
