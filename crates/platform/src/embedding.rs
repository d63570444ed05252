//! Who may frame a tenant's dashboards. Tested in `tests/it/embeds.rs` and `server/tests/it/embed_pages.rs`.

use std::sync::Arc;

use insula_model::policy::action::{EmbeddingUpdate, EmbeddingView};
use insula_model::{Embedding, EmbeddingInput, RequestId, Result, TenantRecord};
use insula_store::{OpCtx, Tenant};

use crate::Platform;

/// The key of a tenant's list among what is kept of it.
const FRAMING: &str = "framing";

impl Platform {
    /// The origins that may frame dashboards.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn embedding_view(&self, tenant: &Tenant<'_>) -> Result<Embedding> {
        let permit = tenant.authorize::<EmbeddingView>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.embedding().view().await
    }

    /// Puts another list in its place. Every node goes by it within a second.
    ///
    /// # Errors
    /// `auth.forbidden`; `version.required`, `version.stale`; `input.invalid` with a pointer for everything that is
    /// wrong.
    pub async fn embedding_update(
        &self,
        tenant: &Tenant<'_>,
        version: Option<i64>,
        input: &EmbeddingInput,
    ) -> Result<Embedding> {
        let permit = tenant.authorize::<EmbeddingUpdate>()?;
        input.check()?;
        let mut tx = self.store().begin(&permit).await?;
        let changed = tx.embedding().update(&permit, version, &input.origins).await?;
        tx.commit().await?;
        self.framing().forget(tenant.record(), FRAMING).await;
        self.store().announce_content(tenant.id()).await;
        Ok(changed)
    }

    /// The origins that may frame a tenant's dashboards, for everybody who comes to its address: browsers are told.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn embedding_origins(
        &self,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<Arc<Vec<String>>> {
        let read = async {
            let op = OpCtx::of_visitor(record.id, request);
            let list = self.embedding_view(&self.store().tenant(&op, Arc::clone(record))?).await?;
            let bytes = list.origins.iter().map(String::len).sum();
            Ok((list.origins, Some(bytes)))
        };
        self.framing().view(record, FRAMING, read).await
    }
}
