//! What a new tenant begins with.

use insula_model::Result;
use insula_model::policy::action::TenantSeed;
use insula_store::Permit;
use serde_json::json;

use crate::operations::ProvisionInput;
use crate::{Platform, Seed};

impl Platform {
    /// Puts in place what a new tenant begins with. Doing it again changes nothing.
    pub(crate) async fn tenant_seed(
        &self,
        permit: &Permit<'_, TenantSeed>,
        input: &ProvisionInput,
    ) -> Result<()> {
        let mut tx = self.store().begin(permit).await?;
        let (name, time_zone) = (input.name.clone(), input.time_zone.clone());
        let seed = Seed { name, time_zone, sample_data: input.sample_data };
        self.workspace_seed(&mut tx, permit, &seed).await?;
        tx.note(permit, input.tenant, &json!({ "slug": input.slug, "sample_data": input.sample_data }))?;
        tx.commit().await
    }
}
