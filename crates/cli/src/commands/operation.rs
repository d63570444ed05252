//! `insula operation …`, and watching one.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Context, segment};
use crate::client::answers::Operation as Answer;
use crate::client::{Api, read};
use crate::failure::{Exit, Failure};
use crate::terminal::steps::Steps;
use crate::terminal::table::{facts, table};

#[derive(Debug, Subcommand)]
pub(crate) enum Operation {
    /// List operations, the newest first
    List(List),
    /// Show one operation with its steps
    Show(One),
    /// Watch an operation until it ends
    Watch(One),
    /// Undo an operation that has not passed its point of no return
    Cancel(One),
    /// Try an operation again that waits or needs a person
    Retry(One),
}

#[derive(Debug, Args)]
pub(crate) struct One {
    /// Its id, op_…
    operation: String,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// queued, running, unwinding, succeeded, failed, cancelled or stuck
    #[arg(long)]
    status: Option<String>,
    /// tenant.provision, tenant.suspend, …
    #[arg(long)]
    kind: Option<String>,
    /// Of one tenant: slug or id
    #[arg(long)]
    tenant: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
}

impl Operation {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        match self {
            Self::List(args) => args.run(cx, &api).await,
            Self::Show(one) => {
                let reply = api.get(&format!("/operations/{}", segment(&one.operation)), &[]).await?;
                let operation: Answer = reply.read()?;
                cx.out.result(&reply.body, |style| {
                    let rows = operation.steps.iter().map(|s| {
                        let took = s.ms.map(|ms| format!("{ms} ms")).unwrap_or_default();
                        vec![style.status(&s.status), s.label.clone(), took]
                    });
                    let steps = table(style, &["", "step", "took"], &[2], rows.collect());
                    let error = operation.error.as_ref().map(|e| e.detail.clone()).unwrap_or_default();
                    let took = operation.ms.map(|ms| format!("{ms} ms")).unwrap_or_default();
                    let facts = facts(
                        style,
                        &[
                            ("operation", operation.kind.clone()),
                            ("tenant", operation.slug().to_owned()),
                            ("status", style.status(&operation.status)),
                            ("attempt", operation.attempt.to_string()),
                            ("asked for", operation.created_at.clone()),
                            ("took", took),
                            ("error", error),
                        ],
                    );
                    format!("{facts}\n\n{steps}")
                });
                Ok(Exit::Done)
            }
            Self::Watch(one) => {
                let (operation, raw) = watch(cx, &api, &segment(&one.operation)).await?;
                ended(cx, &operation, &raw)
            }
            Self::Cancel(one) => {
                api.post(&format!("/operations/{}/cancel", segment(&one.operation)), &json!({})).await?;
                let (operation, raw) = watch(cx, &api, &segment(&one.operation)).await?;
                if operation.status == "cancelled" {
                    cx.out
                        .result(&raw, |_| format!("{} is cancelled; what it did is undone.", operation.kind));
                    return Ok(Exit::Done);
                }
                ended(cx, &operation, &raw)
            }
            Self::Retry(one) => {
                api.post(&format!("/operations/{}/retry", segment(&one.operation)), &json!({})).await?;
                let (operation, raw) = watch(cx, &api, &segment(&one.operation)).await?;
                ended(cx, &operation, &raw)
            }
        }
    }
}

impl List {
    async fn run(self, cx: &Context, api: &Api) -> Result<Exit, Failure> {
        let query: Vec<(&str, String)> =
            [("status", self.status), ("kind", self.kind), ("tenant", self.tenant)]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect();
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let list = api.all("/operations", &query, most).await?;
        let operations: Vec<Answer> = list.items.iter().map(read).collect::<Result<_, _>>()?;
        cx.out.result(&list, |style| {
            if operations.is_empty() {
                return "No operations.".to_owned();
            }
            let rows = operations.iter().map(|o| {
                let took = o.ms.map(|ms| format!("{ms} ms")).unwrap_or_default();
                let status = style.status(&o.status);
                vec![o.kind.clone(), o.slug().to_owned(), status, took, o.created_at.clone(), o.id.clone()]
            });
            table(style, &["operation", "tenant", "status", "took", "asked for", "id"], &[3], rows.collect())
        });
        Ok(Exit::Done)
    }
}

/// Watches an operation until it ends; its steps tick off on standard error.
pub(crate) async fn watch(cx: &Context, api: &Api, id: &str) -> Result<(Answer, Value), Failure> {
    let mut steps = Steps::new(cx.out);
    api.follow(id, |operation| steps.show(operation)).await
}

/// The end of a command whose operation has ended.
pub(crate) fn ended(cx: &Context, operation: &Answer, raw: &Value) -> Result<Exit, Failure> {
    if operation.status == "succeeded" {
        cx.out.result(raw, |_| format!("{} succeeded.", operation.kind));
        return Ok(Exit::Done);
    }
    let what = match operation.status.as_str() {
        "cancelled" => "The operation was cancelled",
        "stuck" => "The operation needs a person",
        _ => "The operation failed",
    };
    let why = operation.error.as_ref().map(|e| e.detail.clone()).unwrap_or_default();
    let undone = match operation.status.as_str() {
        "stuck" => format!("`insula operation retry {}` tries it again.", operation.id),
        _ => "What it had done is undone.".to_owned(),
    };
    let code = operation.error.as_ref().map_or("operation.failed", |e| e.code.as_str());
    Err(Failure::new(Exit::Failed, code, what, format!("{} of {}: {why}", operation.kind, operation.slug()))
        .hint(undone))
}
