//! Favourites: each member marks dashboards, which then come first for that member.

use insula_model::policy::action::{FavouriteCreate, FavouriteDelete};
use insula_model::{DashboardId, Result};
use insula_store::Tenant;

use crate::Platform;

impl Platform {
    /// Marks a dashboard; one that is marked stays so.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn favourite_create(&self, tenant: &Tenant<'_>, of: DashboardId) -> Result<()> {
        let permit = tenant.authorize::<FavouriteCreate>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.favourites().create(&permit, of).await?;
        tx.commit().await
    }

    /// Takes the mark away; one that has none stays so.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn favourite_delete(&self, tenant: &Tenant<'_>, of: DashboardId) -> Result<()> {
        let permit = tenant.authorize::<FavouriteDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.favourites().delete(&permit, of).await?;
        tx.commit().await
    }
}
