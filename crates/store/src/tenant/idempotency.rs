//! Replies to requests that carried an `Idempotency-Key`, kept in the transaction of their effect.
//!
//! What must always hold: of requests with one key, one takes effect, also when they come at once (the later one
//! waits at the unique index until the first has ended); a reply is kept if and only if its effect is; no secret
//! stands in a reply that is kept. Tested in `platform/tests/it/idempotency.rs`.

use insula_model::policy::action::TenantTidy;
use insula_model::{Error, Mode, Result, Write, problem};
use jiff::Timestamp;

use crate::{Permit, TenantTx};

/// How long a reply is kept.
const KEPT: std::time::Duration = std::time::Duration::from_hours(24);

/// The kept replies of a transaction's tenant.
pub struct Idempotency<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The replies to requests that came with a key.
    pub fn idempotency(&mut self) -> Idempotency<'_, 'op, M> {
        Idempotency(self)
    }
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It is the first of its kind, or came without a key: do it.
    New,
    /// It was done. This is the reply, as JSON.
    Done(String),
}

impl Idempotency<'_, '_, Write> {
    /// Takes the request's key, or finds what was replied to it. Waits while another request with the same key is
    /// under way.
    ///
    /// # Errors
    /// `idempotency.reused` when the key came with another request.
    pub async fn begin(&mut self, now: Timestamp) -> Result<Seen> {
        let op = self.0.op();
        let Some(key) = op.idempotency() else { return Ok(Seen::New) };
        let taken = self
            .0
            .row(
                "INSERT INTO idempotency AS i (tenant_id, actor, key, fingerprint, created_at) \
                 VALUES (wall.tenant(), $1, $2, $3, $4) \
                 ON CONFLICT (tenant_id, actor, key) DO UPDATE \
                    SET fingerprint = excluded.fingerprint, reply = NULL, created_at = excluded.created_at \
                  WHERE i.created_at <= $5 RETURNING 1",
                &[&op.actor().id, &key.key, &key.fingerprint.as_slice(), &now, &(now - KEPT)],
            )
            .await?;
        if taken.is_some() {
            return Ok(Seen::New);
        }
        let row = self
            .0
            .row(
                "SELECT fingerprint, reply FROM idempotency WHERE actor = $1 AND key = $2",
                &[&op.actor().id, &key.key],
            )
            .await?
            .ok_or_else(|| Error::internal("an idempotency key was there and is not"))?;
        if row.get::<_, &[u8]>(0) != key.fingerprint.as_slice() {
            return Err(Error::new(
                problem::IDEMPOTENCY_REUSED,
                "This Idempotency-Key came with another request before. Use a new key for each new request.",
            ));
        }
        row.get::<_, Option<String>>(1)
            .map(Seen::Done)
            .ok_or_else(|| Error::internal("an idempotency key without a reply"))
    }

    /// Keeps the reply. Nothing in it may be secret.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn done(&mut self, reply: &str) -> Result<()> {
        let op = self.0.op();
        let Some(key) = op.idempotency() else { return Ok(()) };
        self.0
            .execute(
                "UPDATE idempotency SET reply = $3 WHERE actor = $1 AND key = $2",
                &[&op.actor().id, &key.key, &reply],
            )
            .await?;
        Ok(())
    }

    /// Removes replies that are older than a day.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tidy(&mut self, _: &Permit<'_, TenantTidy>, now: Timestamp) -> Result<u64> {
        self.0.execute("DELETE FROM idempotency WHERE created_at <= $1", &[&(now - KEPT)]).await
    }
}
