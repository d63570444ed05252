//! Sign-ins of people: an opaque token of 256 bits, of which only the SHA-256 is kept, bound to one identity and
//! one tenant.
//!
//! What must always hold: a session of one tenant opens no other; it ends after 12 hours without use, 30 days
//! after sign-in, when it is signed out, when the password changes and when the member is removed. Tested in
//! `platform/tests/it/sessions.rs`.

use std::time::Duration;

use insula_model::policy::action::SessionRecord;
use insula_model::{IdentityId, Result, SessionId, TenantId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::IdentityRecord;
use crate::{Permit, Store};

/// A session ends after this long without a request.
pub const SESSION_IDLE: Duration = Duration::from_hours(12);
/// A session ends this long after sign-in.
pub const SESSION_MAX: Duration = Duration::from_hours(30 * 24);

/// A session that was just made.
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// What the browser keeps; nobody else does.
    pub token: String,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewSession({})", self.id)
    }
}

/// A session as a token names it.
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) identity: IdentityId,
    pub(crate) tenant: TenantId,
    pub(crate) expires_at: Timestamp,
}

pub(crate) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl Store {
    /// Signs an identity in to the permit's tenant after its password was checked. `replaces` is the token that
    /// the browser had until now: it ends.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn session_create(
        &self,
        permit: &Permit<'_, SessionRecord>,
        identity: &IdentityRecord,
        replaces: Option<&str>,
    ) -> Result<NewSession> {
        let world = &self.inner.world;
        let now = world.now();
        let session = NewSession {
            id: SessionId::from_uuid(world.uuid()),
            token: format!("ise_{}", world.secret()),
            expires_at: now + SESSION_MAX,
        };
        let mut tx = self.control().await?;
        if let Some(old) = replaces {
            tx.execute("DELETE FROM sessions WHERE token_hash = $1", &[&digest(old).as_slice()]).await?;
        }
        tx.execute(
            "INSERT INTO sessions (token_hash, id, identity_id, tenant_id, generation, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
            &[
                &digest(&session.token).as_slice(),
                &session.id.uuid(),
                &identity.id.uuid(),
                &permit.tenant().id.uuid(),
                &identity.generation,
                &now,
                &session.expires_at,
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(session)
    }

    /// The session of a token, unless it has ended.
    pub(crate) async fn session_of_digest(&self, digest: &[u8; 32]) -> Result<Option<SessionRow>> {
        let now = self.inner.world.now();
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "SELECT s.id, s.identity_id, s.tenant_id, s.expires_at FROM sessions s \
                   JOIN identities i ON i.id = s.identity_id AND i.generation = s.generation \
                  WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3",
                &[&digest.as_slice(), &now, &(now - SESSION_IDLE)],
            )
            .await?;
        Ok(row.map(|row| SessionRow {
            id: SessionId::from_uuid(row.get(0)),
            identity: IdentityId::from_uuid(row.get(1)),
            tenant: TenantId::from_uuid(row.get(2)),
            expires_at: row.get(3),
        }))
    }

    /// Notes that a session was used.
    pub(crate) async fn session_seen(&self, id: SessionId) -> Result<()> {
        let mut tx = self.control().await?;
        tx.execute(
            "UPDATE sessions SET seen_at = greatest(seen_at, $2) WHERE id = $1",
            &[&id.uuid(), &self.inner.world.now()],
        )
        .await?;
        tx.commit().await
    }

    /// Signs out: ends the session that a token is in a tenant. Gives whose it was, if it was one.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn session_delete(
        &self,
        token: &str,
        tenant: TenantId,
    ) -> Result<Option<(IdentityId, SessionId)>> {
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "DELETE FROM sessions WHERE token_hash = $1 AND tenant_id = $2 RETURNING identity_id, id",
                &[&digest(token).as_slice(), &tenant.uuid()],
            )
            .await?;
        tx.commit().await?;
        self.inner.admissions.forget(tenant, digest(token)).await;
        Ok(row.map(|row| (IdentityId::from_uuid(row.get(0)), SessionId::from_uuid(row.get(1)))))
    }

    /// Removes some sessions that have ended by themselves. Says how many; fewer than `limit` means no more.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn session_sweep(&self, limit: u32) -> Result<u64> {
        let now = self.inner.world.now();
        let mut tx = self.control().await?;
        let gone = tx
            .execute(
                "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions \
                  WHERE expires_at <= $1 OR seen_at <= $2 LIMIT $3 FOR UPDATE SKIP LOCKED)",
                &[&now, &(now - SESSION_IDLE), &i64::from(limit)],
            )
            .await?;
        let operators = tx.execute("DELETE FROM operator_sessions WHERE expires_at <= $1", &[&now]).await?;
        tx.commit().await?;
        Ok(gone + operators)
    }
}
