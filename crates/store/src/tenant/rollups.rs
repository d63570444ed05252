//! Sums of a tenant's events by day: which days are to be summed up, and summing them up.
//!
//! What must always hold: a day's sums are those of its events, or the day is marked. Triggers mark, in the writer's
//! transaction; whoever sums up deletes the marks that he sees *before* he reads the events, so that a writer whom he
//! misses has left a mark that stays; spans that are kept never overlap. Nobody needs the sums to be there: questions
//! read the events where they are not (`insight::rolled`). Tested in `platform/tests/it/rollups.rs`.

use std::sync::LazyLock;
use std::time::Duration;

use insula_insight::Rolled;
use insula_model::dataset::{DIMENSION_SLOTS, MEASURE_SLOTS};
use insula_model::policy::action::RollupUpdate;
use insula_model::{DatasetDefinition, Error, JobId, Mode, Result, Span, World, Write};
use jiff::Timestamp;
use serde_json::json;
use tokio_postgres::types::Json;

use super::datasets::rolled;
use super::{OutboxItem, json_of};
use crate::{Permit, TenantTx};

/// The kind of the jobs that sum up.
pub const ROLLUP_JOB: &str = "rollup";

/// Datasets with fewer events are read quickly enough.
pub const ROLLED_FROM: i64 = 10_000;

/// A dataset is summed up so often at most.
const PAUSE: Duration = Duration::from_secs(10);

/// What was asked for so long ago and has not begun was given up: it is asked for again.
pub(super) const FORGOTTEN: Duration = Duration::from_hours(1);

/// So many times as long as summing up took goes by before it is done again.
const REST: u32 = 20;

/// Sums by a dimension are kept of a day with so many values, or fewer;
const FEW: i64 = 16;
/// with more, if there are so many times as many events;
const GAIN: i64 = 8;
/// and never of more.
const MANY: i64 = 2_000;

/// The sums of a transaction's tenant.
pub struct Rollups<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The sums of its events.
    pub fn rollups(&mut self) -> Rollups<'_, 'op, M> {
        Rollups(self)
    }
}

/// A dataset that is to be summed up.
#[derive(Debug, Clone, PartialEq)]
pub struct RollState {
    /// The time zone of its days: its own, else the tenant's.
    pub time_zone: String,
    /// Which sums are kept of it, if all days were summed up before.
    pub rolled: Option<Rolled>,
    /// How many events it has,
    pub events: u64,
    /// and over how many days.
    pub days: u64,
}

/// An `INSERT` for each number of measure and dimension columns that a dataset has.
static SUM_UP: LazyLock<Vec<String>> = LazyLock::new(|| {
    let widths = (0..=MEASURE_SLOTS).flat_map(|m| (0..=DIMENSION_SLOTS).map(move |d| (m, d)));
    widths.map(|(measures, dimensions)| sum_up(measures, dimensions)).collect()
});

fn sum_up(measures: usize, dimensions: usize) -> String {
    let (measures, dimensions) = (1..=measures, 1..=dimensions);
    let list =
        |one: &dyn Fn(usize) -> String, of: std::ops::RangeInclusive<usize>| of.map(one).collect::<String>();
    let read =
        list(&|m| format!(", m{m}"), measures.clone()) + &list(&|d| format!(", d{d}"), dimensions.clone());
    let made = list(
        &|m| format!(", sum(m{m}) AS s{m}, count(m{m}) AS c{m}, min(m{m}) AS low{m}, max(m{m}) AS high{m}"),
        measures.clone(),
    );
    let kept = list(&|m| format!(", s{m}, c{m}, low{m}, high{m}"), measures);
    let slot = list(&|d| format!(" WHEN grouping(d{d}) = 0 THEN {d}"), dimensions.clone());
    let value = list(&|d| format!(" WHEN grouping(d{d}) = 0 THEN d{d}"), dimensions.clone());
    let sets = list(&|d| format!(", (s.at, d{d})"), dimensions);
    let case = |cases: String, none: &str| {
        if cases.is_empty() { none.to_owned() } else { format!("CASE{cases} ELSE {none} END") }
    };
    let (slot, value) = (case(slot, "0"), case(value, "NULL::text"));
    format!(
        "WITH spans AS (SELECT * FROM unnest($2::timestamptz[], $3::timestamptz[]) AS s(at, until)), \
         sums AS MATERIALIZED ( \
             SELECT s.at, {slot} AS slot, {value} AS value, count(e.happened) AS n{made} \
               FROM spans s LEFT JOIN LATERAL ( \
                   SELECT at AS happened{read} FROM events WHERE dataset = $1 AND at >= s.at AND at < s.until OFFSET 0 \
               ) AS e ON true \
              GROUP BY GROUPING SETS ((s.at){sets})), \
         kept AS ( \
             SELECT at, array_agg(slot ORDER BY slot) AS slots FROM ( \
                 SELECT at, slot FROM sums GROUP BY at, slot \
                 HAVING slot = 0 OR count(*) <= {FEW} OR (count(*) <= {MANY} AND count(*) * {GAIN} <= sum(n))) AS few \
              GROUP BY at) \
         INSERT INTO rollups (tenant_id, dataset, slot, at, value, bare, until, slots, n{kept}) \
         SELECT wall.tenant(), $1, slot, at, coalesce(value, ''), value IS NULL, CASE WHEN slot = 0 THEN until END, \
                CASE WHEN slot = 0 THEN slots END, n{kept} \
           FROM sums JOIN kept USING (at) JOIN spans USING (at) \
          WHERE slot = ANY (slots) AND (slot = 0 OR n > 0) ORDER BY slot, at, value"
    )
}

fn sum_up_of(definition: &DatasetDefinition) -> Result<&'static str> {
    let width = |slots: &mut dyn Iterator<Item = u8>| slots.max().map_or(0, usize::from);
    let measures = width(&mut definition.measures.iter().map(|m| m.slot));
    let dimensions = width(&mut definition.carried().map(|d| d.slot));
    let text =
        SUM_UP.get(measures * (DIMENSION_SLOTS + 1) + dimensions).filter(|_| dimensions <= DIMENSION_SLOTS);
    text.map(String::as_str).ok_or_else(|| Error::internal("a dataset with more slots than there are"))
}

impl Rollups<'_, '_, Write> {
    /// Asks for a dataset to be summed up, when it has rested. Call `Store::outbox_hint` before the commit.
    pub(super) async fn ask(&mut self, dataset: i32, took: Duration, world: &World) -> Result<()> {
        let item = OutboxItem {
            id: JobId::from_uuid(world.uuid()),
            kind: ROLLUP_JOB.to_owned(),
            payload: json!({ "dataset": dataset }),
            run_at: Some(world.now() + PAUSE.max(took * REST)),
        };
        self.0.outbox().put(&item).await
    }

    /// Asks for all that were summed up to be summed up again, because the days may be others. Says whether there are
    /// any; then call `Store::outbox_hint` before the commit.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn ask_again(&mut self, world: &World) -> Result<bool> {
        let now = world.now();
        let sql = "UPDATE datasets SET roll_asked = $1 \
                    WHERE rolled IS NOT NULL AND (roll_asked IS NULL OR roll_asked < $2) RETURNING number";
        let due = self.0.rows(sql, &[&now, &(now - FORGOTTEN)]).await?;
        for row in &due {
            self.ask(row.get(0), Duration::ZERO, world).await?;
        }
        Ok(!due.is_empty())
    }

    /// Begins to sum up a dataset: from here on, who puts events in asks for it again. Nothing, if there is no such
    /// dataset.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn begin(&mut self, _: &Permit<'_, RollupUpdate>, dataset: i32) -> Result<Option<RollState>> {
        let sql = "UPDATE datasets d SET roll_asked = NULL FROM settings s WHERE d.number = $1 \
                   RETURNING coalesce(d.definition ->> 'time_zone', s.time_zone), d.rolled, d.events, \
                             (SELECT extract(day FROM max(at) - min(at))::int8 + 1 FROM events WHERE dataset = $1)";
        let Some(row) = self.0.row(sql, &[&dataset]).await? else { return Ok(None) };
        Ok(Some(RollState {
            time_zone: row.get(0),
            rolled: rolled(row.get(1)),
            events: u64::try_from(row.get::<_, i64>(2)).unwrap_or_default(),
            days: u64::try_from(row.get::<_, Option<i64>>(3).unwrap_or_default()).unwrap_or_default(),
        }))
    }

    /// Marks every day from the first event to the last.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn mark_all(&mut self, _: &Permit<'_, RollupUpdate>, dataset: i32) -> Result<()> {
        let sql = "INSERT INTO rollup_marks (tenant_id, dataset, day) \
                   SELECT wall.tenant(), $1, day \
                     FROM (SELECT date_bin('24 hours', min(at), '2000-01-01 00:00:00+00') AS first, max(at) AS last \
                             FROM events WHERE dataset = $1) AS there, \
                          generate_series(first, last, interval '24 hours') AS day";
        self.0.execute(sql, &[&dataset]).await?;
        Ok(())
    }

    /// The first days of UTC that are marked, in order: `limit` at most.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn marked(
        &mut self,
        _: &Permit<'_, RollupUpdate>,
        dataset: i32,
        limit: u32,
    ) -> Result<Vec<Timestamp>> {
        let sql = "SELECT DISTINCT day FROM rollup_marks WHERE dataset = $1 ORDER BY day LIMIT $2";
        let rows = self.0.rows(sql, &[&dataset, &i64::from(limit)]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Sums up `days`, which are all that overlap the `marked` ones; these are no longer marked then.
    ///
    /// # Errors
    /// `database.down`, `timeout`.
    pub async fn update(
        &mut self,
        _: &Permit<'_, RollupUpdate>,
        dataset: i32,
        marked: &[Timestamp],
        days: &[Span],
    ) -> Result<()> {
        // Whoever deletes the dataset waits, and then finds what is put in here; whoever puts events in does not.
        let there = "SELECT true FROM datasets WHERE number = $1 FOR KEY SHARE";
        if self.0.row(there, &[&dataset]).await?.is_none() {
            return Ok(());
        }
        let turn = "SELECT pg_advisory_xact_lock(hashtextextended('rollup ' || wall.tenant()::text, $1))";
        self.0.rows(turn, &[&i64::from(dataset)]).await?;
        let seen = "DELETE FROM rollup_marks WHERE dataset = $1 AND day = ANY ($2)";
        self.0.execute(seen, &[&dataset, &marked]).await?;
        // Read behind the marks: a name that came with a mark that was seen has its slot here.
        let definition = "SELECT definition FROM datasets WHERE number = $1";
        let Some(row) = self.0.row(definition, &[&dataset]).await? else { return Ok(()) };
        let definition: DatasetDefinition = json_of(&row, 0)?;
        let (starts, ends): (Vec<Timestamp>, Vec<Timestamp>) =
            days.iter().map(|day| (day.from, day.to)).unzip();
        // A day is a day and a half long at most, so that one which begins much earlier does not reach so far.
        let gone = "WITH gone AS ( \
                        SELECT k.at FROM rollups k \
                         WHERE k.dataset = $1 AND k.slot = 0 \
                           AND k.at > (SELECT min(d) FROM unnest($2::timestamptz[]) d) - interval '72 hours' \
                           AND k.at < (SELECT max(d) FROM unnest($3::timestamptz[]) d) \
                           AND EXISTS (SELECT FROM unnest($2::timestamptz[], $3::timestamptz[]) AS d(at, until) \
                                        WHERE k.at < d.until AND k.until > d.at)) \
                    DELETE FROM rollups r USING gone, generate_series(0, $4) AS slots(one) \
                     WHERE r.dataset = $1 AND r.slot = slots.one AND r.at = gone.at";
        let slots = i32::try_from(DIMENSION_SLOTS).unwrap_or(i32::MAX);
        self.0.execute(gone, &[&dataset, &starts, &ends, &slots]).await?;
        self.0.execute(sum_up_of(&definition)?, &[&dataset, &starts, &ends]).await?;
        Ok(())
    }

    /// Writes down that all days of `zone` were summed up, and how long it took.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn end(
        &mut self,
        _: &Permit<'_, RollupUpdate>,
        dataset: i32,
        zone: &str,
        took: Duration,
    ) -> Result<()> {
        let took = i32::try_from(took.as_millis()).unwrap_or(i32::MAX);
        let most = "SELECT one FROM rollups k, unnest(k.slots) AS kept(one) WHERE k.dataset = $1 AND k.slot = 0 \
                    GROUP BY 1 HAVING count(*) * 10 >= 9 * \
                           (SELECT count(*) FROM rollups WHERE dataset = $1 AND slot = 0) ORDER BY 1";
        let most = self.0.rows(most, &[&dataset]).await?;
        let slots = most.iter().filter_map(|row| u8::try_from(row.get::<_, i32>(0)).ok()).collect();
        let kept = Json(Rolled { zone: zone.to_owned(), slots });
        let sql = "UPDATE datasets SET rolled = $2, roll_ms = $3 WHERE number = $1";
        self.0.execute(sql, &[&dataset, &kept, &took]).await?;
        Ok(())
    }

    /// Removes what there is of a dataset that is gone, with its events before.
    pub(super) async fn forget(&mut self, dataset: i32) -> Result<()> {
        self.0.execute("DELETE FROM rollups WHERE dataset = $1", &[&dataset]).await?;
        self.0.execute("DELETE FROM rollup_marks WHERE dataset = $1", &[&dataset]).await?;
        Ok(())
    }
}
