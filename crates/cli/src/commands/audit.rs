//! `insula audit …`

use clap::{Args, Subcommand};
use futures_util::{StreamExt, stream};
use insula_store::AuditVerdict;
use serde_json::{Value, json};

use super::{Context, segment};
use crate::client::answers::Tenant;
use crate::client::{Api, read};
use crate::failure::{Exit, Failure};
use crate::terminal::phase::Phase;
use crate::terminal::table::{number, table};

/// What the tenants' audit logs say about our looking into them.
const REASON: &str = "insula audit verify: checking the chain of hashes";

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Print a tenant's audit log, the newest first
    List(List),
    /// Check that every row of a tenant's audit log is what it was when it was written, and that none is missing
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Slug or id
    tenant: String,
    /// Why you look: 8 characters or more; the tenant's audit log has it
    #[arg(long, default_value = "insula audit list: looking at the audit log")]
    reason: String,
    /// How many at most
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula audit verify acme
  insula audit verify --all --json | jq '.[] | select(.ok | not)'

Exit code 1: a log was changed.")]
pub(crate) struct Verify {
    /// Slug or id
    #[arg(required_unless_present = "all")]
    tenant: Option<String>,
    /// Every tenant that is not being removed
    #[arg(long, conflicts_with = "tenant")]
    all: bool,
}

impl Audit {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        match self {
            Self::List(args) => args.run(cx, &api).await,
            Self::Verify(args) => args.run(cx, &api).await,
        }
    }
}

impl List {
    async fn run(self, cx: &Context, api: &Api) -> Result<Exit, Failure> {
        let path = format!("/tenants/{}/audit", segment(&self.tenant));
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let list = api.all(&path, &[("reason", self.reason)], most).await?;
        cx.out.result(&list, |style| {
            let text = |row: &Value, at: &str| match row.pointer(at) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Null) | None => String::new(),
                Some(other) => other.to_string(),
            };
            let rows = list.items.iter().map(|row| {
                let mut cells: Vec<String> = ["/seq", "/at", "/action", "/actor/name", "/subject"]
                    .iter()
                    .map(|at| text(row, at))
                    .collect();
                cells[2] = style.bold(&cells[2]);
                cells
            });
            table(style, &["#", "at", "action", "who", "what"], &[0], rows.collect())
        });
        Ok(Exit::Done)
    }
}

impl Verify {
    async fn run(self, cx: &Context, api: &Api) -> Result<Exit, Failure> {
        let tenants: Vec<(String, String)> = match self.tenant {
            Some(tenant) => vec![(segment(&tenant), tenant)],
            None => {
                let list = api.all("/tenants", &[("sort", "slug".to_owned())], 1_000_000).await?;
                let all: Vec<Tenant> = list.items.iter().map(read).collect::<Result<_, _>>()?;
                let there =
                    all.into_iter().filter(|t| !matches!(t.status.as_str(), "provisioning" | "erasing"));
                there.map(|t| (t.id, t.slug)).collect()
            }
        };
        let phase = Phase::begin(cx.out, "audit logs");
        let (total, mut done) = (tenants.len(), 0);
        let mut checking = stream::iter(tenants)
            .map(|(selector, slug)| async move {
                let path = format!("/tenants/{selector}/audit/verify");
                let reply = api.get(&path, &[("reason", REASON.to_owned())]).await?;
                Ok::<_, Failure>((slug, reply.read::<AuditVerdict>()?))
            })
            .buffer_unordered(4);
        let mut verdicts = Vec::new();
        while let Some(verdict) = checking.next().await {
            verdicts.push(verdict?);
            done += 1;
            phase.doing(format!("{done} of {total}"));
        }
        drop(phase);
        verdicts.sort_by(|a, b| a.0.cmp(&b.0));
        let ok = verdicts.iter().all(|(_, v)| v.ok);
        let document: Vec<Value> = verdicts
            .iter()
            .map(|(slug, verdict)| {
                let mut row = json!(verdict);
                row["tenant"] = Value::from(slug.as_str());
                row
            })
            .collect();
        cx.out.result(&document, |style| {
            let rows = verdicts.iter().map(|(slug, v)| {
                let how = match (v.ok, v.first_bad) {
                    (true, _) => style.green("whole"),
                    (false, Some(seq)) => style.red(&format!("changed at row {seq}")),
                    (false, None) => style.red("changed"),
                };
                let rows = number(u64::try_from(v.rows).unwrap_or_default());
                let kept = number(u64::try_from(v.anchored).unwrap_or_default());
                let what = v.what.clone().unwrap_or_default();
                vec![slug.clone(), rows, kept, how, what, style.dim(&v.head.hash)]
            });
            table(style, &["tenant", "rows", "anchored", "chain", "", "head"], &[1, 2], rows.collect())
        });
        Ok(if ok { Exit::Done } else { Exit::Failed })
    }
}
