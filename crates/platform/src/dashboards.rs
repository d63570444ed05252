//! Dashboards, as a tenant's people make and change them. What they show is in `dashboard_data`.

use insula_model::policy::action::{DashboardCreate, DashboardDelete, DashboardUpdate, DashboardView};
use insula_model::{Dashboard, DashboardId, DashboardInput, Page, Result};
use insula_store::Tenant;

use crate::Platform;

impl Platform {
    /// All dashboards without their configurations, the one that opens first at the head: at most 200, on one page.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn dashboard_list(&self, tenant: &Tenant<'_>) -> Result<Page<Dashboard>> {
        let permit = tenant.authorize::<DashboardView>()?;
        let mut tx = self.store().begin(&permit).await?;
        let items = tx.dashboards().list().await?;
        Ok(Page { total: Some(items.len() as u64), items, next_cursor: None })
    }

    /// One dashboard with its configuration.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn dashboard_view(&self, tenant: &Tenant<'_>, id: DashboardId) -> Result<Dashboard> {
        let permit = tenant.authorize::<DashboardView>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.dashboards().view(id).await
    }

    /// Makes a dashboard.
    ///
    /// # Errors
    /// `input.invalid` with a pointer for everything that is wrong; `limit.reached`; `idempotency.reused`.
    pub async fn dashboard_create(&self, tenant: &Tenant<'_>, input: &DashboardInput) -> Result<Dashboard> {
        let permit = tenant.authorize::<DashboardCreate>()?;
        input.check()?;
        let id = DashboardId::from_uuid(self.world().uuid());
        let now = self.world().now();
        let tx = self.store().begin(&permit).await?;
        let made = self.once(tx, async |tx| tx.dashboards().create(&permit, id, input, now).await);
        Ok(made.await?.reply())
    }

    /// Changes a dashboard.
    ///
    /// # Errors
    /// `not_found`; `version.required`, `version.stale`; `input.invalid`.
    pub async fn dashboard_update(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        version: Option<i64>,
        input: &DashboardInput,
    ) -> Result<Dashboard> {
        let permit = tenant.authorize::<DashboardUpdate>()?;
        input.check()?;
        let now = self.world().now();
        let mut tx = self.store().begin(&permit).await?;
        let changed = tx.dashboards().update(&permit, id, version, input, now).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Deletes a dashboard. If it was the one that opens first, the oldest of the others takes its place.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn dashboard_delete(&self, tenant: &Tenant<'_>, id: DashboardId) -> Result<()> {
        let permit = tenant.authorize::<DashboardDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.dashboards().delete(&permit, id).await?;
        tx.commit().await
    }
}
