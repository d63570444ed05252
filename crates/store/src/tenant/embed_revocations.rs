//! Which embed tokens were revoked. A row is kept until no token that it matches could still be valid.
//! Tested in `platform/tests/it/embed_ends.rs`.

use insula_model::policy::action::{EmbedRevocationCreate, TenantTidy};
use insula_model::{EmbedRevocation, EmbedRevocationId, Mode, Result, Write};
use jiff::Timestamp;
use serde_json::json;

use crate::embed::VERIFIES;
use crate::{Permit, TenantTx};

/// The revocations of a transaction's tenant.
pub struct EmbedRevocations<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The revocations of embed tokens.
    pub fn embed_revocations(&mut self) -> EmbedRevocations<'_, 'op, M> {
        EmbedRevocations(self)
    }
}

impl EmbedRevocations<'_, '_, Write> {
    /// Revokes everything of a kind and subject that was minted until now. The caller tells the nodes after the commit.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn create(
        &mut self,
        permit: &Permit<'_, EmbedRevocationCreate>,
        id: EmbedRevocationId,
        (kind, subject): (&'static str, &str),
        now: Timestamp,
    ) -> Result<EmbedRevocation> {
        self.remove_ended(now).await?;
        let made = EmbedRevocation { id, minted_until: now, expires_at: now + VERIFIES };
        self.0
            .execute(
                "INSERT INTO embed_revocations (tenant_id, id, kind, subject, minted_until, expires_at) \
                 VALUES (wall.tenant(), $1, $2, $3, $4, $5)",
                &[&id.uuid(), &kind, &subject, &made.minted_until, &made.expires_at],
            )
            .await?;
        self.0.used(permit, id, &json!({ "kind": kind, "subject": subject }))?;
        Ok(made)
    }

    async fn remove_ended(&mut self, now: Timestamp) -> Result<u64> {
        self.0.execute("DELETE FROM embed_revocations WHERE expires_at <= $1", &[&now]).await
    }

    /// Removes what cannot match any more.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tidy(&mut self, _: &Permit<'_, TenantTidy>, now: Timestamp) -> Result<u64> {
        self.remove_ended(now).await
    }
}
