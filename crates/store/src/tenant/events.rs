//! A tenant's events: taking them in.
//!
//! What must always hold: the same id is stored once, however often and from however many sides at once it comes;
//! `accepted + duplicates + rejected` is the size of the batch; a dataset's `data_version` rises in the
//! transaction that brings it something new, so that nothing made from older events is taken for current; a
//! measure or dimension has one slot, whoever names it first. Tested in `platform/tests/it/events.rs`.

use std::sync::LazyLock;
use std::time::Duration;

use insula_model::dataset::{DIMENSION_SLOTS, MEASURE_SLOTS};
use insula_model::policy::action::EventIngest;
use insula_model::{
    DatasetDefinition, DatasetId, DatasetSource, Event, EventProblem, Mode, Result, World, Write, problem,
};
use jiff::Timestamp;
use serde_json::Value;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::datasets::Unseen;
use super::rollups::{FORGOTTEN, ROLLED_FROM};
use crate::{Permit, TenantTx};

/// How many events one statement deletes, unless more are at one instant.
const DELETED_AT_ONCE: i64 = 200_000;

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// How many are new and stored.
    pub accepted: u64,
    /// How many were stored already, or stand twice in the batch.
    pub duplicates: u64,
    /// Which were not taken, by their place in the batch, and why.
    pub rejected: Vec<(usize, EventProblem)>,
    /// Whether something was put into the outbox: call `Store::outbox_hint` before the commit.
    pub hint: bool,
}

/// The events of a transaction's tenant.
pub struct Events<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The events.
    pub fn events(&mut self) -> Events<'_, 'op, M> {
        Events(self)
    }
}

/// How events are put in that may be there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insertion {
    /// Those that are there are passed over. If another transaction stores one of them meanwhile it is
    /// `events.race`, and nothing is stored. A tenth cheaper.
    Hopeful,
    /// Others that store the same are waited for.
    Careful,
    /// For a dataset that this transaction has made, from events that each come once: none can be there.
    New,
}

/// An `INSERT` for each number of measure and dimension columns that a batch needs: columns that nobody uses are
/// neither sent nor unpacked. `unnest` stands in the list of columns, where it gives row by row; behind `FROM` each
/// array would be laid down as a whole first (measured: a tenth of the whole, a fifth for wide events).
static INSERTS: LazyLock<[Vec<String>; 3]> = LazyLock::new(|| {
    let one = |insertion: Insertion, measures: usize, dimensions: usize| {
        let (mut columns, mut arrays) = (String::new(), String::new());
        let kinds = std::iter::repeat_n(('m', "float8"), measures).enumerate();
        let kinds = kinds.chain(std::iter::repeat_n(('d', "text"), dimensions).enumerate());
        for (parameter, (slot, (letter, kind))) in (4..).zip(kinds) {
            columns.push_str(&format!(", {letter}{}", slot + 1));
            arrays.push_str(&format!(", unnest(${parameter}::{kind}[])"));
        }
        let into = format!("INSERT INTO events (tenant_id, dataset, at, id{columns})");
        let rows = format!("wall.tenant(), $1::int4, unnest($2::timestamptz[]), unnest($3::uuid[]){arrays}");
        match insertion {
            Insertion::Careful => format!("{into} SELECT {rows} ON CONFLICT (tenant_id, id) DO NOTHING"),
            Insertion::New => format!("{into} SELECT {rows}"),
            // A sub-query that stays one: each id is looked up in the index, whatever the planner guesses about
            // the size of the arrays and the table.
            Insertion::Hopeful => format!(
                "{into} SELECT * FROM (SELECT {rows}) AS e (tenant_id, dataset, at, id{columns}) \
                  WHERE (SELECT true FROM events AS present WHERE present.id = e.id) IS NULL"
            ),
        }
    };
    let all = |insertion: Insertion| {
        let widths = (0..=MEASURE_SLOTS).flat_map(|m| (0..=DIMENSION_SLOTS).map(move |d| (m, d)));
        widths.map(|(m, d)| one(insertion, m, d)).collect()
    };
    [all(Insertion::Hopeful), all(Insertion::Careful), all(Insertion::New)]
});

fn insert_of(insertion: Insertion, measures: usize, dimensions: usize) -> Result<&'static str> {
    INSERTS[insertion as usize]
        .get(measures * (DIMENSION_SLOTS + 1) + dimensions)
        .map(String::as_str)
        .ok_or_else(|| insula_model::Error::internal("an event with more slots than there are"))
}

/// The events of one dataset, column by column.
#[derive(Default)]
struct Columns<'e> {
    at: Vec<Timestamp>,
    id: Vec<Uuid>,
    measures: Vec<Vec<Option<f64>>>,
    dimensions: Vec<Vec<Option<&'e str>>>,
}

fn put<T: Copy>(columns: &mut Vec<Vec<Option<T>>>, slot: u8, row: usize, value: T) {
    let slot = usize::from(slot);
    if columns.len() < slot {
        columns.resize_with(slot, Vec::new);
    }
    let column = &mut columns[slot - 1];
    column.resize(row, None);
    column.push(Some(value));
}

impl<'e> Columns<'e> {
    fn push(&mut self, event: &'e Event, definition: &DatasetDefinition) {
        let row = self.id.len();
        self.at.push(event.at);
        self.id.push(event.id);
        for (name, value) in &event.measures {
            if let Some(measure) = definition.measure(name) {
                put(&mut self.measures, measure.slot, row, *value);
            }
        }
        for (name, value) in &event.dimensions {
            if let Some(dimension) = definition.dimension(name) {
                put(&mut self.dimensions, dimension.slot, row, value.as_str());
            }
        }
    }

    fn fill(&mut self) {
        let rows = self.id.len();
        self.measures.iter_mut().for_each(|column| column.resize(rows, None));
        self.dimensions.iter_mut().for_each(|column| column.resize(rows, None));
    }
}

/// A dataset as a batch knows it.
struct Known {
    id: DatasetId,
    number: i32,
    definition: DatasetDefinition,
    /// Not there yet, or with names that are not written down yet.
    stored: bool,
    changed: bool,
}

impl From<Unseen> for Known {
    fn from(row: Unseen) -> Self {
        let (id, number, definition) = row.slots();
        Self { id, number, definition, stored: true, changed: false }
    }
}

fn knows(definition: &DatasetDefinition, event: &Event) -> bool {
    definition.source == DatasetSource::Events
        && event.measures.iter().all(|(name, _)| definition.measure(name).is_some())
        && event
            .dimensions
            .iter()
            .all(|(name, _)| definition.dimension(name).is_some_and(|d| d.lookup.is_none()))
}

fn rejection(error: &insula_model::Error) -> EventProblem {
    EventProblem { code: error.code().to_owned(), detail: error.detail().to_owned() }
}

impl Events<'_, '_, Write> {
    /// Takes a batch in. Datasets, measures and dimensions that are not known are learnt.
    ///
    /// # Errors
    /// `events.race` for a hopeful insertion; `database.down` also when a dataset was deleted meanwhile: do it again.
    pub async fn ingest(
        &mut self,
        permit: &Permit<'_, EventIngest>,
        events: &[Event],
        insertion: Insertion,
        world: &World,
    ) -> Result<Ingested> {
        let ingested = self.insert(events, insertion, world).await?;
        self.0.used(permit, "events", &Value::Null)?;
        Ok(ingested)
    }

    pub(super) async fn insert(
        &mut self,
        events: &[Event],
        insertion: Insertion,
        world: &World,
    ) -> Result<Ingested> {
        let mut names: Vec<&str> = events.iter().map(|e| e.dataset.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let mut known = self.known(&names).await?;
        let lacks = |known: &[Known]| {
            let of = |event: &Event| known.iter().find(|k| k.definition.name == event.dataset);
            events.iter().any(|event| !of(event).is_some_and(|k| knows(&k.definition, event)))
        };
        let mut done = Ingested::default();
        if lacks(&known) {
            self.0.hold_catalogue().await?;
            // Whoever held it before may have written down what was missing.
            known = self.known(&names).await?;
            done.rejected = learn(&mut known, events);
            self.write_down(&mut known, &mut done.rejected, events, world).await?;
        }
        let (taken, twice) = taken(events, &done.rejected);
        done.duplicates = twice;
        let mut new: Vec<(Uuid, i64)> = Vec::new();
        for dataset in &known {
            let mut columns = Columns::default();
            for event in taken.iter().filter(|e| e.dataset == dataset.definition.name) {
                columns.push(event, &dataset.definition);
            }
            if columns.id.is_empty() {
                continue;
            }
            columns.fill();
            let accepted = self.insert_columns(insertion, dataset.number, &columns).await?;
            done.accepted += accepted;
            done.duplicates += columns.id.len() as u64 - accepted;
            if accepted > 0 {
                new.push((dataset.id.uuid(), i64::try_from(accepted).unwrap_or(i64::MAX)));
            }
        }
        done.hint = self.raise(&new, world).await?;
        Ok(done)
    }

    /// Removes the events of a dataset that is gone; says how many. In stretches of time, so that none of the
    /// statements meets its time limit.
    pub(super) async fn delete(&mut self, number: i32) -> Result<u64> {
        let mut deleted = 0;
        let mut from: Option<Timestamp> = None;
        loop {
            // Where the next stretch begins: so many events further, or behind all that are at one instant.
            let next = self
                .0
                .row(
                    "SELECT CASE WHEN later.at IS DISTINCT FROM $2::timestamptz THEN later.at \
                            ELSE (SELECT min(at) FROM events WHERE dataset = $1 AND at > $2) END \
                       FROM (SELECT at FROM events WHERE dataset = $1 AND ($2::timestamptz IS NULL OR at >= $2) \
                              ORDER BY at OFFSET $3 LIMIT 1) later",
                    &[&number, &from, &DELETED_AT_ONCE],
                )
                .await?;
            let next: Option<Timestamp> = next.and_then(|row| row.get(0));
            deleted += self
                .0
                .execute(
                    "DELETE FROM events WHERE dataset = $1 AND ($2::timestamptz IS NULL OR at >= $2) \
                        AND ($3::timestamptz IS NULL OR at < $3)",
                    &[&number, &from, &next],
                )
                .await?;
            if next.is_none() {
                return Ok(deleted);
            }
            from = next;
        }
    }

    async fn known(&mut self, names: &[&str]) -> Result<Vec<Known>> {
        Ok(self.0.datasets().rows(names).await?.into_iter().map(Known::from).collect())
    }

    /// Writes down the datasets and names that were learnt. Events of a dataset that finds no room are rejected.
    async fn write_down(
        &mut self,
        known: &mut Vec<Known>,
        rejected: &mut Vec<(usize, EventProblem)>,
        events: &[Event],
        world: &World,
    ) -> Result<()> {
        let mut full: Vec<(String, EventProblem)> = Vec::new();
        for dataset in known.iter_mut() {
            if !dataset.stored {
                let id = DatasetId::from_uuid(world.uuid());
                match self.0.datasets().insert(id, &dataset.definition).await {
                    Ok(made) => (dataset.id, dataset.number, _) = made.slots(),
                    Err(error) if error.is(problem::LIMIT) => {
                        full.push((dataset.definition.name.clone(), rejection(&error)));
                    }
                    Err(error) => return Err(error),
                }
            } else if dataset.changed {
                self.0.datasets().redefine(dataset.id, &dataset.definition).await?;
            }
        }
        if !full.is_empty() {
            known.retain(|k| full.iter().all(|(name, _)| *name != k.definition.name));
            for (index, event) in events.iter().enumerate() {
                let why = full.iter().find(|(name, _)| *name == event.dataset);
                if let Some((_, why)) = why.filter(|_| rejected.iter().all(|(i, _)| *i != index)) {
                    rejected.push((index, why.clone()));
                }
            }
            rejected.sort_by_key(|(index, _)| *index);
        }
        Ok(())
    }

    async fn insert_columns(
        &mut self,
        insertion: Insertion,
        number: i32,
        columns: &Columns<'_>,
    ) -> Result<u64> {
        let sql = insert_of(insertion, columns.measures.len(), columns.dimensions.len())?;
        let mut params: Vec<&(dyn ToSql + Sync)> = vec![&number, &columns.at, &columns.id];
        params.extend(columns.measures.iter().map(|c| c as &(dyn ToSql + Sync)));
        params.extend(columns.dimensions.iter().map(|c| c as &(dyn ToSql + Sync)));
        self.0.execute(sql, &params).await
    }

    /// Comes last before the commit, because the datasets' rows are locked from here on. Says whether summing up was
    /// asked for.
    async fn raise(&mut self, new: &[(Uuid, i64)], world: &World) -> Result<bool> {
        if new.is_empty() {
            return Ok(false);
        }
        let ((ids, counts), now): ((Vec<Uuid>, Vec<i64>), _) = (new.iter().copied().unzip(), world.now());
        let raised = self
            .0
            .rows(
                "WITH held AS (SELECT id, (roll_asked IS NULL OR roll_asked < $5) AS unasked FROM datasets WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE) \
                 UPDATE datasets d SET data_version = d.data_version + 1, events = d.events + n.count, \
                        roll_asked = CASE WHEN unasked AND d.events + n.count >= $3 THEN $4 ELSE roll_asked END \
                   FROM held, unnest($1::uuid[], $2::bigint[]) AS n(id, count) \
                  WHERE d.id = held.id AND n.id = held.id \
                 RETURNING d.number, d.roll_ms, unasked AND d.events >= $3",
                &[&ids, &counts, &ROLLED_FROM, &now, &(now - FORGOTTEN)],
            )
            .await?;
        if raised.len() == ids.len() {
            let due: Vec<_> = raised.iter().filter(|row| row.get(2)).collect();
            for row in &due {
                let took = Duration::from_millis(row.get::<_, i32>(1).unsigned_abs().into());
                self.0.rollups().ask(row.get(0), took, world).await?;
            }
            return Ok(!due.is_empty());
        }
        let gone = "A dataset was deleted while its events came in. Nothing was stored; send them again.";
        Err(insula_model::Error::new(problem::DATABASE_DOWN, gone).retry_after(Duration::from_secs(1)))
    }
}

/// The events that were not rejected, each once, and how many stand there again. In one order for everybody, so that
/// of two who send the same events one waits for the other and not each for the other.
fn taken<'e>(events: &'e [Event], rejected: &[(usize, EventProblem)]) -> (Vec<&'e Event>, u64) {
    let mut skip = rejected.iter().map(|(index, _)| *index).peekable();
    let mut taken: Vec<&Event> = Vec::with_capacity(events.len());
    for (index, event) in events.iter().enumerate() {
        if skip.next_if_eq(&index).is_none() {
            taken.push(event);
        }
    }
    let all = taken.len();
    // Stable: of several with one id the first of the batch stays.
    taken.sort_by_key(|event| event.id);
    taken.dedup_by_key(|event| event.id);
    let twice = all - taken.len();
    (taken, twice as u64)
}

/// Finds a dataset and slots for every event; gives those that find none, in the order of the batch.
fn learn(known: &mut Vec<Known>, events: &[Event]) -> Vec<(usize, EventProblem)> {
    let mut rejected = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let looked_up =
            known.iter().find(|k| k.definition.name == event.dataset).and_then(|k| carries(k, event));
        if let Some(why) = looked_up {
            rejected.push((index, why));
            continue;
        }
        if let Err(error) = learn_one(known, event) {
            rejected.push((index, rejection(&error)));
        }
    }
    rejected
}

/// An event of a dataset that takes none, or that carries what the dataset looks up: it would be shown nowhere.
fn carries(dataset: &Known, event: &Event) -> Option<EventProblem> {
    let source = &dataset.definition.source;
    if *source != DatasetSource::Events {
        let detail = format!(
            "{:?} shows {} and takes no events. Send them to another dataset.",
            dataset.definition.name,
            source.said()
        );
        return Some(EventProblem { code: "event.dataset".to_owned(), detail });
    }
    let named = |name: &str| dataset.definition.looked_up().find(|(d, _)| d.name == name);
    let (dimension, lookup) = event.dimensions.iter().find_map(|(name, _)| named(name))?;
    let detail = format!(
        "{} is looked up in the table {:?}: send {} instead, or send it under another name.",
        dimension.name, lookup.table, lookup.by
    );
    Some(EventProblem { code: "event.dimension".to_owned(), detail })
}

fn learn_one(known: &mut Vec<Known>, event: &Event) -> Result<()> {
    let measures = event.measures.iter().map(|(name, _)| name.as_str());
    let dimensions = event.dimensions.iter().map(|(name, _)| name.as_str());
    if let Some(dataset) = known.iter_mut().find(|k| k.definition.name == event.dataset) {
        if !knows(&dataset.definition, event) {
            dataset.changed |= dataset.definition.learn(measures, dimensions)?;
        }
        return Ok(());
    }
    let mut definition = DatasetDefinition::new(&event.dataset)?;
    definition.learn(measures, dimensions)?;
    let id = DatasetId::from_uuid(Uuid::nil());
    known.push(Known { id, number: 0, definition, stored: false, changed: false });
    Ok(())
}
