//! API keys of a tenant: made, listed, revoked, and recognised. Tested in `tests/it/api_keys.rs`.

use std::sync::Arc;

use insula_model::policy::action::{ApiKeyCreate, ApiKeyDelete, ApiKeyList};
use insula_model::tenant::display_name;
use insula_model::{
    ApiKey, ApiKeyCreated, ApiKeyId, ApiKeyInput, Error, Page, RequestId, Result, TenantId, TenantRecord,
    api_key,
};
use insula_store::{OpCtx, Tenant};

use crate::Platform;
use crate::once::Once;
use crate::paging::Paging;

/// The tenant that a key's text names, if it has the shape of a key. Says nothing about whether it is valid.
#[must_use]
pub fn api_key_tenant(text: &str) -> Option<TenantId> {
    api_key::parse(text).map(|(tenant, _)| tenant)
}

impl Platform {
    /// Who acts, by the text of an API key.
    ///
    /// # Errors
    /// `auth.ended` when it is not valid (any more), `tenant.not_yours` when it names another tenant;
    /// `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn api_key_context(
        &self,
        text: &str,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<OpCtx> {
        self.store().api_key_context(text, record, request).await
    }

    /// API keys, without their secrets.
    ///
    /// # Errors
    /// `auth.forbidden`, `page.cursor`.
    pub async fn api_key_list(
        &self,
        tenant: &Tenant<'_>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<ApiKey>> {
        let permit = tenant.authorize::<ApiKeyList>()?;
        let paging = Paging::new(cursor, limit)?;
        let mut tx = self.store().begin(&permit).await?;
        let keys = tx.api_keys().list(paging.after, paging.fetch()).await?;
        Ok(paging.page(keys, None, |k| k.id))
    }

    /// Makes a key. Its secret is in this reply only: the reply to the same request sent again does not have it.
    ///
    /// # Errors
    /// `auth.forbidden`, `input.invalid`, `limit.reached`, `idempotency.reused`.
    pub async fn api_key_create(&self, tenant: &Tenant<'_>, input: &ApiKeyInput) -> Result<ApiKeyCreated> {
        let permit = tenant.authorize::<ApiKeyCreate>()?;
        let name = display_name(&input.name, "/name")?;
        let mut scopes = input.scopes.clone();
        scopes.sort();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(Error::invalid("/scopes", "empty", "A key needs at least one scope."));
        }
        let now = self.world().now();
        if input.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::invalid("/expires_at", "past", "A key cannot expire before it was made."));
        }
        let id = ApiKeyId::from_uuid(self.world().uuid());
        let key = ApiKey {
            id,
            name,
            prefix: api_key::prefix(tenant.id(), id),
            scopes,
            created_at: now,
            created_by: tenant.op().actor().name.clone(),
            last_used_at: None,
            expires_at: input.expires_at,
        };
        let text = api_key::text(tenant.id(), id, &self.world().secret());
        let tx = self.store().begin(&permit).await?;
        let made = self
            .once(tx, async |tx| {
                tx.api_keys().create(&permit, &key, &text).await?;
                Ok(key)
            })
            .await?;
        Ok(match made {
            Once::Now(key) => ApiKeyCreated { key, secret: Some(text), note: None },
            Once::Before(key) => ApiKeyCreated {
                key,
                secret: None,
                note: Some(
                    "This request was sent before; the secret was in the first reply and is not kept. \
                     If it is lost, revoke this key and make another."
                        .to_owned(),
                ),
            },
        })
    }

    /// Revokes a key. It is refused on every node within a second.
    ///
    /// # Errors
    /// `auth.forbidden`, `not_found`.
    pub async fn api_key_delete(&self, tenant: &Tenant<'_>, id: ApiKeyId) -> Result<()> {
        let permit = tenant.authorize::<ApiKeyDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.api_keys().delete(&permit, id).await?;
        tx.commit().await?;
        self.store().announce_content(tenant.id()).await;
        Ok(())
    }
}
