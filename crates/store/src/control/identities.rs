//! Identities: who can sign in to tenants, once for all of them. Credentials only; what somebody is in a tenant is
//! that tenant's own data.
//!
//! What must always hold: the index (identity, tenant) names every tenant that an identity is a member of. It is
//! written before a membership and taken back after it, so after a crash it can name one too many, never one too
//! few; whoever reads it asks the tenant. Tested in `platform/tests/it/identity.rs`.

use insula_model::policy::action::IdentityUpdate;
use insula_model::{Action, Error, IdentityId, Result, Write};
use tokio_postgres::Row;

use crate::{Permit, Store};

/// An identity with what is needed to check a password.
#[derive(Clone)]
pub struct IdentityRecord {
    /// The id.
    pub id: IdentityId,
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// The password's hash, as a PHC string; none when there is no password.
    pub password_hash: Option<String>,
    /// Raised when the password changes.
    pub generation: i64,
}

impl std::fmt::Debug for IdentityRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdentityRecord({})", self.id)
    }
}

fn record(row: &Row) -> IdentityRecord {
    IdentityRecord {
        id: IdentityId::from_uuid(row.get(0)),
        email: row.get(1),
        name: row.get(2),
        password_hash: row.get(3),
        generation: row.get(4),
    }
}

impl Store {
    /// The identity with an e-mail, to check a password against.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn identity_of_email(&self, email: &str) -> Result<Option<IdentityRecord>> {
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "SELECT id, email, name, password_hash, generation FROM identities WHERE email = $1",
                &[&email],
            )
            .await?;
        Ok(row.as_ref().map(record))
    }

    /// The identity that acts.
    ///
    /// # Errors
    /// `database.down`; `internal` when it is gone.
    pub async fn identity_view(&self, permit: &Permit<'_, IdentityUpdate>) -> Result<IdentityRecord> {
        let id = acting(permit)?;
        let mut tx = self.control().await?;
        tx.row(
            "SELECT id, email, name, password_hash, generation FROM identities WHERE id = $1",
            &[&id.uuid()],
        )
        .await?
        .as_ref()
        .map(record)
        .ok_or_else(|| Error::internal("an identity without a record"))
    }

    /// Makes an identity, or gives the one that has this e-mail: then neither name nor password are changed, and
    /// the caller compares.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn identity_install<A: Action<Mode = Write>>(
        &self,
        _: &Permit<'_, A>,
        email: &str,
        name: &str,
        password_hash: &str,
    ) -> Result<IdentityRecord> {
        let (id, now) = (self.inner.world.uuid(), self.inner.world.now());
        let mut tx = self.control().await?;
        tx.execute(
            "INSERT INTO identities (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (email) DO NOTHING",
            &[&id, &email, &name, &password_hash, &now],
        )
        .await?;
        let row = tx
            .row(
                "SELECT id, email, name, password_hash, generation FROM identities WHERE email = $1",
                &[&email],
            )
            .await?
            .ok_or_else(|| Error::internal("an identity was not written"))?;
        tx.commit().await?;
        Ok(record(&row))
    }

    /// Notes that an identity is about to become a member of the permit's tenant. Sign-ins of an earlier
    /// membership that were not ended yet end now.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn identity_join<A: Action<Mode = Write>>(
        &self,
        permit: &Permit<'_, A>,
        identity: IdentityId,
    ) -> Result<()> {
        let tenant = permit.tenant().id.uuid();
        let mut tx = self.control().await?;
        tx.execute(
            "INSERT INTO identity_tenants (identity_id, tenant_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&identity.uuid(), &tenant],
        )
        .await?;
        tx.execute(
            "DELETE FROM sessions WHERE identity_id = $1 AND tenant_id = $2",
            &[&identity.uuid(), &tenant],
        )
        .await?;
        tx.commit().await
    }

    /// Notes that an identity is no longer a member of the permit's tenant, and ends its sign-ins there.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn identity_leave<A: Action<Mode = Write>>(
        &self,
        permit: &Permit<'_, A>,
        identity: IdentityId,
    ) -> Result<()> {
        let tenant = permit.tenant().id.uuid();
        let mut tx = self.control().await?;
        tx.execute(
            "DELETE FROM sessions WHERE identity_id = $1 AND tenant_id = $2",
            &[&identity.uuid(), &tenant],
        )
        .await?;
        tx.execute(
            "DELETE FROM identity_tenants WHERE identity_id = $1 AND tenant_id = $2",
            &[&identity.uuid(), &tenant],
        )
        .await?;
        tx.commit().await
    }

    /// Changes the password of the identity that acts, if nobody changed it since `seen` was read, and ends every
    /// sign-in that it has, in every tenant.
    ///
    /// # Errors
    /// `version.stale` when somebody did.
    pub async fn identity_password_update(
        &self,
        permit: &Permit<'_, IdentityUpdate>,
        seen: &IdentityRecord,
        password_hash: &str,
    ) -> Result<IdentityRecord> {
        let id = acting(permit)?;
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "UPDATE identities SET password_hash = $3, generation = generation + 1 \
                  WHERE id = $1 AND generation = $2 RETURNING id, email, name, password_hash, generation",
                &[&id.uuid(), &seen.generation, &password_hash],
            )
            .await?
            .ok_or_else(|| {
                Error::new(insula_model::problem::STALE, "The password was changed meanwhile. Sign in again.")
            })?;
        tx.execute("DELETE FROM sessions WHERE identity_id = $1", &[&id.uuid()]).await?;
        tx.commit().await?;
        Ok(record(&row))
    }
}

fn acting(permit: &Permit<'_, IdentityUpdate>) -> Result<IdentityId> {
    permit.op.identity().ok_or_else(|| {
        Error::new(insula_model::problem::FORBIDDEN, "Only somebody who signed in has a password here.")
    })
}
