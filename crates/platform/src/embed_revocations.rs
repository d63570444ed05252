//! Ending embed tokens before their time. Tested in `tests/it/embed_ends.rs`.

use insula_model::policy::action::EmbedRevocationCreate;
use insula_model::{EmbedRevocation, EmbedRevocationId, EmbedRevocationInput, Result};
use insula_store::Tenant;

use crate::Platform;

impl Platform {
    /// Revokes every token that was minted until now and matches. Refused on every node within a second.
    ///
    /// # Errors
    /// `auth.forbidden`; `input.invalid`; `idempotency.reused`.
    pub async fn embed_revocation_create(
        &self,
        tenant: &Tenant<'_>,
        input: &EmbedRevocationInput,
    ) -> Result<EmbedRevocation> {
        let permit = tenant.authorize::<EmbedRevocationCreate>()?;
        let (kind, subject) = input.named()?;
        let (id, now) = (EmbedRevocationId::from_uuid(self.world().uuid()), self.world().now());
        let tx = self.store().begin(&permit).await?;
        let made = self
            .once(tx, async |tx| tx.embed_revocations().create(&permit, id, (kind, &subject), now).await)
            .await?;
        self.store().announce_content(tenant.id()).await;
        Ok(made.reply())
    }
}
