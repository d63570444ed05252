//! Sample data, which one click removes.

use insula_model::Result;
use insula_model::policy::action::SampleDelete;
use insula_store::{SamplesDeleted, Tenant};

use crate::Platform;

impl Platform {
    /// Removes the sample dataset, its events and the sample dashboards, all or nothing. Doing it again removes
    /// nothing and is no error.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn sample_delete(&self, tenant: &Tenant<'_>) -> Result<SamplesDeleted> {
        let permit = tenant.authorize::<SampleDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        let deleted = tx.samples().delete(&permit).await?;
        tx.commit().await?;
        Ok(deleted)
    }
}
