//! `insula migrate`: every database and every tenant at the newest version.

use std::time::Duration;

use clap::Args;
use insula_store::{MigrationReport, Store, Tasks};

use super::Context;
use super::node::{Where, control};
use crate::args::given;
use crate::failure::{Exit, Failure};
use crate::terminal::phase::Phase;
use crate::terminal::table::{number, table};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula migrate --status
  insula migrate --data /var/lib/insula

Exit code 5: some targets could not be brought up to date; the others are.")]
pub(crate) struct Migrate {
    #[command(flatten)]
    place: Where,
    /// Change nothing; say what is behind
    #[arg(long)]
    status: bool,
}

impl Migrate {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let effective = cx.configuration(given([("data.dir", "--data", self.place.flag())]))?;
        let _logging = crate::logging::start(&effective.config, &cx.out, "warn")?;
        let tasks = Tasks::default();
        let store =
            Store::open(control(&effective)?, effective.config.pools, cx.world.clone(), tasks.clone())
                .await?;
        let phase = Phase::begin(cx.out, "migrations");
        let report = if self.status {
            store.migration_status().await
        } else {
            store.migrate_all(|done, total| phase.doing(format!("{done} of {total}"))).await
        };
        store.close();
        tasks.finish(Duration::from_secs(5)).await;
        let report = report?;
        drop(phase);
        cx.out.result(&report, |style| {
            let rows = report.databases.iter().map(|d| {
                let behind = if d.behind == 0 { style.dim("0") } else { style.yellow(&d.behind.to_string()) };
                vec![d.cell.clone(), d.database.clone(), number(d.targets), number(d.changed), behind]
            });
            let head = ["cell", "database", "targets", "changed", "behind"];
            let mut text = table(style, &head, &[2, 3, 4], rows.collect());
            text.push_str(&format!("\nThe newest version is {}.", report.latest));
            for failure in &report.failed {
                let what = format!(
                    "{}/{}: migration {}: {}",
                    failure.database, failure.target, failure.version, failure.message
                );
                text.push_str(&format!("\n{} {what}", style.red("✗")));
            }
            text
        });
        Ok(if report.failed.is_empty() { Exit::Done } else { Exit::Partial })
    }
}

/// What `up` does before it serves: tenants that a former binary made get what this one expects.
pub(crate) async fn before_serving(cx: &Context, store: &Store) -> Result<(), Failure> {
    let phase = Phase::begin(cx.out, "migrations");
    let report: MigrationReport =
        store.migrate_all(|done, total| phase.doing(format!("{done} of {total}"))).await?;
    let (targets, changed) = (report.targets(), report.changed());
    if !report.failed.is_empty() {
        let (failed, first) = (report.failed.len(), &report.failed[0]);
        phase.warn(&format!(
            "{failed} of {targets} targets could not be brought up to date; the first is {}/{}: {}. See `insula migrate \
             --status`.",
            first.database, first.target, first.message
        ));
    } else if changed > 0 {
        phase.done(&format!(
            "{changed} of {targets} targets brought to version {} in {}",
            report.latest,
            phase.took()
        ));
    }
    Ok(())
}
