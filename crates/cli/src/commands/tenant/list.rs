//! `insula tenant list`

use clap::{Args, ValueEnum};
use insula_model::{Plan, TenantStatus, Tier};

use super::{plan, status, tier};
use crate::client::{answers, read};
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::table::{number, table};

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Sort {
    CreatedAt,
    Slug,
    Name,
    Status,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula tenant list --search air --tier schema
  insula tenant list --sort created_at --descending --limit 20
  insula tenant list --status suspended --json | jq -r '.items[].slug'")]
pub(crate) struct List {
    /// In slug, name or id
    #[arg(long, short)]
    search: Option<String>,
    /// provisioning, active, suspended, deleted or erasing
    #[arg(long, value_parser = status)]
    status: Option<TenantStatus>,
    /// pooled, schema or database
    #[arg(long, value_parser = tier)]
    tier: Option<Tier>,
    /// free, growth or enterprise
    #[arg(long, value_parser = plan)]
    plan: Option<Plan>,
    /// In this cell
    #[arg(long)]
    cell: Option<String>,
    /// The order
    #[arg(long, value_enum, default_value = "slug")]
    sort: Sort,
    /// From high to low, from new to old
    #[arg(long)]
    descending: bool,
    /// How many at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let sort = self.sort.to_possible_value().map(|v| v.get_name().to_owned());
        let order = if self.descending { "desc" } else { "asc" };
        let query: Vec<(&str, String)> = [
            ("q", self.search),
            ("status", self.status.map(|s| s.to_string())),
            ("tier", self.tier.map(|t| t.to_string())),
            ("plan", self.plan.map(|p| p.to_string())),
            ("cell", self.cell),
            ("sort", sort),
            ("order", Some(order.to_owned())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let list = cx.api()?.all("/tenants", &query, most).await?;
        let tenants: Vec<answers::Tenant> = list.items.iter().map(read).collect::<Result<_, _>>()?;
        cx.out.result(&list, |style| {
            if tenants.is_empty() {
                return "No tenants.".to_owned();
            }
            let rows = tenants.iter().map(|t| {
                vec![
                    style.bold(&t.slug),
                    t.name.clone(),
                    style.status(&t.status),
                    t.placement.tier.clone(),
                    t.plan.clone(),
                    t.placement.cell.clone(),
                    t.url.clone(),
                ]
            });
            let head = ["slug", "name", "status", "tier", "plan", "cell", "address"];
            let mut text = table(style, &head, &[], rows.collect());
            if list.truncated {
                let total = list.total.map(|n| format!(" of {}", number(n))).unwrap_or_default();
                let shown = format!("{}{total} are shown; --limit shows more.", tenants.len());
                text.push_str(&format!("\n{}", style.dim(&shown)));
            }
            text
        });
        Ok(Exit::Done)
    }
}
