//! A tenant's settings and looks; and what a new tenant begins with.

use std::sync::Arc;

use insula_model::policy::action::{SettingsUpdate, SettingsView, TenantSeed};
use insula_model::{
    BrandImage, BrandImageKind, DashboardConfig, DashboardId, DashboardInput, Last, Range, RequestId, Result,
    SettingsPatch, TenantId, TenantRecord, TenantSettings, Write, default_dashboard, sample_dataset,
    sample_events,
};
use insula_store::{OpCtx, Permit, StoredImage, Tenant, TenantTx};

use crate::Platform;

/// The key of a tenant's looks among what is kept of it.
const LOOKS: &str = "looks";

/// What a new tenant begins with.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The name that members see.
    pub name: String,
    /// Its time zone, an IANA name.
    pub time_zone: String,
    /// Whether it begins with sample data.
    pub sample_data: bool,
}

impl Platform {
    /// The settings.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn settings_view(&self, tenant: &Tenant<'_>) -> Result<TenantSettings> {
        let permit = tenant.authorize::<SettingsView>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.settings().view().await
    }

    /// Changes the settings. Every node shows it within a second.
    ///
    /// # Errors
    /// `version.required`, `version.stale`; `input.invalid` with a pointer for everything that is wrong.
    pub async fn settings_update(
        &self,
        tenant: &Tenant<'_>,
        version: Option<i64>,
        patch: &SettingsPatch,
    ) -> Result<TenantSettings> {
        let permit = tenant.authorize::<SettingsUpdate>()?;
        let mut tx = self.store().begin(&permit).await?;
        let settings = tx.settings().update(&permit, version, patch).await?;
        if patch.time_zone.is_some() {
            self.days_are_others(&mut tx, tenant.record().id).await?;
        }
        tx.commit().await?;
        self.looks_changed(tenant.record()).await;
        Ok(settings)
    }

    /// Puts a picture in the place of the one that was there. `version` is that of the settings, if the caller
    /// cares.
    ///
    /// # Errors
    /// `branding.logo` when the bytes are no picture that can be used; `version.stale`.
    pub async fn brand_image_update(
        &self,
        tenant: &Tenant<'_>,
        kind: BrandImageKind,
        bytes: &[u8],
        version: Option<i64>,
    ) -> Result<TenantSettings> {
        let permit = tenant.authorize::<SettingsUpdate>()?;
        let image = BrandImage::read(bytes)?;
        let mut tx = self.store().begin(&permit).await?;
        tx.brand_images().put(&permit, kind, &image, version).await?;
        let settings = tx.settings().view().await?;
        tx.commit().await?;
        self.looks_changed(tenant.record()).await;
        Ok(settings)
    }

    /// Takes a picture away.
    ///
    /// # Errors
    /// `not_found` when there is none; `version.stale`.
    pub async fn brand_image_delete(
        &self,
        tenant: &Tenant<'_>,
        kind: BrandImageKind,
        version: Option<i64>,
    ) -> Result<TenantSettings> {
        let permit = tenant.authorize::<SettingsUpdate>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.brand_images().delete(&permit, kind, version).await?;
        let settings = tx.settings().view().await?;
        tx.commit().await?;
        self.looks_changed(tenant.record()).await;
        Ok(settings)
    }

    /// A tenant's looks, for everybody who comes to its address: kept for less than a second.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn brand(&self, record: &Arc<TenantRecord>, request: RequestId) -> Result<Arc<TenantSettings>> {
        let read = async {
            let op = OpCtx::of_visitor(record.id, request);
            let settings = self.settings_view(&self.store().tenant(&op, Arc::clone(record))?).await?;
            Ok((settings, Some(512)))
        };
        self.looks().view(record, LOOKS, read).await
    }

    /// A tenant's picture, for everybody who comes to its address.
    ///
    /// # Errors
    /// `not_found` when there is none.
    pub async fn brand_image_view(
        &self,
        record: &Arc<TenantRecord>,
        kind: BrandImageKind,
        request: RequestId,
    ) -> Result<StoredImage> {
        let op = OpCtx::of_visitor(record.id, request);
        let permit = self.store().tenant(&op, Arc::clone(record))?.authorize::<SettingsView>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.brand_images().view(kind).await
    }

    async fn looks_changed(&self, record: &TenantRecord) {
        self.looks().forget(record, LOOKS);
        self.store().announce_content(record.id).await;
    }

    /// Puts in place what a new tenant begins with: settings, a first dashboard, and sample data if it is asked
    /// for. Doing it again changes nothing. The caller commits.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn workspace_seed(
        &self,
        tx: &mut TenantTx<'_, Write>,
        permit: &Permit<'_, TenantSeed>,
        seed: &Seed,
    ) -> Result<()> {
        let now = self.world().now();
        let settings =
            TenantSettings { time_zone: seed.time_zone.clone(), ..TenantSettings::new(&seed.name) };
        tx.settings().create(permit, &settings).await?;
        let dashboard = DashboardId::from_uuid(self.world().uuid());
        let input =
            |config| DashboardInput { name: "Overview".to_owned(), description: None, config, note: None };
        if !seed.sample_data {
            let empty = DashboardConfig::empty(Range::Last(Last::Days(30)));
            return tx.dashboards().seed(permit, dashboard, &input(empty), false, now).await;
        }
        let dataset = sample_dataset();
        let tenant: TenantId = tx.tenant();
        let events: Vec<_> = sample_events(tenant, now).collect();
        tx.samples().create(permit, &dataset, &events, self.world()).await?;
        let config = default_dashboard(&dataset);
        tx.dashboards().seed(permit, dashboard, &input(config), true, now).await
    }
}
