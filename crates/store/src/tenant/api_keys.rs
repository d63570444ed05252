//! API keys of a tenant. Of a key's text only the SHA-256 is kept; it is compared in constant time.
//! Tested in `platform/tests/it/api_keys.rs`.

use insula_model::api_key::{MAX_API_KEYS, prefix};
use insula_model::policy::action::{ApiKeyCreate, ApiKeyDelete, CredentialUse};
use insula_model::{ApiKey, ApiKeyId, Error, Mode, Result, Scope, Write, problem};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio_postgres::Row;

use crate::{Permit, TenantTx};

/// The API keys of a transaction's tenant.
pub struct ApiKeys<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The API keys.
    pub fn api_keys(&mut self) -> ApiKeys<'_, 'op, M> {
        ApiKeys(self)
    }
}

impl<M: Mode> ApiKeys<'_, '_, M> {
    fn key(&self, row: &Row) -> Result<ApiKey> {
        let id = ApiKeyId::from_uuid(row.get(0));
        let scopes: Vec<&str> = row.get(2);
        Ok(ApiKey {
            id,
            name: row.get(1),
            prefix: prefix(self.0.tenant(), id),
            scopes: scopes.into_iter().map(str::parse::<Scope>).collect::<Result<_>>()?,
            created_at: row.get(4),
            created_by: row.get(3),
            last_used_at: row.get(5),
            expires_at: row.get(6),
        })
    }

    /// Keys in the order in which they were made, after `after`. There are few: at most fifty.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self, after: Option<ApiKeyId>, limit: u32) -> Result<Vec<ApiKey>> {
        let rows = self
            .0
            .rows(
                "SELECT id, name, scopes, created_by, created_at, last_used_at, expires_at FROM api_keys \
                  WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2",
                &[&after.map(ApiKeyId::uuid), &i64::from(limit)],
            )
            .await?;
        rows.iter().map(|row| self.key(row)).collect()
    }

    /// The key of a text whose shape was read already, if the text is the right one and has not expired.
    ///
    /// # Errors
    /// `database.down`.
    pub(crate) async fn of_text(
        &mut self,
        id: ApiKeyId,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<ApiKey>> {
        let row = self
            .0
            .row(
                "SELECT id, name, scopes, created_by, created_at, last_used_at, expires_at, secret_hash \
                   FROM api_keys WHERE id = $1",
                &[&id.uuid()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let right: bool = Sha256::digest(text.as_bytes()).as_slice().ct_eq(row.get::<_, &[u8]>(7)).into();
        let key = self.key(&row)?;
        Ok((right && key.expires_at.is_none_or(|end| end > now)).then_some(key))
    }
}

impl ApiKeys<'_, '_, Write> {
    /// Writes a key down.
    ///
    /// # Errors
    /// `limit.reached` when the tenant has its fifty.
    pub async fn create(
        &mut self,
        permit: &Permit<'_, ApiKeyCreate>,
        key: &ApiKey,
        text: &str,
    ) -> Result<()> {
        // Makers of keys take turns, so that the count holds until this transaction ends.
        self.0
            .rows(
                "SELECT pg_advisory_xact_lock(hashtextextended('api_keys ' || wall.tenant()::text, 0))",
                &[],
            )
            .await?;
        let count = self.0.row("SELECT count(*) FROM api_keys", &[]).await?;
        let count = count.map_or(0, |row| row.get::<_, i64>(0));
        if usize::try_from(count).unwrap_or_default() >= MAX_API_KEYS {
            return Err(Error::new(
                problem::LIMIT,
                format!("A workspace has at most {MAX_API_KEYS} API keys. Revoke one first."),
            ));
        }
        let scopes: Vec<&str> = key.scopes.iter().map(|s| s.as_str()).collect();
        self.0
            .execute(
                "INSERT INTO api_keys (tenant_id, id, name, secret_hash, scopes, created_by, created_at, expires_at) \
                 VALUES (wall.tenant(), $1, $2, $3, $4, $5, $6, $7)",
                &[
                    &key.id.uuid(),
                    &key.name,
                    &Sha256::digest(text.as_bytes()).as_slice(),
                    &scopes,
                    &key.created_by,
                    &key.created_at,
                    &key.expires_at,
                ],
            )
            .await?;
        self.0.used(permit, key.id, &json!({ "name": key.name, "scopes": key.scopes }))
    }

    /// Revokes a key. The caller tells the nodes after the commit (`Store::announce_content`).
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete(&mut self, permit: &Permit<'_, ApiKeyDelete>, id: ApiKeyId) -> Result<()> {
        let row = self
            .0
            .row("DELETE FROM api_keys WHERE id = $1 RETURNING name", &[&id.uuid()])
            .await?
            .ok_or_else(|| Error::not_found("API key", id))?;
        self.0.used(permit, id, &json!({ "name": row.get::<_, &str>(0) }))
    }

    /// Notes that a key was used just now.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn seen(
        &mut self,
        permit: &Permit<'_, CredentialUse>,
        id: ApiKeyId,
        now: Timestamp,
    ) -> Result<()> {
        self.0
            .execute(
                "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
                &[&id.uuid(), &now],
            )
            .await?;
        self.0.used(permit, id, &serde_json::Value::Null)
    }
}
