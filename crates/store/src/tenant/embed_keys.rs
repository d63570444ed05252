//! The keys that a tenant's embed tokens are signed with, and what else a token's validity depends on.
//!
//! What must always hold: at most one key signs; one that was replaced verifies until its last token has ended;
//! private halves are kept sealed and are never listed. Tested in `platform/tests/it/embed_ends.rs`.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use insula_model::policy::action::{EmbedKeyCreate, EmbedKeyDelete, EmbedMint, TenantTidy};
use insula_model::{ApiKeyId, EmbedClaims, EmbedKey, EmbedKeyId, Error, MemberId, Mode, Result, Write};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio_postgres::Row;

use crate::embed::{EmbedSigner, EmbedStanding, SEED, VERIFIES};
use crate::{Permit, Store, TenantTx};

/// The keys of a transaction's tenant.
pub struct EmbedKeys<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The keys that embed tokens are signed with.
    pub fn embed_keys(&mut self) -> EmbedKeys<'_, 'op, M> {
        EmbedKeys(self)
    }
}

fn key(row: &Row) -> EmbedKey {
    EmbedKey {
        id: EmbedKeyId::from_uuid(row.get(0)),
        signing: row.get(1),
        public_key: BASE64_URL_SAFE_NO_PAD.encode(row.get::<_, &[u8]>(2)),
        created_at: row.get(3),
        verifies_until: row.get(4),
    }
}

impl<M: Mode> EmbedKeys<'_, '_, M> {
    /// All of them, the newest first. There are few.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self, now: Timestamp) -> Result<Vec<EmbedKey>> {
        let rows = self
            .0
            .rows(
                "SELECT id, signing, public_key, created_at, verifies_until FROM embed_keys \
                  WHERE verifies_until IS NULL OR verifies_until > $1 ORDER BY signing DESC, created_at DESC, id DESC",
                &[&now],
            )
            .await?;
        Ok(rows.iter().map(key).collect())
    }

    /// What a token's validity depends on, in one statement: its key, whether it was revoked, whether whoever made it
    /// is still there, and whether its dashboard is. `None` when the tenant has no such key, or no longer.
    pub(crate) async fn standing(
        &mut self,
        key: EmbedKeyId,
        said: &EmbedClaims,
        now: Timestamp,
    ) -> Result<Option<EmbedStanding>> {
        let minted = Timestamp::from_second(said.iat).unwrap_or(Timestamp::MIN);
        let api_key = said.by.parse::<ApiKeyId>().ok().map(ApiKeyId::uuid);
        let member = said.by.parse::<MemberId>().ok().map(MemberId::uuid);
        let viewer = said.sub.as_deref();
        let row = self
            .0
            .row(
                "SELECT k.public_key, \
                        EXISTS (SELECT FROM embed_revocations r WHERE r.minted_until >= $3 \
                                 AND (r.kind = 'all' OR (r.kind = 'token' AND r.subject = $4) \
                                      OR (r.kind = 'viewer' AND r.subject = $5) \
                                      OR (r.kind = 'api_key' AND r.subject = $6) \
                                      OR (r.kind = 'dashboard' AND r.subject = $7))), \
                        EXISTS (SELECT FROM api_keys a WHERE a.id = $8 AND (a.expires_at IS NULL OR a.expires_at > $2)) \
                            OR EXISTS (SELECT FROM members m WHERE m.id = $9), \
                        EXISTS (SELECT FROM dashboards d WHERE d.id = $10) \
                   FROM embed_keys k WHERE k.id = $1 AND (k.verifies_until IS NULL OR k.verifies_until > $2)",
                &[
                    &key.uuid(),
                    &now,
                    &minted,
                    &said.jti.to_string(),
                    &viewer,
                    &said.by,
                    &said.dashboard.to_string(),
                    &api_key,
                    &member,
                    &said.dashboard.uuid(),
                ],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(EmbedStanding {
            public_key: row.get(0),
            revoked: row.get(1),
            minter: row.get(2),
            dashboard: row.get(3) || self.0.is_published(said.dashboard).await,
        }))
    }
}

impl EmbedKeys<'_, '_, Write> {
    /// Those who make or end keys take turns.
    async fn hold(&mut self) -> Result<()> {
        let held = "SELECT pg_advisory_xact_lock(hashtextextended('embed_keys ' || wall.tenant()::text, 0))";
        self.0.rows(held, &[]).await.map(drop)
    }

    async fn signing(&mut self, store: &Store) -> Result<Option<EmbedSigner>> {
        let row = self.0.row("SELECT id, private_key FROM embed_keys WHERE signing", &[]).await?;
        let Some(row) = row else { return Ok(None) };
        let secrets = store.embed_secrets().await?;
        secrets.open(self.0.tenant(), EmbedKeyId::from_uuid(row.get(0)), row.get(1)).map(Some)
    }

    /// The key that signs. The first token of a tenant makes its first key.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn signer(&mut self, permit: &Permit<'_, EmbedMint>, store: &Store) -> Result<EmbedSigner> {
        self.0.used(permit, "embed_keys", &Value::Null)?;
        if let Some(signer) = self.signing(store).await? {
            return Ok(signer);
        }
        self.hold().await?;
        match self.signing(store).await? {
            Some(signer) => Ok(signer),
            None => self.insert(store).await,
        }
    }

    async fn insert(&mut self, store: &Store) -> Result<EmbedSigner> {
        let world = store.world();
        let mut seed = [0u8; SEED];
        world.entropy.fill(&mut seed);
        let signer = EmbedSigner::of_seed(EmbedKeyId::from_uuid(world.uuid()), &seed)?;
        let secrets = store.embed_secrets().await?;
        let sealed = secrets.seal(self.0.tenant(), signer.id(), &seed, world.entropy.as_ref())?;
        self.0
            .execute(
                "INSERT INTO embed_keys (tenant_id, id, public_key, private_key, signing, created_at) \
                 VALUES (wall.tenant(), $1, $2, $3, true, $4)",
                &[&signer.id().uuid(), &signer.public_key(), &sealed, &world.now()],
            )
            .await?;
        Ok(signer)
    }

    /// Makes a new key, which signs from now on. The one before verifies until its last token has ended.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn create(&mut self, permit: &Permit<'_, EmbedKeyCreate>, store: &Store) -> Result<EmbedKey> {
        self.hold().await?;
        let now = store.world().now();
        self.remove_ended(now).await?;
        self.0
            .execute(
                "UPDATE embed_keys SET signing = false, verifies_until = $1 WHERE signing",
                &[&(now + VERIFIES)],
            )
            .await?;
        let signer = self.insert(store).await?;
        self.0.used(permit, signer.id(), &json!({ "rotated": true }))?;
        self.view(signer.id()).await
    }

    async fn view(&mut self, id: EmbedKeyId) -> Result<EmbedKey> {
        let row = self
            .0
            .row(
                "SELECT id, signing, public_key, created_at, verifies_until FROM embed_keys WHERE id = $1",
                &[&id.uuid()],
            )
            .await?;
        row.as_ref().map(key).ok_or_else(|| Error::not_found("embed key", id))
    }

    /// Ends a key at once. If it was the one that signs, a new one takes its place. The caller tells the nodes after
    /// the commit.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete(
        &mut self,
        permit: &Permit<'_, EmbedKeyDelete>,
        id: EmbedKeyId,
        store: &Store,
    ) -> Result<()> {
        self.hold().await?;
        let gone =
            self.0.row("DELETE FROM embed_keys WHERE id = $1 RETURNING signing", &[&id.uuid()]).await?;
        let signing: bool = gone.ok_or_else(|| Error::not_found("embed key", id))?.get(0);
        let next = if signing { Some(self.insert(store).await?.id()) } else { None };
        self.0.used(permit, id, &json!({ "replaced_by": next }))
    }

    async fn remove_ended(&mut self, now: Timestamp) -> Result<u64> {
        self.0.execute("DELETE FROM embed_keys WHERE verifies_until <= $1", &[&now]).await
    }

    /// Removes keys whose last token has ended.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tidy(&mut self, _: &Permit<'_, TenantTidy>, now: Timestamp) -> Result<u64> {
        self.remove_ended(now).await
    }
}
