//! `insula tenant suspend|resume|delete`

use clap::Args;
use serde_json::{Value, json};

use crate::client::answers::{Operation, Tenant};
use crate::client::{Api, read};
use crate::commands::operation::{ended, watch};
use crate::commands::{Context, segment};
use crate::failure::{Exit, Failure};
use crate::terminal::ask;

#[derive(Debug, Args)]
pub(crate) struct Suspend {
    /// Slug or id
    tenant: String,
    /// Why; the tenant's audit log has it
    #[arg(long)]
    reason: Option<String>,
    /// Do not wait for it
    #[arg(long)]
    no_wait: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// Slug or id
    tenant: String,
    /// Why; the tenant's audit log has it
    #[arg(long)]
    reason: Option<String>,
    /// Do not wait for it
    #[arg(long)]
    no_wait: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula tenant delete umbrella            can be brought back with `insula tenant resume` until its quarantine ends
  insula tenant delete umbrella --now --yes   everything of it is gone")]
pub(crate) struct Delete {
    /// Slug or id
    tenant: String,
    /// For good and at once, without quarantine
    #[arg(long)]
    now: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Why; the tenant's audit log has it
    #[arg(long)]
    reason: Option<String>,
    /// Do not wait for it
    #[arg(long)]
    no_wait: bool,
}

impl Suspend {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let path = format!("/tenants/{}/suspend", segment(&self.tenant));
        change(cx, &cx.api()?, &path, &reason(self.reason), self.no_wait, "is suspended").await
    }
}

impl Resume {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let path = format!("/tenants/{}/resume", segment(&self.tenant));
        change(cx, &cx.api()?, &path, &reason(self.reason), self.no_wait, "is active").await
    }
}

impl Delete {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        let path = format!("/tenants/{}", segment(&self.tenant));
        let tenant: Tenant = api.get(&path, &[]).await?.read()?;
        let slug = tenant.slug;
        if !self.yes {
            let what = if self.now {
                format!("{} ({slug}) and all its data will be gone for good.", tenant.name)
            } else {
                format!(
                    "{} ({slug}) will be closed, and removed for good when its quarantine ends.",
                    tenant.name
                )
            };
            ask::confirm(&cx.out, &slug, &what)?;
        }
        let mut body = json!({ "confirm": slug, "now": self.now });
        if let Some(reason) = self.reason {
            body["reason"] = Value::from(reason);
        }
        let done = if self.now { "is gone" } else { "is deleted; `insula tenant resume` brings it back" };
        change(cx, &api, &format!("{path}/delete"), &body, self.no_wait, done).await
    }
}

fn reason(reason: Option<String>) -> Value {
    reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }))
}

async fn change(
    cx: &Context,
    api: &Api,
    path: &str,
    body: &Value,
    no_wait: bool,
    done: &str,
) -> Result<Exit, Failure> {
    let asked = api.post(path, body).await?;
    let operation: Operation = read(&asked)?;
    if no_wait {
        cx.out.result(&asked, |_| format!("{} is under way: {}", operation.kind, operation.id));
        return Ok(Exit::Done);
    }
    let slug = operation.slug().to_owned();
    let (operation, raw) = watch(cx, api, &operation.id).await?;
    if operation.status != "succeeded" {
        return ended(cx, &operation, &raw);
    }
    cx.out.result(&raw, |style| format!("{} {done}.", style.bold(&slug)));
    Ok(Exit::Done)
}
