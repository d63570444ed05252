//! Which dashboards each member has marked.
//!
//! What must always hold: a mark is its member's alone, and gone with the member or the dashboard. Tested in
//! `platform/tests/it/favourites.rs`.

use insula_model::policy::action::{FavouriteCreate, FavouriteDelete, TenantTidy};
use insula_model::{Action, DashboardId, Error, MemberId, Result, Write, problem};
use serde_json::Value;

use super::dashboards::absent;
use crate::{Permit, TenantTx};

/// The favourites of the member who acts.
pub struct Favourites<'t, 'op>(&'t mut TenantTx<'op, Write>);

impl<'op> TenantTx<'op, Write> {
    /// The favourites of the member who acts.
    pub fn favourites(&mut self) -> Favourites<'_, 'op> {
        Favourites(self)
    }
}

fn acting<A: Action>(permit: &Permit<'_, A>) -> Result<MemberId> {
    let nobody = || Error::new(problem::FORBIDDEN, "Only somebody who signed in has favourites.");
    permit.op.member().ok_or_else(nobody)
}

impl Favourites<'_, '_> {
    /// Marks a dashboard. Whoever deletes the dashboard or the member meanwhile waits, and takes the mark along.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn create(&mut self, permit: &Permit<'_, FavouriteCreate>, of: DashboardId) -> Result<()> {
        let member = acting(permit)?;
        self.hold(of).await?;
        self.0
            .execute(
                "INSERT INTO favourites (tenant_id, member_id, dashboard_id) \
                 SELECT wall.tenant(), m.id, $2 FROM (SELECT id FROM members WHERE id = $1 FOR KEY SHARE) m \
                 ON CONFLICT DO NOTHING",
                &[&member.uuid(), &of.uuid()],
            )
            .await?;
        self.0.used(permit, of, &Value::Null)
    }

    /// Takes the mark away. A dashboard that has none stays as it is.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete(&mut self, permit: &Permit<'_, FavouriteDelete>, of: DashboardId) -> Result<()> {
        let member = acting(permit)?;
        self.hold(of).await?;
        self.0
            .execute(
                "DELETE FROM favourites WHERE member_id = $1 AND dashboard_id = $2",
                &[&member.uuid(), &of.uuid()],
            )
            .await?;
        self.0.used(permit, of, &Value::Null)
    }

    /// A dashboard that stays until the end of the transaction.
    async fn hold(&mut self, id: DashboardId) -> Result<()> {
        let own =
            self.0.row("SELECT true FROM dashboards WHERE id = $1 FOR KEY SHARE", &[&id.uuid()]).await?;
        if own.is_some() || self.0.is_published(id).await { Ok(()) } else { Err(absent(id)) }
    }

    /// Forgets marks on templates that the operator has withdrawn and the tenant has nothing of.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tidy(&mut self, _: &Permit<'_, TenantTidy>) -> Result<u64> {
        let templates = self.0.templates().await;
        let tenant = self.0.tenant_record();
        let gone = templates.published.iter().filter(|(_, published)| !published.reaches(tenant));
        let gone: Vec<uuid::Uuid> = gone.map(|(id, _)| id.uuid()).collect();
        self.0
            .execute(
                "DELETE FROM favourites f WHERE f.dashboard_id = ANY($1) \
                    AND NOT EXISTS (SELECT FROM dashboards d WHERE d.id = f.dashboard_id)",
                &[&gone],
            )
            .await
    }
}
