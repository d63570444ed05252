//! Datasets, as a tenant's people see and declare them.

use insula_insight::check_calculated;
use insula_model::policy::action::{DatasetDelete, DatasetUpdate, DatasetView};
use insula_model::{Dataset, DatasetId, DatasetPut, Page, Result};
use insula_store::Tenant;

use crate::Platform;

impl Platform {
    /// All datasets, by name: at most 200, on one page.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn dataset_list(&self, tenant: &Tenant<'_>) -> Result<Page<Dataset>> {
        let permit = tenant.authorize::<DatasetView>()?;
        let mut tx = self.store().begin(&permit).await?;
        let items: Vec<Dataset> = tx.datasets().list().await?.into_iter().map(|d| d.dataset).collect();
        Ok(Page { total: Some(items.len() as u64), items, next_cursor: None })
    }

    /// The dataset of a name.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn dataset_view(&self, tenant: &Tenant<'_>, name: &str) -> Result<Dataset> {
        let permit = tenant.authorize::<DatasetView>()?;
        let mut tx = self.store().begin(&permit).await?;
        Ok(tx.datasets().view(name).await?.dataset)
    }

    /// Declares a dataset. Says whether it was made by that.
    ///
    /// # Errors
    /// For one that exists `version.required` without a version, `version.stale`; `input.invalid`, `dataset.full`,
    /// `limit.reached`.
    pub async fn dataset_update(
        &self,
        tenant: &Tenant<'_>,
        name: &str,
        put: &DatasetPut,
        version: Option<i64>,
    ) -> Result<(Dataset, bool)> {
        let permit = tenant.authorize::<DatasetUpdate>()?;
        let id = DatasetId::from_uuid(self.world().uuid());
        let mut tx = self.store().begin(&permit).await?;
        let (stored, made) = tx.datasets().put(&permit, id, name, put, version).await?;
        // What is wrong with a formula shows when all the names are known; nothing is committed then.
        check_calculated(&stored.dataset.definition).map_err(|error| put.place(error))?;
        if stored.rolled.is_some() {
            self.days_are_others(&mut tx, tenant.record().id).await?;
        }
        tx.commit().await?;
        Ok((stored.dataset, made))
    }

    /// Deletes a dataset with its events; says how many these were.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn dataset_delete(&self, tenant: &Tenant<'_>, name: &str) -> Result<u64> {
        let permit = tenant.authorize::<DatasetDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        let events = tx.datasets().delete(&permit, name).await?;
        tx.commit().await?;
        Ok(events)
    }
}
