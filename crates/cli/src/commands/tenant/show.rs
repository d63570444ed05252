//! `insula tenant show`

use clap::Args;
use serde_json::{Value, json};

use crate::client::answers::{Operation, Tenant};
use crate::client::read;
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::table::{facts, number, table};

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Slug or id
    tenant: String,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        let path = format!("/tenants/{}", super::super::segment(&self.tenant));
        let reply = api.get(&path, &[]).await?;
        let tenant: Tenant = reply.read()?;
        // A tenant that is not open has no usage to ask for; that is no reason to show nothing.
        let usage = api.get(&format!("{path}/usage"), &[]).await.map(|r| r.body).unwrap_or_default();
        let operations =
            api.all(&format!("{path}/operations"), &[], 5).await.map(|l| l.items).unwrap_or_default();
        let recent: Vec<Operation> = operations.iter().map(read).collect::<Result<_, _>>()?;
        let document = json!({ "tenant": reply.body, "usage": usage, "operations": operations });
        cx.out.result(&document, |style| {
            let place = &tenant.placement;
            let mut text = facts(
                style,
                &[
                    ("tenant", format!("{} ({})", style.bold(&tenant.name), tenant.slug)),
                    ("status", style.status(&tenant.status)),
                    ("address", tenant.url.clone()),
                    ("plan", tenant.plan.clone()),
                    ("tier", place.tier.clone()),
                    (
                        "placed in",
                        format!("cell {}, database {}, schema {}", place.cell, place.database, place.schema),
                    ),
                    ("since", tenant.created_at.clone()),
                    ("gone on", tenant.purge_at.clone().unwrap_or_default()),
                    ("holds", holds(&usage)),
                    ("id", tenant.id.clone()),
                ],
            );
            if !recent.is_empty() {
                let rows = recent.iter().map(|o| {
                    let took = o.ms.map(|ms| format!("{ms} ms")).unwrap_or_default();
                    vec![o.kind.clone(), style.status(&o.status), took, o.created_at.clone(), o.id.clone()]
                });
                let head = ["operation", "status", "took", "asked for", "id"];
                text.push_str("\n\n");
                text.push_str(&table(style, &head, &[2], rows.collect()));
            }
            text
        });
        Ok(Exit::Done)
    }
}

fn holds(usage: &Value) -> String {
    let count = |name: &str| usage.get(name).and_then(Value::as_u64).map(|n| format!("{} {name}", number(n)));
    let parts: Vec<String> =
        ["events", "datasets", "dashboards", "members", "bytes"].into_iter().filter_map(count).collect();
    parts.join(", ")
}
