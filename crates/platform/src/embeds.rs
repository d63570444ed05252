//! What whoever shows an embed token or opens a public link sees: one dashboard, or one widget of it, with the filters
//! that are locked. Tested in `tests/it/embeds.rs` and `server/tests/it/embeds.rs`.
//!
//! What must always hold: which dashboard it is stands in the credential and nowhere in the request.

use std::net::IpAddr;
use std::sync::Arc;

use insula_model::policy::action::EmbedView as ViewAction;
use insula_model::{EmbedDashboard, EmbedGrant, EmbedTenant, EmbedView, RequestId, Result, TenantRecord};
use insula_store::{OpCtx, Tenant};

use crate::dashboard_data::Spent;
use crate::dashboard_plans::Viewing;
use crate::embed_usage::Counted;
use crate::{DashboardReply, DashboardRequest, Platform};

impl Platform {
    /// Who acts, by an embed token or the secret of a public link.
    ///
    /// # Errors
    /// `embed.signature`, `embed.tenant`, `embed.audience`, `embed.not_yet`, `embed.expired`, `embed.revoked`;
    /// `limit.rate` when too many from that address were; `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn embed_context(
        &self,
        text: &str,
        record: &Arc<TenantRecord>,
        from: IpAddr,
        request: RequestId,
    ) -> Result<OpCtx> {
        self.embed_buckets().admit(record.id, from, self.world().now())?;
        self.store().embed_context(text, record, request).await.map_err(|refusal| {
            // Neither a closed workspace nor a fault of ours is a failure of theirs.
            if refusal.error.code().starts_with("embed.") {
                self.embed_buckets().refusal(record.id, from, self.world().now());
            }
            if let Some(dashboard) = refusal.dashboard {
                self.embed_counted(record.id, dashboard, Counted { refused: 1, ..Counted::default() });
            }
            refusal.error
        })
    }

    /// What an embed is told before its data. Counts as one load.
    ///
    /// # Errors
    /// `embed.revoked`, `embed.row_filter`.
    pub async fn embed_view(&self, tenant: &Tenant<'_>) -> Result<EmbedView> {
        let permit = tenant.authorize::<ViewAction>()?;
        let grant = permit.grant()?;
        let viewing = Viewing::Embed(&permit);
        let opened = async {
            let mut state = (*self.dashboard_state(&viewing).await?).clone();
            grant.apply(&mut state.config)?;
            Ok(state)
        };
        let state = self.counting_refusals(tenant, grant, opened.await)?;
        let (record, request) = (Arc::new(tenant.record().clone()), tenant.op().request());
        let looks = self.brand(&record, request).await?;
        let listed = self.embedding_origins(&record, request).await?;
        let viewer = match &grant.viewer {
            Some(viewer) => Some(self.store().embed_viewer(tenant.id(), viewer).await?),
            None => None,
        };
        self.embed_counted(tenant.id(), grant.dashboard, Counted { loads: 1, viewer, ..Counted::default() });
        let dashboard = EmbedDashboard {
            id: state.dashboard.id,
            name: state.dashboard.name,
            description: state.dashboard.description,
            config: state.config,
        };
        Ok(EmbedView {
            dashboard,
            tenant: EmbedTenant {
                name: looks.name.clone(),
                time_zone: looks.time_zone.clone(),
                locale: looks.locale.clone(),
                week_start: looks.week_start,
            },
            branding: looks.branding.clone(),
            locked: grant.locked(),
            origins: framing(grant, &listed),
            expires_at: grant.expires_at,
            now: self.world().now(),
        })
    }

    /// What an embed shows. Unchanged it costs one round trip to the database, changed two.
    ///
    /// # Errors
    /// `embed.locked` for a filter of the viewer on what is locked; `embed.revoked`, `embed.row_filter`; otherwise as
    /// [`Platform::dashboard_data`].
    pub async fn embed_data(
        &self,
        tenant: &Tenant<'_>,
        request: &DashboardRequest<'_>,
    ) -> Result<DashboardReply> {
        let permit = tenant.authorize::<ViewAction>()?;
        let grant = permit.grant()?;
        grant.leaves_alone(request.filters)?;
        let spent = Spent::default();
        let reply = self.dashboard_reply(&Viewing::Embed(&permit), request, &spent).await;
        let reply = self.counting_refusals(tenant, grant, reply)?;
        let query_ms = spent.millis();
        if query_ms > 0 {
            self.embed_counted(tenant.id(), grant.dashboard, Counted { query_ms, ..Counted::default() });
        }
        Ok(reply)
    }

    fn counting_refusals<T>(&self, tenant: &Tenant<'_>, grant: &EmbedGrant, result: Result<T>) -> Result<T> {
        if result.as_ref().is_err_and(|error| error.code().starts_with("embed.")) {
            self.embed_counted(tenant.id(), grant.dashboard, Counted { refused: 1, ..Counted::default() });
        }
        result
    }
}

/// The origins that may frame it now: those of the token that are still on the tenant's list, or all of the list.
fn framing(grant: &EmbedGrant, listed: &[String]) -> Vec<String> {
    let granted = |origin: &&String| grant.origins.is_empty() || grant.origins.contains(origin);
    listed.iter().filter(granted).cloned().collect()
}
