//! Carries what tenants' transactions caused from their outboxes over to the jobs. A job has the id of its outbox
//! row, so that a relay which ends half-way carries nothing twice.

use insula_model::policy::action::OutboxRelay;
use insula_model::{RequestId, Result, TenantId};
use insula_store::{NewJob, OpCtx};

use crate::Platform;

/// How many are carried in one transaction.
const LOAD: u32 = 200;

impl Platform {
    /// Carries over everything that is hinted at. Says how many jobs there are now.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn outbox_relay(&self) -> Result<usize> {
        let mut carried = 0;
        for (tenant, hinted_at) in self.store().outbox_hints().await? {
            match self.outbox_relay_tenant(tenant).await {
                Ok(count) => {
                    carried += count;
                    // A hint is written before its transaction commits: an empty outbox may be about to fill.
                    let settled = self.world().now().duration_since(hinted_at).as_secs() >= 60;
                    if settled || count > 0 {
                        self.store().outbox_hint_done(tenant, hinted_at).await?;
                    }
                }
                Err(error) => tracing::warn!(%tenant, ?error, "an outbox could not be carried over"),
            }
        }
        Ok(carried)
    }

    async fn outbox_relay_tenant(&self, tenant: TenantId) -> Result<usize> {
        let Some(record) = self.store().tenant_of_id(tenant).await? else { return Ok(0) };
        let op = OpCtx::of_relay(tenant, RequestId::from_uuid(self.world().uuid()));
        let permit = self.store().tenant(&op, record)?.authorize::<OutboxRelay>()?;
        let mut carried = 0;
        loop {
            let mut tx = self.store().begin(&permit).await?;
            let items = tx.outbox().list(&permit, LOAD).await?;
            if items.is_empty() {
                return Ok(carried);
            }
            let jobs: Vec<NewJob> = items
                .iter()
                .map(|item| NewJob {
                    id: item.id,
                    tenant: Some(tenant),
                    kind: item.kind.clone(),
                    payload: item.payload.clone(),
                    run_at: item.run_at.unwrap_or_else(|| self.world().now()),
                })
                .collect();
            self.store().job_enqueue(&jobs).await?;
            tx.outbox().delete(&permit, &items).await?;
            tx.commit().await?;
            carried += items.len();
        }
    }
}
