//! Signing in to a tenant, seeing oneself there, changing one's password, signing out.
//!
//! What must always hold: a password opens a tenant only to its members; each sign-in gives a new token, and the
//! one that the browser had ends; sign-ins and sign-outs stand in the tenant's audit log.
//! Tested in `tests/it/sessions.rs`.

use std::sync::Arc;

use insula_model::policy::action::{IdentityUpdate, MemberList, SessionRecord, SettingsView};
use insula_model::{
    Authority, Error, IdentityId, Member, PasswordUpdate, RequestId, Result, Session, SessionInput,
    SessionMember, SessionTenant, TenantRecord, policy, problem,
};
use insula_store::{IdentityRecord, MemberPlace, NewSession, OpCtx, SessionEvent, Tenant};
use jiff::Timestamp;

use crate::credentials::Realm;
use crate::{Arrival, Platform, passwords};

/// A sign-in that was just made.
pub struct SignedIn {
    /// What the browser keeps.
    pub token: String,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Who is signed in.
    pub session: Session,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Platform {
    /// Signs somebody in to a tenant with e-mail and password.
    ///
    /// # Errors
    /// `auth.credentials`; `limit.rate`; `tenant.not_yours` when the password is right and the tenant is not
    /// theirs; `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn session_create(
        &self,
        record: &Arc<TenantRecord>,
        input: &SessionInput,
        from: &Arrival<'_>,
    ) -> Result<SignedIn> {
        let stranger = OpCtx::of_stranger(record, from.request)?;
        let permit = self.store().tenant(&stranger, Arc::clone(record))?.authorize::<MemberList>()?;
        let identity = self.check_identity(&input.email, &input.password, from).await?;
        let mut tx = self.store().begin(&permit).await?;
        let member = tx.members().of_identity(identity.id).await?;
        drop(tx);
        let Some(member) = member else {
            return Err(Error::new(
                problem::NOT_YOURS,
                "You are not a member of this workspace. Ask its owner for an invitation, or go to your own address.",
            ));
        };
        self.sign_in(record, &identity, &member, from).await
    }

    /// Who acts, by the token of a session.
    ///
    /// # Errors
    /// `auth.ended` when it has ended or never was, `tenant.not_yours` when it is one of another tenant;
    /// `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn session_context(
        &self,
        token: &str,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<OpCtx> {
        self.store().session_context(token, record, request).await
    }

    /// Who is signed in, and what they may do.
    ///
    /// # Errors
    /// `auth.required` for an actor that is no member; `auth.ended` when the member was removed.
    pub async fn session_view(&self, tenant: &Tenant<'_>) -> Result<Session> {
        let permit = tenant.authorize::<SettingsView>()?;
        let id = tenant.op().member().ok_or_else(|| {
            Error::new(
                problem::UNAUTHENTICATED,
                "Only somebody who signed in has a session. An API key has none.",
            )
        })?;
        let mut tx = self.store().begin(&permit).await?;
        let place = tx.members().place_of(id).await.map_err(|error| {
            if error.is(problem::NOT_FOUND) {
                Error::new(problem::SESSION_ENDED, "This sign-in has ended. Sign in again.")
            } else {
                error
            }
        })?;
        Ok(session(tenant.record(), place))
    }

    /// Signs out. Says nothing about a token that was none.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn session_delete(
        &self,
        token: &str,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<()> {
        let Some((identity, session)) = self.store().session_delete(token, record.id).await? else {
            return Ok(());
        };
        // A closed tenant's log is closed too.
        let Ok(stranger) = OpCtx::of_stranger(record, request) else { return Ok(()) };
        let Some(member) = self.member_of(&stranger, record, identity).await? else { return Ok(()) };
        let op = OpCtx::of_sign_in(record, member.id, &member.email, request)?;
        let permit = self.store().tenant(&op, Arc::clone(record))?.authorize::<SessionRecord>()?;
        let mut tx = self.store().begin(&permit).await?;
        let now = self.world().now();
        tx.members().record_session(&permit, member.id, session, SessionEvent::SignOut, now).await?;
        tx.commit().await
    }

    /// Changes the password of whoever acts. All their sign-ins end, in every tenant; this one gets a new token.
    ///
    /// # Errors
    /// `auth.credentials` when the current password is not right, `auth.password_weak`, `limit.rate`.
    pub async fn password_update(
        &self,
        tenant: &Tenant<'_>,
        input: &PasswordUpdate,
        from: &Arrival<'_>,
    ) -> Result<SignedIn> {
        let permit = tenant.authorize::<IdentityUpdate>()?;
        let before = self.store().identity_view(&permit).await?;
        let seen = self.check_identity(&before.email, &input.current, from).await?;
        let record = Arc::new(tenant.record().clone());
        let names = [record.name.as_str(), record.slug.as_str()];
        passwords::check_strength(&input.new, "/new", &before.email, &names)?;
        let hash = self.passwords().hash(self.world(), &input.new).await?;
        let mut tx = self.store().begin(&permit).await?;
        let member = tx.members().of_identity(seen.id).await?;
        tx.members().record_password(&permit, seen.id)?;
        let identity = self.store().identity_password_update(&permit, &seen, &hash).await?;
        tx.commit().await?;
        let member = member
            .ok_or_else(|| Error::new(problem::SESSION_ENDED, "This sign-in has ended. Sign in again."))?;
        self.sign_in(&record, &identity, &member, from).await
    }

    /// Removes sessions that have ended and attempts that are forgotten: a bounded number.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn session_tidy(&self) -> Result<usize> {
        let gone = self.store().session_sweep(500).await? + self.store().attempt_sweep().await?;
        Ok(usize::try_from(gone).unwrap_or(usize::MAX))
    }

    /// The identity that an e-mail and a password are.
    pub(crate) async fn check_identity(
        &self,
        email: &str,
        password: &str,
        from: &Arrival<'_>,
    ) -> Result<IdentityRecord> {
        self.check_credentials(Realm::Tenants, (email, password), from.address, async |email| {
            let identity = self.store().identity_of_email(email).await?;
            Ok(identity.map(|identity| {
                let hash = identity.password_hash.clone();
                (identity, hash)
            }))
        })
        .await
    }

    async fn member_of(
        &self,
        stranger: &OpCtx,
        record: &Arc<TenantRecord>,
        identity: IdentityId,
    ) -> Result<Option<Member>> {
        let permit = self.store().tenant(stranger, Arc::clone(record))?.authorize::<MemberList>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.members().of_identity(identity).await
    }

    /// Makes the session of a member whose password was checked.
    async fn sign_in(
        &self,
        record: &Arc<TenantRecord>,
        identity: &IdentityRecord,
        member: &Member,
        from: &Arrival<'_>,
    ) -> Result<SignedIn> {
        let op = OpCtx::of_sign_in(record, member.id, &member.email, from.request)?;
        let permit = self.store().tenant(&op, Arc::clone(record))?.authorize::<SessionRecord>()?;
        let mut tx = self.store().begin(&permit).await?;
        let place = tx.members().place_of(member.id).await?;
        // Before the commit, so that there is no session that the log does not know. If the commit fails, nobody
        // has its token.
        let new = self.store().session_create(&permit, identity, from.replaces).await?;
        let now = self.world().now();
        tx.members().record_session(&permit, member.id, new.id, SessionEvent::SignIn, now).await?;
        tx.commit().await?;
        Ok(signed_in(record, new, place))
    }
}

pub(crate) fn signed_in(record: &TenantRecord, new: NewSession, place: MemberPlace) -> SignedIn {
    SignedIn { token: new.token, expires_at: new.expires_at, session: session(record, place) }
}

fn session(record: &TenantRecord, place: MemberPlace) -> Session {
    let MemberPlace { member, tenant_name, time_zone, sample_data } = place;
    let authority = Authority::Member(member.role);
    Session {
        member: SessionMember { id: member.id, name: member.name, email: member.email, role: member.role },
        tenant: SessionTenant {
            id: record.id,
            slug: record.slug.clone(),
            name: if tenant_name.is_empty() { record.name.clone() } else { tenant_name },
            status: record.status,
            time_zone,
            sample_data,
        },
        can: policy::action::ALL
            .iter()
            .filter(|rule| rule.allows(&authority))
            .map(|rule| rule.name.to_owned())
            .collect(),
    }
}
