//! Making a request that is sent again take effect once.

use insula_model::policy::action::TenantTidy;
use insula_model::{Error, RequestId, Result, TenantId, Write};
use insula_store::{OpCtx, Seen, TenantTx};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Platform, embed_usage};

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Once<T> {
    /// It took effect now.
    Now(T),
    /// It took effect before; this is what was replied then.
    Before(T),
}

impl<T> Once<T> {
    /// The reply, either way.
    pub(crate) fn reply(self) -> T {
        match self {
            Self::Now(reply) | Self::Before(reply) => reply,
        }
    }
}

impl Platform {
    /// Does `work` in the transaction and commits; or, for a request whose `Idempotency-Key` was seen before, gives
    /// the reply of then and does nothing. Of requests with one key that come at once, one works and the others
    /// wait for its reply. What `work` replies is kept for a day: nothing in it may be secret.
    ///
    /// # Errors
    /// What `work` fails with (nothing is kept then); `idempotency.reused`.
    pub(crate) async fn once<T, F>(&self, mut tx: TenantTx<'_, Write>, work: F) -> Result<Once<T>>
    where
        T: Serialize + DeserializeOwned,
        F: AsyncFnOnce(&mut TenantTx<'_, Write>) -> Result<T>,
    {
        match tx.idempotency().begin(self.world().now()).await? {
            Seen::New => {
                let reply = work(&mut tx).await?;
                if tx.op().idempotency().is_some() {
                    let kept = serde_json::to_string(&reply).map_err(Error::internal)?;
                    tx.idempotency().done(&kept).await?;
                }
                let kept = tx.op().idempotency().is_some();
                let tenant = tx.tenant();
                tx.commit().await?;
                if kept {
                    self.tidy_sometimes(tenant);
                }
                Ok(Once::Now(reply))
            }
            // The transaction is dropped, with the audit entry that it began with.
            Seen::Done(kept) => Ok(Once::Before(serde_json::from_str(&kept).map_err(Error::internal)?)),
        }
    }

    /// Every now and then removes what has expired in a tenant, beside the request: where nothing is kept, nothing
    /// needs to be looked for.
    fn tidy_sometimes(&self, tenant: TenantId) {
        let mut dice = [0u8; 1];
        self.world().entropy.fill(&mut dice);
        if dice[0] % 64 == 0 {
            let platform = self.clone();
            self.store().tasks().spawn(async move {
                if let Err(error) = platform.tenant_tidy(tenant).await {
                    tracing::debug!(%tenant, ?error, "what has expired could not be removed");
                }
            });
        }
    }

    /// Removes what has expired in a tenant: replies kept for repeated requests, invitations, what was said of embeds, marks on what is
    /// published no more.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tenant_tidy(&self, tenant: TenantId) -> Result<u64> {
        let Some(record) = self.store().tenant_of_id(tenant).await? else { return Ok(0) };
        let op = OpCtx::of_tidying(tenant, RequestId::from_uuid(self.world().uuid()));
        let permit = self.store().tenant(&op, record)?.authorize::<TenantTidy>()?;
        let (mut tx, now) = (self.store().begin(&permit).await?, self.world().now());
        let replies = tx.idempotency().tidy(&permit, now).await?;
        let invitations = tx.invitations().tidy(&permit, now).await?;
        let keys = tx.embed_keys().tidy(&permit, now).await?;
        let revocations = tx.embed_revocations().tidy(&permit, now).await?;
        let viewers = tx.embed_usage().tidy(&permit, embed_usage::forgotten(now)).await?;
        let favourites = tx.favourites().tidy(&permit).await?;
        tx.commit().await?;
        Ok(replies + invitations + keys + revocations + viewers + favourites)
    }
}
