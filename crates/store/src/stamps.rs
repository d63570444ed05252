//! The versions of all that a dashboard is drawn from, believed for a moment: most who look ask for what somebody asked
//! for just now, and then nothing has to be read at all.
//!
//! What must always hold: whoever looks sees what was acknowledged on this node before they asked, because a stamp is
//! found by the tenant's tide; and what other nodes acknowledged half a second before. A stamp is found by who sees
//! which datasets, and an operator's look is in the tenant's log before it is answered. Tested in
//! `platform/tests/it/dashboards.rs` and `dataset_sight.rs`.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use insula_model::policy::Role;
use insula_model::policy::action::{DashboardView, EmbedView};
use insula_model::{Action, DashboardId, Error, Plan, Result, TenantId};
use jiff::Timestamp;
use moka::future::Cache;

use crate::{Permit, Store};

/// How long a stamp is believed.
const BELIEVED: Duration = Duration::from_millis(500);

/// All that a stamp depends on and does not say by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    tenant: TenantId,
    epoch: i64,
    plan: Plan,
    dashboard: DashboardId,
    sight: Role,
    tide: u64,
    /// The version of the operator's templates.
    catalogue: i64,
}

#[derive(Debug, Clone)]
struct Stamp {
    tenant: TenantId,
    text: Arc<str>,
    read_at: Timestamp,
}

/// What was read not long ago.
pub(crate) struct Stamps(Cache<Key, Stamp>);

impl Stamps {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(20_000).time_to_live(BELIEVED).build())
    }
}

impl Store {
    /// The versions of everything that a dashboard is drawn from, as [`crate::Dashboards::stamp`] gives them, not older than
    /// what this node had acknowledged when it was asked, and half a second old at most. No round trip, or one.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn dashboard_stamp(
        &self,
        permit: &Permit<'_, DashboardView>,
        id: DashboardId,
    ) -> Result<Arc<str>> {
        self.note_look(permit).await?;
        let read =
            || async move { self.begin_unnoted(permit).await?.brief().dashboards().stamp(id).await }.boxed();
        self.stamp(permit, id, read).await
    }

    /// The same of the dashboard that an embed shows.
    ///
    /// # Errors
    /// `embed.revoked` when it is gone; `database.down`.
    pub async fn embed_stamp(&self, permit: &Permit<'_, EmbedView>) -> Result<Arc<str>> {
        let read = || async move { self.embedded(permit).await?.stamp().await }.boxed();
        self.stamp(permit, permit.grant()?.dashboard, read).await
    }

    async fn stamp<'a, A: Action>(
        &self,
        permit: &Permit<'_, A>,
        dashboard: DashboardId,
        read: impl Fn() -> BoxFuture<'a, Result<String>> + Send,
    ) -> Result<Arc<str>> {
        let (tenant, now) = (permit.record.id, || self.inner.world.now());
        let key = Key {
            tenant,
            epoch: permit.record.placement.epoch,
            plan: permit.record.plan,
            dashboard,
            sight: permit.op.sight(),
            // Before anything is read: what is written meanwhile is found by those who come after it.
            tide: self.inner.tides.height(tenant),
            catalogue: self.inner.templates().await.version,
        };
        let Stamps(stamps) = &self.inner.stamps;
        let asked = now();
        loop {
            let look = async {
                let read_at = now();
                Ok(Stamp { tenant, text: read().await?.into(), read_at })
            };
            let stamp = stamps
                .try_get_with(key.clone(), Box::pin(look))
                .await
                .map_err(|error: Arc<Error>| (*error).clone())?;
            if stamp.tenant != tenant {
                return Err(Error::internal("the stamp of another tenant"));
            }
            // What was read since it was asked for is good; so the second turn, or the third, is the last.
            if stamp.read_at >= asked || asked < stamp.read_at + BELIEVED {
                return Ok(stamp.text);
            }
            stamps.invalidate(&key).await;
        }
    }
}
