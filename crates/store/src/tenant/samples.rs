//! Sample data: a dataset, its events and a dashboard that are marked as such and go together.

use insula_model::policy::action::{SampleDelete, TenantSeed};
use insula_model::{DatasetDefinition, DatasetId, Event, Mode, Result, World, Write};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::events::Insertion;
use crate::{Permit, TenantTx};

/// What was removed with the sample data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SamplesDeleted {
    /// How many events.
    pub events: u64,
    /// The names of the datasets.
    pub datasets: Vec<String>,
    /// The names of the dashboards.
    pub dashboards: Vec<String>,
}

/// The sample data of a transaction's tenant.
pub struct Samples<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The sample data.
    pub fn samples(&mut self) -> Samples<'_, 'op, M> {
        Samples(self)
    }
}

impl<M: Mode> Samples<'_, '_, M> {
    /// Whether there is any.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn any(&mut self) -> Result<bool> {
        let row = self.0.row("SELECT EXISTS (SELECT FROM datasets WHERE sample)", &[]).await?;
        Ok(row.is_some_and(|row| row.get(0)))
    }
}

impl Samples<'_, '_, Write> {
    /// Puts the sample dataset and its events in; does nothing when there is a dataset of that name.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn create(
        &mut self,
        _: &Permit<'_, TenantSeed>,
        definition: &DatasetDefinition,
        events: &[Event],
        world: &World,
    ) -> Result<()> {
        self.0.hold_catalogue().await?;
        if self.0.datasets().rows(&[&definition.name]).await?.is_empty() {
            self.0.datasets().insert(DatasetId::from_uuid(world.uuid()), definition).await?;
            self.0.events().insert(events, Insertion::New, world).await?;
        }
        Ok(())
    }

    /// Removes everything that is marked as sample.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn delete(&mut self, permit: &Permit<'_, SampleDelete>) -> Result<SamplesDeleted> {
        self.0.hold_catalogue().await?;
        let datasets = self.0.rows("DELETE FROM datasets WHERE sample RETURNING name, number", &[]).await?;
        let mut events = 0;
        for dataset in &datasets {
            events += self.0.events().delete(dataset.get(1)).await?;
            self.0.rollups().forget(dataset.get(1)).await?;
        }
        let dashboards = self.0.rows("DELETE FROM dashboards WHERE sample RETURNING name, id", &[]).await?;
        let gone: Vec<uuid::Uuid> = dashboards.iter().map(|row| row.get(1)).collect();
        self.0.dashboards().forget(&gone).await?;
        let deleted = SamplesDeleted {
            events,
            datasets: datasets.iter().map(|row| row.get(0)).collect(),
            dashboards: dashboards.iter().map(|row| row.get(0)).collect(),
        };
        self.0.used(permit, "sample data", &json!(deleted))?;
        Ok(deleted)
    }
}
