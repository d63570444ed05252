//! Dashboards, as a tenant's people make and change them. What they show is in `dashboard_data`.

use insula_model::dashboard_version::check_note;
use insula_model::policy::action::{self, DashboardCreate, DashboardDelete, DashboardUpdate, DashboardView};
use insula_model::{
    Dashboard, DashboardId, DashboardInput, DashboardRestore, DashboardVersion, Page, Result,
};
use insula_store::Tenant;

use crate::Platform;

impl Platform {
    /// All dashboards without their configurations, one's favourites at the head, then the one that opens first: at most
    /// 200, on one page.
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

    /// The versions of a dashboard without what they showed, the newest first, below number `before`.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn dashboard_version_list(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<DashboardVersion>> {
        let permit = tenant.authorize::<DashboardView>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.dashboards().versions(id, before, limit).await
    }

    /// One version of a dashboard with what it showed.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn dashboard_version_view(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        number: i64,
    ) -> Result<DashboardVersion> {
        let permit = tenant.authorize::<DashboardView>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.dashboards().version(id, number).await
    }

    /// Shows an older version of a dashboard again. That is a change like any other: it makes a new version.
    ///
    /// # Errors
    /// `not_found`; `version.required`, `version.stale`; `input.invalid`.
    pub async fn dashboard_restore(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        version: Option<i64>,
        wanted: &DashboardRestore,
    ) -> Result<Dashboard> {
        let permit = tenant.authorize::<action::DashboardRestore>()?;
        check_note(wanted.note.as_deref())?;
        let now = self.world().now();
        let tx = self.store().begin(&permit).await?;
        let restored =
            self.once(tx, async |tx| tx.dashboards().restore(&permit, id, version, wanted, now).await);
        Ok(restored.await?.reply())
    }

    /// Takes back a workspace's changes to a dashboard that the operator publishes.
    ///
    /// # Errors
    /// `not_found` for what is no template here; `version.required`, `version.stale`.
    pub async fn dashboard_reset(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        version: Option<i64>,
    ) -> Result<Dashboard> {
        let permit = tenant.authorize::<action::DashboardReset>()?;
        let now = self.world().now();
        let tx = self.store().begin(&permit).await?;
        let reset = self.once(tx, async |tx| tx.dashboards().reset(&permit, id, version, now).await);
        Ok(reset.await?.reply())
    }

    /// Deletes a dashboard with its versions. If it was the one that opens first, the oldest of the others takes its place.
    ///
    /// # Errors
    /// `not_found`; `dashboard.template` for one that the operator publishes.
    pub async fn dashboard_delete(&self, tenant: &Tenant<'_>, id: DashboardId) -> Result<()> {
        let permit = tenant.authorize::<DashboardDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.dashboards().delete(&permit, id).await?;
        tx.commit().await
    }
}
