//! Tenants and those who act in them, made and admitted like real ones.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};
use insula_model::{ApiKeyInput, OperationId, Plan, RequestId, Scope, TenantRecord, Tier};
use insula_platform::{OperationView, OwnerRequest, TenantRequest};
use insula_store::{Announcement, OpCtx};

use crate::Result;
use crate::place::Place;

/// A tenant with an API key of it.
pub(crate) struct Actor {
    pub(crate) record: Arc<TenantRecord>,
    pub(crate) key: String,
}

impl Actor {
    /// The address that the tenant is asked at.
    pub(crate) fn host(&self) -> String {
        format!("{}.localhost", self.record.slug)
    }

    /// The key, in a new request.
    pub(crate) async fn op(&self, place: &Place) -> Result<OpCtx> {
        let platform = place.platform();
        let request = RequestId::from_uuid(platform.world().uuid());
        Ok(platform.api_key_context(&self.key, &self.record, request).await?)
    }
}

impl Place {
    /// Asks for a tenant.
    pub(crate) async fn ask(&self, slug: &str, tier: Tier, sample_data: bool) -> Result<OperationId> {
        let request = TenantRequest {
            slug: slug.parse()?,
            name: None,
            plan: Plan::Free,
            tier: Some(tier),
            cell: None,
            owner: OwnerRequest { email: format!("owner@{slug}.test"), name: None, password_hash: None },
            sample_data,
            time_zone: None,
        };
        Ok(self.platform().tenant_create(&self.operator().await?, request).await?)
    }

    /// Waits until an operation has ended, as those who watch it do: when something is announced, they look.
    pub(crate) async fn ended(&self, id: OperationId) -> Result<OperationView> {
        let mut heard = self.platform().store().announcements();
        let operator = self.operator().await?;
        let begun = Instant::now();
        loop {
            let view = self.platform().operation_view(&operator, id).await?;
            if view.status.ended() || view.status.as_str() == "stuck" {
                return if view.status.as_str() == "succeeded" {
                    Ok(view)
                } else {
                    Err(format!("an operation failed: {view:?}").into())
                };
            }
            if begun.elapsed() > Duration::from_secs(120) {
                return Err(format!("an operation does not end: {view:?}").into());
            }
            let next =
                async { while !matches!(heard.recv().await, Ok(Announcement::Operation(of)) if of == id) {} };
            // An announcement may have come between the look and the wait.
            let _ = tokio::time::timeout(Duration::from_millis(100), next).await;
        }
    }

    /// Makes a tenant, or finds the one of an earlier run.
    pub(crate) async fn tenant(&self, slug: &str, tier: Tier) -> Result<Arc<TenantRecord>> {
        let store = self.platform().store();
        if let Some(found) = store.tenant_of_slug(slug).await? {
            return Ok(found);
        }
        let view = self.ended(self.ask(slug, tier, false).await?).await?;
        let id = view.tenant.ok_or("a tenant without an id")?;
        Ok(store.tenant_of_id(id).await?.ok_or("a tenant that is gone")?)
    }

    /// Schema tenants, made side by side.
    pub(crate) async fn schema_tenants(&self, count: usize) -> Result<()> {
        let begun = Instant::now();
        let made = futures_util::stream::iter(0..count)
            .map(async |n| self.tenant(&format!("schema-{n:04}"), Tier::Schema).await)
            .buffer_unordered(2)
            .try_for_each(async |_| Ok(()));
        made.await?;
        eprintln!("  {count} schema tenants in {}", crate::figures::time(begun.elapsed().as_secs_f64()));
        Ok(())
    }

    /// A tenant with a key that may do everything that keys may.
    pub(crate) async fn actor(&self, slug: &str, tier: Tier) -> Result<Actor> {
        let record = self.tenant(slug, tier).await?;
        let operator = self.operator().await?.with_reason("benchmark: a key for the load")?;
        let tenant = self.platform().store().tenant(&operator, Arc::clone(&record))?;
        let input =
            ApiKeyInput { name: "benchmark".to_owned(), scopes: Scope::ALL.to_vec(), expires_at: None };
        let made = self.platform().api_key_create(&tenant, &input).await?;
        Ok(Actor { record, key: made.secret.ok_or("a key without a secret")? })
    }
}
