//! `insula embed usage`.

use clap::Args;
use insula_model::{DashboardId, EmbedUsage, Scope};
use jiff::civil::Date;

use super::Whose;
use crate::commands::Context;
use crate::dashboards;
use crate::failure::{Exit, Failure};
use crate::terminal::table::{number, table};

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  insula embed usage acme --from 2026-11-01 --to 2026-12-01 --json | jq '[.items[].loads] | add'")]
pub(crate) struct Usage {
    #[command(flatten)]
    whose: Whose,
    /// The first day, in UTC; thirty days ago if absent
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// The first day after; tomorrow if absent
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
}

impl Usage {
    pub(super) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = self.whose.open(cx, &[Scope::EmbedsMint, Scope::DashboardsRead]).await?.api;
        let days = [("from", self.from), ("to", self.to)];
        let query: Vec<_> =
            days.into_iter().filter_map(|(name, day)| Some((name, day?.to_string()))).collect();
        let usage: EmbedUsage = api.get("/embed-usage", &query).await?.read()?;
        // A key that may not list dashboards still counts them.
        let known = if cx.out.json { Vec::new() } else { dashboards::list(&api).await.unwrap_or_default() };
        let name = |id: DashboardId| {
            known.iter().find(|d| d.id == id).map_or_else(|| id.to_string(), |d| d.name.clone())
        };
        let count = |n: i64| number(u64::try_from(n).unwrap_or_default());
        cx.out.result(&usage, |style| {
            let rows = usage.items.iter().map(|day| {
                let counts = [day.loads, day.viewers, day.query_ms, day.refused];
                let mut row = vec![day.day.to_string(), style.bold(&name(day.dashboard))];
                row.extend(counts.map(count));
                row
            });
            let heads = ["day", "dashboard", "loads", "viewers", "query ms", "refused"];
            table(style, &heads, &[2, 3, 4, 5], rows.collect())
        });
        Ok(Exit::Done)
    }
}
