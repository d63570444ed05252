//! A tenant's datasets: what their events mean, and how many there are.
//!
//! What must always hold: slots and numbers are given out under `hold_catalogue` only, so that two who do it at
//! once take turns; a number is given once and never again; events of a deleted dataset go with it in the same
//! transaction; who may not see a dataset finds that it is not there. That is by construction: a row is an [`Unseen`],
//! and what questions are compiled from is a [`StoredDataset`], which [`Unseen::seen`] makes of it and nothing else can.
//! Tested in `platform/tests/it/datasets.rs` and `dataset_sight.rs`.

use insula_insight::{Rolled, Source};
use insula_model::policy::action::{DatasetDelete, DatasetUpdate};
use insula_model::{
    Dataset, DatasetDefinition, DatasetId, DatasetPut, DatasetSource, Error, Mode, Result, Write, problem,
};
use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::json_of;
use crate::{Permit, TenantTx};

/// Datasets of one tenant.
pub const MAX_DATASETS: usize = 200;

/// A dataset with what only the engine needs to know of it, for somebody who may see it: there is no other way to one.
///
/// ```compile_fail
/// // refused: private
/// fn unasked(dataset: insula_model::Dataset) -> insula_store::StoredDataset {
///     insula_store::StoredDataset { dataset, number: 1, data_version: 1, seen: todo!() }
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDataset {
    /// The dataset.
    pub dataset: Dataset,
    /// Its number in the events.
    pub number: i32,
    /// Rises with every batch that brought something new.
    pub data_version: i64,
    /// Which sums are kept of it, if any are.
    pub rolled: Option<Rolled>,
    seen: Seen,
}

impl StoredDataset {
    /// As questions need it.
    #[must_use]
    pub fn source(&self) -> Source<'_> {
        let definition = &self.dataset.definition;
        Source { definition, number: self.number, rolled: self.rolled.as_ref() }
    }
}

/// That whoever asked may see it. Made in this file only.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen;

/// A dataset as it stands in its row, whoever asks.
pub(super) struct Unseen {
    dataset: Dataset,
    number: i32,
    data_version: i64,
    rolled: Option<Rolled>,
}

impl Unseen {
    pub(super) fn new(dataset: Dataset, number: i32, data_version: i64, rolled: Option<Rolled>) -> Self {
        Self { dataset, number, data_version, rolled }
    }

    /// From id, definition, version, events, time of the change, number, version of the data and sums that are kept.
    pub(super) fn of(row: &Row) -> Result<Self> {
        let dataset = Dataset {
            id: DatasetId::from_uuid(row.get(0)),
            definition: json_of(row, 1)?,
            version: row.get(2),
            events: u64::try_from(row.get::<_, i64>(3)).ok(),
            updated_at: row.get(4),
        };
        let rolled = rolled(row.get(7));
        Ok(Self::new(dataset, row.get(5), row.get(6), rolled))
    }

    /// The dataset, if the one whose transaction this is may see it.
    pub(super) fn seen<M: Mode>(self, tx: &TenantTx<'_, M>) -> Option<StoredDataset> {
        let Self { dataset, number, data_version, rolled } = self;
        let may = dataset.definition.seen_by(tx.op().sight());
        may.then_some(StoredDataset { dataset, number, data_version, rolled, seen: Seen })
    }

    /// Where the values of events go. Whoever may send events may send them to every dataset, and is told no more of it than
    /// whether they were taken.
    pub(super) fn slots(self) -> (DatasetId, i32, DatasetDefinition) {
        (self.dataset.id, self.number, self.dataset.definition)
    }
}

/// The datasets of a transaction's tenant.
pub struct Datasets<'t, 'op, M: Mode>(pub(super) &'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The datasets.
    pub fn datasets(&mut self) -> Datasets<'_, 'op, M> {
        Datasets(self)
    }
}

/// Which sums are kept. Only a hint: one that another version of the product wrote otherwise is none.
pub(super) fn rolled(hint: Option<serde_json::Value>) -> Option<Rolled> {
    hint.and_then(|hint| serde_json::from_value(hint).ok())
}

fn absent(name: &str) -> Error {
    Error::not_found("dataset", name)
}

impl<M: Mode> Datasets<'_, '_, M> {
    /// All that there are for whoever asks, by name; at most [`MAX_DATASETS`].
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self) -> Result<Vec<StoredDataset>> {
        let rows = self
            .0
            .rows(
                "SELECT id, definition, version, events, updated_at, number, data_version, rolled FROM datasets ORDER BY name",
                &[],
            )
            .await?;
        let all = rows.iter().map(Unseen::of).collect::<Result<Vec<_>>>()?;
        Ok(all.into_iter().filter_map(|d| d.seen(self.0)).collect())
    }

    /// The one of a name.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn view(&mut self, name: &str) -> Result<StoredDataset> {
        let there = self.rows(&[name]).await?.pop();
        there.and_then(|d| d.seen(self.0)).ok_or_else(|| absent(name))
    }

    /// Those of these names that there are, whoever asks.
    pub(super) async fn rows(&mut self, names: &[&str]) -> Result<Vec<Unseen>> {
        let rows = self
            .0
            .rows(
                "SELECT id, definition, version, events, updated_at, number, data_version, rolled FROM datasets \
                  WHERE name = ANY($1) ORDER BY name",
                &[&names],
            )
            .await?;
        rows.iter().map(Unseen::of).collect()
    }
}

impl Datasets<'_, '_, Write> {
    /// Declares a dataset: makes it with `id`, or changes what is said of it. Says whether it was made.
    ///
    /// # Errors
    /// `version.required` for one that exists when `expected` is none; `version.stale`; `input.invalid`;
    /// `dataset.full`; `dataset.taken` for the name of one that is not to be seen; `limit.reached`.
    pub async fn put(
        &mut self,
        permit: &Permit<'_, DatasetUpdate>,
        id: DatasetId,
        name: &str,
        put: &DatasetPut,
        expected: Option<i64>,
    ) -> Result<(StoredDataset, bool)> {
        put.within(self.0.op().sight())?;
        self.0.hold_catalogue().await?;
        let Some(there) = self.rows(&[name]).await?.pop() else {
            if expected.is_some() {
                return Err(absent(name));
            }
            let source = put.source.clone().unwrap_or(DatasetSource::Events);
            let mut definition = DatasetDefinition::of_source(name, source)?;
            self.declare(put, &mut definition).await?;
            let made = self.insert(id, &definition).await?.seen(self.0).ok_or_else(|| absent(name))?;
            let said = json!({ "name": name, "created": true, "visible_to": definition.visible_to });
            self.0.used(permit, made.dataset.id, &said)?;
            return Ok((made, true));
        };
        let known =
            there.seen(self.0).ok_or_else(|| if expected.is_some() { absent(name) } else { taken() })?;
        super::expect_version(expected, known.dataset.version)?;
        let mut definition = known.dataset.definition.clone();
        self.declare(put, &mut definition).await?;
        let changed = self.redefine(known.dataset.id, &definition).await?;
        let changed = changed.seen(self.0).ok_or_else(|| absent(name))?;
        let version = changed.dataset.version;
        let said = json!({ "name": name, "version": version, "visible_to": definition.visible_to });
        self.0.used(permit, changed.dataset.id, &said)?;
        Ok((changed, false))
    }

    /// Applies a declaration, and finds the tables that it is about. Whoever holds the catalogue knows that the tables and
    /// columns stay.
    async fn declare(&mut self, put: &DatasetPut, definition: &mut DatasetDefinition) -> Result<()> {
        let looks_up = put.dimensions.iter().any(|d| d.lookup.is_some());
        let over = match &definition.source {
            DatasetSource::Table(name) => Some(name.clone()),
            DatasetSource::Events | DatasetSource::EmbedUsage => None,
        };
        let tables = match looks_up || over.is_some() {
            true => self.0.tables().sources().await?,
            false => Vec::new(),
        };
        if let Some(name) = over {
            let table = tables.iter().find(|t| t.definition.name == name).ok_or_else(|| {
                let names: Vec<&str> = tables.iter().map(|t| t.definition.name.as_str()).collect();
                let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let why = format!("There is no table {name:?}. There is: {there}.");
                Error::invalid("/source/table", "unknown", why)
            })?;
            definition.take_up(table)?;
        }
        put.apply(definition)?;
        definition.find_lookups(&tables)
    }

    /// Whatever was made from what the platform counts is not found again: there is more of it, or a dashboard that it is
    /// about has another name. Comes last before the commit, as [`Self::raise_reading`].
    pub(super) async fn raise_counted(&mut self) -> Result<()> {
        self.0
            .execute(
                "WITH held AS (SELECT id FROM datasets WHERE definition ->> 'source' = 'embed_usage' ORDER BY id FOR NO KEY UPDATE) \
                 UPDATE datasets d SET data_version = d.data_version + 1 FROM held WHERE d.id = held.id",
                &[],
            )
            .await?;
        Ok(())
    }

    /// Deletes a dataset with its events; says how many these were.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete(&mut self, permit: &Permit<'_, DatasetDelete>, name: &str) -> Result<u64> {
        // The row first: a batch that is under way either has it and is waited for, or finds it gone and fails.
        let gone = self
            .0
            .row(
                "DELETE FROM datasets WHERE name = $1 \
                 RETURNING id, definition, version, events, updated_at, number, data_version, rolled",
                &[&name],
            )
            .await?;
        // One that is not to be seen stays: nothing of this is committed.
        let gone = gone.as_ref().map(Unseen::of).transpose()?.and_then(|d| d.seen(self.0));
        let gone = gone.ok_or_else(|| absent(name))?;
        let events = self.0.events().delete(gone.number).await?;
        self.0.rollups().forget(gone.number).await?;
        self.0.used(permit, gone.dataset.id, &json!({ "name": name, "events": events }))?;
        Ok(events)
    }

    /// Puts a new dataset in, with the next number. For those who hold the catalogue.
    pub(super) async fn insert(&mut self, id: DatasetId, definition: &DatasetDefinition) -> Result<Unseen> {
        let row = self
            .0
            .row(
                "WITH given AS (UPDATE settings SET dataset_numbers = dataset_numbers + 1 RETURNING dataset_numbers) \
                 INSERT INTO datasets (tenant_id, id, number, name, definition, sample, events) \
                 SELECT wall.tenant(), $1, dataset_numbers, $2, $3, $4, \
                        coalesce((SELECT t.rows FROM tables t WHERE t.number = $6), 0) FROM given \
                  WHERE (SELECT count(*) FROM datasets) < $5 \
                 RETURNING id, definition, version, events, updated_at, number, data_version, rolled",
                &[&id.uuid(), &definition.name, &Json(definition), &definition.sample, &limit(), &definition.table_number],
            )
            .await?;
        row.as_ref().map(Unseen::of).transpose()?.ok_or_else(|| {
            Error::new(problem::LIMIT, format!("A workspace has {MAX_DATASETS} datasets at most."))
        })
    }

    /// Writes a changed definition. For those who hold the catalogue.
    pub(super) async fn redefine(&mut self, id: DatasetId, definition: &DatasetDefinition) -> Result<Unseen> {
        let row = self
            .0
            .row(
                "UPDATE datasets SET definition = $2, version = version + 1, updated_at = clock_timestamp() \
                  WHERE id = $1 RETURNING id, definition, version, events, updated_at, number, data_version, rolled",
                &[&id.uuid(), &Json(definition)],
            )
            .await?;
        row.as_ref().map(Unseen::of).transpose()?.ok_or_else(|| absent(&definition.name))
    }
}

/// The name is that of a dataset which whoever asks may not see. That it is not free is all that is said.
fn taken() -> Error {
    Error::new(problem::DATASET_TAKEN, "A dataset of this workspace cannot have this name. Choose another.")
}

fn limit() -> i64 {
    i64::try_from(MAX_DATASETS).unwrap_or(i64::MAX)
}
