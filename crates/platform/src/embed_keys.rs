//! The keys that embed tokens are signed with: listed, rotated, ended. Tested in `tests/it/embed_ends.rs`.

use insula_model::policy::action::{EmbedKeyCreate, EmbedKeyDelete, EmbedKeyList};
use insula_model::{EmbedKey, EmbedKeyId, Page, Result};
use insula_store::Tenant;

use crate::Platform;

impl Platform {
    /// The keys, the one that signs at the head, without their private halves: few, on one page.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn embed_key_list(&self, tenant: &Tenant<'_>) -> Result<Page<EmbedKey>> {
        let permit = tenant.authorize::<EmbedKeyList>()?;
        let mut tx = self.store().begin(&permit).await?;
        let items = tx.embed_keys().list(self.world().now()).await?;
        Ok(Page { total: Some(items.len() as u64), items, next_cursor: None })
    }

    /// Makes a new key, which signs from now on. Tokens that were signed before stay valid until they end.
    ///
    /// # Errors
    /// `auth.forbidden`; `idempotency.reused`.
    pub async fn embed_key_create(&self, tenant: &Tenant<'_>) -> Result<EmbedKey> {
        let permit = tenant.authorize::<EmbedKeyCreate>()?;
        let tx = self.store().begin(&permit).await?;
        let made = self.once(tx, async |tx| tx.embed_keys().create(&permit, self.store()).await).await?;
        self.store().announce_content(tenant.id()).await;
        Ok(made.reply())
    }

    /// Ends a key at once: its tokens are refused on every node within a second. If it was the one that signs, a new
    /// one takes its place.
    ///
    /// # Errors
    /// `auth.forbidden`; `not_found`.
    pub async fn embed_key_delete(&self, tenant: &Tenant<'_>, id: EmbedKeyId) -> Result<()> {
        let permit = tenant.authorize::<EmbedKeyDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.embed_keys().delete(&permit, id, self.store()).await?;
        tx.commit().await?;
        self.store().announce_content(tenant.id()).await;
        Ok(())
    }
}
