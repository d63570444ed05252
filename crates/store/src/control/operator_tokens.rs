//! Tokens that operators make for programs. They are sign-ins like a browser's, with a name and a longer life.
//!
//! What must always hold: an operator sees and revokes their own only; a token that is revoked or has expired is refused
//! by the next request on every node. Tested in `platform/tests/it/operator_tokens.rs`.

use insula_model::operator_token::MAX_OPERATOR_TOKENS;
use insula_model::policy::operator_action::{OperatorTokenCreate, OperatorTokenDelete, OperatorTokenList};
use insula_model::{Error, OperatorId, OperatorToken, OperatorTokenId, Result, problem};
use tokio_postgres::Row;
use uuid::Uuid;

use super::digest;
use crate::Store;
use crate::scope::{ControlEntry, OpCtx, OperatorPermit, Reach};

fn read(row: &Row) -> OperatorToken {
    let (created_at, seen_at) = (row.get(2), row.get(3));
    OperatorToken {
        id: OperatorTokenId::from_uuid(row.get(0)),
        name: row.get(1),
        created_at,
        last_used_at: (seen_at != created_at).then_some(seen_at),
        expires_at: row.get(4),
        current: false,
    }
}

fn own(op: &OpCtx) -> Result<OperatorId> {
    match &op.reach {
        Reach::Operator { operator, .. } => Ok(*operator),
        _ => Err(Error::internal("a permit of an operator without one")),
    }
}

impl Store {
    /// The operator's tokens that have not expired, by id. `presented` is the text of the one that asks.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operator_token_list(
        &self,
        permit: &OperatorPermit<'_, OperatorTokenList>,
        presented: &str,
        after: Option<OperatorTokenId>,
        limit: u32,
    ) -> Result<Vec<OperatorToken>> {
        let after = after.map_or(Uuid::nil(), OperatorTokenId::uuid);
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT id, name, created_at, seen_at, expires_at, token_hash = $5 FROM operator_sessions \
                  WHERE operator_id = $1 AND kind = 'token' AND expires_at > $2 AND id > $3 ORDER BY id LIMIT $4",
                &[
                    &own(permit.op)?.uuid(),
                    &self.inner.world.now(),
                    &after,
                    &i64::from(limit),
                    &digest(presented).as_slice(),
                ],
            )
            .await?;
        Ok(rows.iter().map(|row| OperatorToken { current: row.get(5), ..read(row) }).collect())
    }

    /// Makes a token, or says which one the same request made before. Of `secret` only the hash is kept.
    ///
    /// # Errors
    /// `limit.reached`; `idempotency.reused`.
    pub async fn operator_token_create(
        &self,
        permit: &OperatorPermit<'_, OperatorTokenCreate>,
        token: &OperatorToken,
        secret: &str,
    ) -> Result<Option<OperatorToken>> {
        let owner = own(permit.op)?.uuid();
        let key = permit.op.idempotency().map(|k| k.key.as_str());
        let fingerprint = permit.op.idempotency().map(|k| k.fingerprint.to_vec());
        let mut tx = self.control().await?;
        // One at a time for an operator: the limit holds, and of requests with one key the later ones see the first.
        tx.row("SELECT FROM operators WHERE id = $1 FOR UPDATE", &[&owner]).await?;
        let earlier = tx
            .row(
                "SELECT id, name, created_at, seen_at, expires_at, fingerprint FROM operator_sessions \
                  WHERE operator_id = $1 AND idempotency_key = $2",
                &[&owner, &key],
            )
            .await?;
        if let Some(row) = earlier {
            if row.get::<_, Option<Vec<u8>>>(5) != fingerprint {
                return Err(Error::new(
                    problem::IDEMPOTENCY_REUSED,
                    "This key was used for another request.",
                ));
            }
            return Ok(Some(read(&row)));
        }
        let made = tx
            .execute(
                "INSERT INTO operator_sessions (token_hash, id, operator_id, kind, name, created_at, seen_at, expires_at, \
                                                idempotency_key, fingerprint) \
                 SELECT $1, $2, $3, 'token', $4, $5, $5, $6, $7, $8 \
                  WHERE (SELECT count(*) FROM operator_sessions \
                          WHERE operator_id = $3 AND kind = 'token' AND expires_at > $5) < $9",
                &[
                    &digest(secret).as_slice(),
                    &token.id.uuid(),
                    &owner,
                    &token.name,
                    &token.created_at,
                    &token.expires_at,
                    &key,
                    &fingerprint,
                    &i64::try_from(MAX_OPERATOR_TOKENS).unwrap_or(i64::MAX),
                ],
            )
            .await?;
        if made == 0 {
            return Err(Error::new(
                problem::LIMIT,
                format!("An operator has at most {MAX_OPERATOR_TOKENS} tokens. Revoke one first."),
            ));
        }
        tx.commit_with(&ControlEntry {
            action: "operator_token.create",
            actor: permit.op.actor(),
            subject: token.id.to_string(),
            request: permit.op.request().to_string(),
            detail: serde_json::json!({ "name": token.name, "expires_at": token.expires_at }).to_string(),
        })
        .await?;
        Ok(None)
    }

    /// Revokes one of the operator's own tokens.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn operator_token_delete(
        &self,
        permit: &OperatorPermit<'_, OperatorTokenDelete>,
        id: OperatorTokenId,
    ) -> Result<()> {
        let mut tx = self.control().await?;
        let gone = tx
            .execute(
                "DELETE FROM operator_sessions WHERE id = $1 AND operator_id = $2 AND kind = 'token'",
                &[&id.uuid(), &own(permit.op)?.uuid()],
            )
            .await?;
        if gone == 0 {
            return Err(Error::not_found("token", id));
        }
        tx.commit_with(&ControlEntry {
            action: "operator_token.delete",
            actor: permit.op.actor(),
            subject: id.to_string(),
            request: permit.op.request().to_string(),
            detail: String::new(),
        })
        .await
    }
}
