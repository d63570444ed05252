//! Bringing a CSV file in over the public API: tenants made where they are missing, rows sent in batches, several at once,
//! resumable, bad rows kept aside, every row accounted for.
//!
//! What must always hold: rows of the file = stored + kept aside, when it ends; sending the same file again changes
//! nothing. Tested with the real binary in `tests/it/import.rs`.

mod aside;
mod columns;
mod dashboard;
pub(crate) mod rows;
mod send;
mod slug;
mod state;
mod summary;
mod survey;
mod tenants;
mod time;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use insula_model::Slug;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use self::aside::Aside;
pub(crate) use self::columns::{Wanted, WantedTime};
use self::rows::Rows;
use self::send::Sending;
use self::state::State;
use self::survey::Survey;
pub(crate) use self::tenants::Making;
use self::tenants::Target;
use crate::client::Api;
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::phase::Phase;
use crate::terminal::table::number;

/// How long a server that restarts, or that asks for patience, is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is written down how far we are.
const CHECKPOINT: Duration = Duration::from_secs(1);
/// How often progress is said where nobody watches live.
const REPORT: Duration = Duration::from_secs(5);

/// What is to be done.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) file: PathBuf,
    pub(crate) delimiter: u8,
    pub(crate) wanted: Wanted,
    /// The one tenant of all rows, where there is no column.
    pub(crate) tenant: Option<String>,
    pub(crate) prefix: String,
    pub(crate) making: Option<Making>,
    pub(crate) dashboard: bool,
    pub(crate) at_once: usize,
    pub(crate) restart: bool,
}

/// Brings the file in.
pub(crate) async fn run(cx: &Context, order: Order) -> Result<Exit, Failure> {
    let begun = Instant::now();
    let api = cx.api()?.patient(PATIENCE);
    let phase = Phase::begin(cx.out, "file");
    let (file, wanted, delimiter) = (order.file.clone(), order.wanted.clone(), order.delimiter);
    let surveyed = tokio::task::spawn_blocking(move || survey::survey(&file, &wanted, delimiter)).await;
    let Survey { digest, rows, tenants: mut values } = surveyed
        .map_err(|e| Failure::new(Exit::Failed, "internal", "The file could not be read", e.to_string()))?
        .map_err(Failure::usage)?;
    if let Some(tenant) = &order.tenant {
        values = BTreeMap::from([(String::new(), rows)]);
        let _: Slug = tenant.parse().map_err(|e: insula_model::Error| Failure::usage(e.detail()))?;
    }
    phase.done(&format!("{} rows of {} tenants", number(rows), values.len()));

    let slugs = match &order.tenant {
        Some(tenant) => {
            slug::of_all([tenant], "").map(|s| s.into_values().map(|slug| (String::new(), slug)).collect())
        }
        None => slug::of_all(values.keys(), &order.prefix),
    };
    let slugs: slug::Slugs = slugs.map_err(Failure::usage)?;
    let prefix = format!("{digest}-{}", order.wanted.dataset);
    let path = state::beside(&order.file);
    let mut state = State::open(&path, &fingerprint(&order, &prefix), api.base());
    if order.restart {
        state.sent = 0;
    }
    let name = order.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let why = format!("insula import csv {name}");
    let prepared = tenants::prepare(cx, &api, &slugs, order.making.as_ref(), &mut state, &why).await;
    // Passwords of tenants that were made are in it, whatever happened then.
    state.keep(&path).map_err(Failure::io(path.display()))?;
    let targets = prepared?;

    let mut work = Work::open(&order, &api, &targets, &prefix, state, cx.world.now())?;
    for target in targets.values() {
        let there = api.at(&target.url, &target.key);
        dashboard::declare(&there, work.rows.columns(), &order.wanted.time_zone).await?;
    }
    let bar = bar(cx, rows);
    let sent = work.send(cx, &bar, rows, &path).await;
    bar.finish_and_clear();
    if let Err(failure) = sent {
        let at = work.state.sent;
        return Err(failure.hint(format!(
            "{} of {} rows are done. The same command goes on from there.",
            number(at),
            number(rows)
        )));
    }
    if order.dashboard {
        dashboards(&api, &order.wanted, &targets, &work).await?;
    }
    let took = begun.elapsed();
    Ok(summary::print(cx, &order, &targets, &work.sending.counts, rows, work.aside.count(), took))
}

fn fingerprint(order: &Order, prefix: &str) -> String {
    let text = format!("{prefix} {:?} {:?} {}", order.wanted, order.tenant, order.prefix);
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

fn bar(cx: &Context, rows: u64) -> ProgressBar {
    if !cx.out.live {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(rows);
    let template = "  {spinner} {bar:32.cyan/dim} {human_pos} of {human_len} rows  {msg}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// The rows on their way.
struct Work<'a> {
    rows: Rows<BufReader<File>>,
    sending: Sending<'a>,
    aside: Aside,
    state: State,
    /// From the first event to the last.
    span: Option<(Timestamp, Timestamp)>,
}

impl Work<'_> {
    fn open(
        order: &Order,
        api: &Api,
        targets: &BTreeMap<String, Target>,
        prefix: &str,
        state: State,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let file = File::open(&order.file).map_err(Failure::io(order.file.display()))?;
        let input = BufReader::with_capacity(1 << 20, file);
        let rows = Rows::open(input, &order.wanted, order.delimiter, prefix, now).map_err(Failure::usage)?;
        let apis = targets.iter().map(|(value, t)| (value.clone(), api.at(&t.url, &t.key))).collect();
        let kept = state::rejected(&order.file);
        let aside = Aside::open(&kept, rows.header(), state.sent).map_err(Failure::io(kept.display()))?;
        Ok(Self { rows, sending: Sending::new(apis, order.at_once), aside, state, span: None })
    }

    async fn send(
        &mut self,
        cx: &Context,
        bar: &ProgressBar,
        total: u64,
        path: &std::path::Path,
    ) -> Result<(), Failure> {
        let begun = Instant::now();
        let (mut checkpoint, mut report) = (begun, begun);
        let former = self.state.sent;
        // What the API refused in a former run is in the file of rows kept aside, and not in the database.
        let refused_before = self.aside.former().clone();
        loop {
            let next = self.rows.next().map_err(Failure::io("the file"))?;
            let Some(row) = next else { break };
            match row {
                Err(rejected) => self.keep_aside(&rejected)?,
                Ok(row) => {
                    let at: Option<Timestamp> = row.event.at.parse().ok();
                    if let Some(at) = at {
                        let (from, to) = self.span.unwrap_or((at, at));
                        self.span = Some((from.min(at), to.max(at)));
                    }
                    if row.number <= former {
                        let count = self.sending.counts.entry(row.tenant.clone()).or_default();
                        if refused_before.contains(&row.number) {
                            count.rejected += 1;
                        } else {
                            count.before += 1;
                        }
                        continue;
                    }
                    let fields = self.rows.fields();
                    for rejected in self.sending.put(row, fields).await? {
                        self.keep_aside(&rejected)?;
                    }
                }
            }
            if checkpoint.elapsed() >= CHECKPOINT {
                checkpoint = Instant::now();
                self.checkpoint(former, path)?;
                let done = self.rows.number();
                let rate = rate(done.saturating_sub(former), begun.elapsed());
                bar.set_position(done);
                bar.set_message(format!("{rate} rows/s"));
                if !cx.out.live && report.elapsed() >= REPORT {
                    report = Instant::now();
                    cx.out.note(format!("  {} of {} rows, {rate} rows/s", number(done), number(total)));
                }
            }
        }
        for rejected in self.sending.finish().await? {
            self.keep_aside(&rejected)?;
        }
        self.state.done = true;
        self.checkpoint(former, path)
    }

    fn keep_aside(&mut self, rejected: &rows::Rejected) -> Result<(), Failure> {
        self.aside.put(rejected).map_err(Failure::io("the file of rows that are kept aside"))
    }

    /// First what was kept aside, then how far we are: the mark never runs ahead.
    fn checkpoint(&mut self, former: u64, path: &std::path::Path) -> Result<(), Failure> {
        self.aside.flush().map_err(Failure::io("the file of rows that are kept aside"))?;
        self.state.sent = self.sending.mark(self.rows.number() + 1).max(former);
        self.state.keep(path).map_err(Failure::io(path.display()))
    }
}

fn rate(rows: u64, elapsed: Duration) -> String {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    number(rows.saturating_mul(1000) / millis)
}

/// A dashboard of what was brought in, for each tenant that has some of it.
async fn dashboards(
    api: &Api,
    wanted: &Wanted,
    targets: &BTreeMap<String, Target>,
    work: &Work<'_>,
) -> Result<(), Failure> {
    let Some((from, to)) = work.span else { return Ok(()) };
    let zone = jiff::tz::TimeZone::get(&wanted.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let end = day(to).tomorrow().unwrap_or(day(to));
    for (value, target) in targets {
        if work.sending.counts.get(value).is_some_and(|c| c.stored() > 0) {
            let there = api.at(&target.url, &target.key);
            dashboard::ensure(&there, &wanted.dataset, day(from), end).await?;
        }
    }
    Ok(())
}
