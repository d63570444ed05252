//! A tenant's datasets: what their events mean, and how many there are.
//!
//! What must always hold: slots and numbers are given out under `hold_catalogue` only, so that two who do it at
//! once take turns; a number is given once and never again; events of a deleted dataset go with it in the same
//! transaction. Tested in `platform/tests/it/datasets.rs`.

use insula_insight::Source;
use insula_model::policy::action::{DatasetDelete, DatasetUpdate};
use insula_model::{Dataset, DatasetDefinition, DatasetId, DatasetPut, Error, Mode, Result, Write, problem};
use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::json_of;
use crate::{Permit, TenantTx};

/// Datasets of one tenant.
pub const MAX_DATASETS: usize = 200;

/// A dataset with what only the engine needs to know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDataset {
    /// The dataset.
    pub dataset: Dataset,
    /// Its number in the events.
    pub number: i32,
    /// Rises with every batch that brought something new.
    pub data_version: i64,
    /// The time zone whose days are kept as sums, if any are.
    pub rolled_in: Option<String>,
}

impl StoredDataset {
    /// As questions need it.
    #[must_use]
    pub fn source(&self) -> Source<'_> {
        let definition = &self.dataset.definition;
        Source { definition, number: self.number, rolled_in: self.rolled_in.as_deref() }
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

pub(super) fn dataset(row: &Row) -> Result<StoredDataset> {
    Ok(StoredDataset {
        dataset: Dataset {
            id: DatasetId::from_uuid(row.get(0)),
            definition: json_of(row, 1)?,
            version: row.get(2),
            events: u64::try_from(row.get::<_, i64>(3)).ok(),
            updated_at: row.get(4),
        },
        number: row.get(5),
        data_version: row.get(6),
        rolled_in: row.get(7),
    })
}

fn absent(name: &str) -> Error {
    Error::not_found("dataset", name)
}

impl<M: Mode> Datasets<'_, '_, M> {
    /// All of them by name; at most [`MAX_DATASETS`].
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self) -> Result<Vec<StoredDataset>> {
        let rows = self
            .0
            .rows(
                "SELECT id, definition, version, events, updated_at, number, data_version, rolled_in FROM datasets ORDER BY name",
                &[],
            )
            .await?;
        rows.iter().map(dataset).collect()
    }

    /// The one of a name.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn view(&mut self, name: &str) -> Result<StoredDataset> {
        self.named(&[name]).await?.pop().ok_or_else(|| absent(name))
    }

    /// Those of these names that there are.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn named(&mut self, names: &[&str]) -> Result<Vec<StoredDataset>> {
        let rows = self
            .0
            .rows(
                "SELECT id, definition, version, events, updated_at, number, data_version, rolled_in FROM datasets \
                  WHERE name = ANY($1) ORDER BY name",
                &[&names],
            )
            .await?;
        rows.iter().map(dataset).collect()
    }
}

impl Datasets<'_, '_, Write> {
    /// Declares a dataset: makes it with `id`, or changes labels, units and formats. Says whether it was made.
    ///
    /// # Errors
    /// `version.required` for one that exists when `expected` is none; `version.stale`; `input.invalid`;
    /// `dataset.full`; `limit.reached`.
    pub async fn put(
        &mut self,
        permit: &Permit<'_, DatasetUpdate>,
        id: DatasetId,
        name: &str,
        put: &DatasetPut,
        expected: Option<i64>,
    ) -> Result<(StoredDataset, bool)> {
        self.0.hold_catalogue().await?;
        let Some(known) = self.named(&[name]).await?.pop() else {
            if expected.is_some() {
                return Err(absent(name));
            }
            let mut definition = DatasetDefinition::new(name)?;
            put.apply(&mut definition)?;
            let made = self.insert(id, &definition).await?;
            self.0.used(permit, made.dataset.id, &json!({ "name": name, "created": true }))?;
            return Ok((made, true));
        };
        super::expect_version(expected, known.dataset.version)?;
        let mut definition = known.dataset.definition.clone();
        put.apply(&mut definition)?;
        let changed = self.redefine(known.dataset.id, &definition).await?;
        self.0.used(
            permit,
            changed.dataset.id,
            &json!({ "name": name, "version": changed.dataset.version }),
        )?;
        Ok((changed, false))
    }

    /// Deletes a dataset with its events; says how many these were.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete(&mut self, permit: &Permit<'_, DatasetDelete>, name: &str) -> Result<u64> {
        // The row first: a batch that is under way either has it and is waited for, or finds it gone and fails.
        let gone = self.0.row("DELETE FROM datasets WHERE name = $1 RETURNING id, number", &[&name]).await?;
        let Some(gone) = gone else { return Err(absent(name)) };
        let events = self.0.events().delete(gone.get(1)).await?;
        self.0.rollups().forget(gone.get(1)).await?;
        let id = DatasetId::from_uuid(gone.get(0));
        self.0.used(permit, id, &json!({ "name": name, "events": events }))?;
        Ok(events)
    }

    /// Puts a new dataset in, with the next number. For those who hold the catalogue.
    pub(super) async fn insert(
        &mut self,
        id: DatasetId,
        definition: &DatasetDefinition,
    ) -> Result<StoredDataset> {
        let row = self
            .0
            .row(
                "WITH given AS (UPDATE settings SET dataset_numbers = dataset_numbers + 1 RETURNING dataset_numbers) \
                 INSERT INTO datasets (tenant_id, id, number, name, definition, sample) \
                 SELECT wall.tenant(), $1, dataset_numbers, $2, $3, $4 FROM given \
                  WHERE (SELECT count(*) FROM datasets) < $5 \
                 RETURNING id, definition, version, events, updated_at, number, data_version, rolled_in",
                &[&id.uuid(), &definition.name, &Json(definition), &definition.sample, &limit()],
            )
            .await?;
        row.as_ref().map(dataset).transpose()?.ok_or_else(|| {
            Error::new(problem::LIMIT, format!("A workspace has {MAX_DATASETS} datasets at most."))
        })
    }

    /// Writes a changed definition. For those who hold the catalogue.
    pub(super) async fn redefine(
        &mut self,
        id: DatasetId,
        definition: &DatasetDefinition,
    ) -> Result<StoredDataset> {
        let row = self
            .0
            .row(
                "UPDATE datasets SET definition = $2, version = version + 1, updated_at = clock_timestamp() \
                  WHERE id = $1 RETURNING id, definition, version, events, updated_at, number, data_version, rolled_in",
                &[&id.uuid(), &Json(definition)],
            )
            .await?;
        row.as_ref().map(dataset).transpose()?.ok_or_else(|| absent(&definition.name))
    }
}

fn limit() -> i64 {
    i64::try_from(MAX_DATASETS).unwrap_or(i64::MAX)
}
