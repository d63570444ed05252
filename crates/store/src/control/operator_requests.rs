//! Operators' requests that carried an `Idempotency-Key`, so that one that is sent again takes effect once. Requests
//! that ask for operations are kept with these; here are the others. Kept for a day.

use insula_model::{Error, Result, problem};
use jiff::{SignedDuration, Timestamp};

use crate::OpCtx;
use crate::scope::ControlTx;

/// How long a key is known.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Whether this request took effect before; if not, it is noted in this transaction that it does now.
///
/// # Errors
/// `idempotency.reused` when the key came with another request.
pub(super) async fn seen(tx: &mut ControlTx, op: &OpCtx, now: Timestamp) -> Result<bool> {
    let Some(key) = op.idempotency() else { return Ok(false) };
    let (actor, fingerprint) = (&op.actor().id, &key.fingerprint[..]);
    tx.execute("DELETE FROM operator_requests WHERE created_at < $1", &[&(now - KEPT)]).await?;
    // Of requests with one key that come at once, the later ones wait here until the first has ended.
    let noted = tx
        .execute(
            "INSERT INTO operator_requests (actor, key, fingerprint, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            &[actor, &key.key, &fingerprint, &now],
        )
        .await?;
    if noted == 1 {
        return Ok(false);
    }
    let same = tx
        .row(
            "SELECT fingerprint = $3 FROM operator_requests WHERE actor = $1 AND key = $2",
            &[actor, &key.key, &fingerprint],
        )
        .await?;
    if same.is_some_and(|row| row.get(0)) {
        return Ok(true);
    }
    Err(Error::new(problem::IDEMPOTENCY_REUSED, "This key was used for another request."))
}
