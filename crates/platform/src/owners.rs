//! The first owner of a new tenant: a step of its provisioning, that can be done again.
//!
//! What must always hold: nobody becomes an owner with an account whose password the operator did not know: then
//! they are invited instead. Tested in `tests/it/owners.rs`.

use std::sync::Arc;

use insula_model::policy::action::TenantSeed;
use insula_model::tenant::{display_name, email};
use insula_model::{MemberId, Result, Role, TenantRecord};
use insula_store::{NewMember, OpCtx};

use crate::{Platform, passwords};

/// How a tenant got its first owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnerInstalled {
    /// The owner can sign in.
    Member(MemberId),
    /// The owner was invited. The link is secret.
    Invited {
        /// The address that the owner becomes a member at.
        link: String,
    },
}

impl Platform {
    /// Prepares the password of a first owner, to be given to [`Platform::owner_install`]: the hash of a new
    /// password, or, for somebody who has an account with just this password, the hash that they have.
    ///
    /// # Errors
    /// `auth.password_weak` at `/owner/password`, `input.invalid`.
    pub async fn owner_password(&self, owner: &str, password: &str, names: &[&str]) -> Result<String> {
        let owner = email(owner, "/owner/email")?;
        let identity = self.store().identity_of_email(&owner).await?;
        if let Some(hash) = identity.and_then(|i| i.password_hash)
            && self.passwords().check(password, Some(&hash)).await?
        {
            return Ok(hash);
        }
        passwords::check_strength(password, "/owner/password", &owner, names)?;
        self.passwords().hash(self.world(), password).await
    }

    /// Makes sure that a tenant has its first owner. With a hash from [`Platform::owner_password`] the owner is a
    /// member afterwards, unless the e-mail has an account with another password; else, and without a hash, the
    /// owner is invited. Doing it again changes nothing, except that an invitation gets a new link.
    ///
    /// # Errors
    /// `auth.forbidden` unless `op` may seed this tenant; `input.invalid`.
    pub async fn owner_install(
        &self,
        op: &OpCtx,
        record: &Arc<TenantRecord>,
        owner: &str,
        name: Option<&str>,
        password_hash: Option<&str>,
    ) -> Result<OwnerInstalled> {
        let permit = self.store().tenant(op, Arc::clone(record))?.authorize::<TenantSeed>()?;
        let owner = email(owner, "/owner/email")?;
        let local = owner.split('@').next().unwrap_or_default();
        let name = display_name(name.filter(|n| !n.is_empty()).unwrap_or(local), "/owner/name")?;
        let identity = match password_hash {
            Some(hash) => Some(self.store().identity_install(&permit, &owner, &name, hash).await?),
            None => self.store().identity_of_email(&owner).await?,
        };
        let mut tx = self.store().begin(&permit).await?;
        if let Some(identity) = identity {
            if let Some(member) = tx.members().of_identity(identity.id).await? {
                return Ok(OwnerInstalled::Member(member.id));
            }
            if password_hash.is_some() && identity.password_hash.as_deref() == password_hash {
                let new = NewMember {
                    id: MemberId::from_uuid(self.world().uuid()),
                    identity: identity.id,
                    email: owner,
                    name: identity.name,
                    role: Role::Owner,
                };
                self.store().identity_join(&permit, identity.id).await?;
                tx.members().create(&permit, &new, self.world().now()).await?;
                tx.commit().await?;
                return Ok(OwnerInstalled::Member(new.id));
            }
        }
        let (token, by) = (self.invitation_token(), &op.actor().name);
        let invitation = self.invitation(&owner, Role::Owner, by);
        tx.invitations().create(&permit, &invitation, &token, Role::Owner).await?;
        self.welcome_mail(&mut tx, record, &invitation, &token).await?;
        tx.commit().await?;
        Ok(OwnerInstalled::Invited { link: self.invitation_link(record, &token) })
    }
}
