//! Making embed tokens. Tested in `tests/it/embeds.rs`.
//!
//! What must always hold: a token says nothing that its maker could not see to be true here: the dashboard and widget are
//! there, every filter is about something that they show, what the dashboard requires is locked, and whoever may frame it
//! is on the tenant's list. A token is kept nowhere; the same request sent again gives the same claims, signed again.

use insula_model::embed::AUDIENCE;
use insula_model::policy::action::EmbedMint;
use insula_model::{EmbedClaims, EmbedTokenCreated, EmbedTokenId, EmbedTokenInput, Error, Filter, Result};
use insula_store::{DashboardState, Permit, Tenant};
use jiff::Timestamp;

use crate::Platform;

impl Platform {
    /// Makes an embed token.
    ///
    /// # Errors
    /// `auth.forbidden`; `not_found` without the dashboard; `embed.row_filter` when a required dimension is not locked;
    /// `input.invalid` with a pointer; `idempotency.reused`; `limit.rate` when the workspace makes too many.
    pub async fn embed_token_create(
        &self,
        tenant: &Tenant<'_>,
        input: &EmbedTokenInput,
    ) -> Result<EmbedTokenCreated> {
        let permit = tenant.authorize::<EmbedMint>()?;
        let ttl = input.check()?;
        self.embed_buckets().mint(tenant.id(), self.world().now())?;
        let (id, now) = (EmbedTokenId::from_uuid(self.world().uuid()), self.world().now().as_second());
        let address = self.settings().tenant_url(&tenant.record().slug);
        let said = EmbedClaims {
            iss: address.clone(),
            aud: AUDIENCE.to_owned(),
            tenant: tenant.id(),
            dashboard: input.dashboard,
            widget: input.widget.clone(),
            filters: input.filters.clone(),
            origins: input.origins.clone().unwrap_or_default(),
            sub: input.viewer.clone(),
            by: tenant.op().actor().id.clone(),
            iat: now,
            nbf: now,
            exp: now + ttl,
            jti: id,
        };
        let tx = self.store().begin(&permit).await?;
        let mut fresh = None;
        let claims = self
            .once(tx, async |tx| {
                let state = tx.dashboards().state(input.dashboard).await?;
                check_widget(&state, input.widget.as_deref())?;
                check_locks(&state, &input.filters)?;
                if let Some(origins) = &input.origins {
                    check_origins(&tx.embedding().view().await?.origins, origins)?;
                }
                fresh = Some(tx.embed_keys().signer(&permit, self.store()).await?.sign(&said)?);
                Ok(said)
            })
            .await?
            .reply();
        let token = match fresh {
            Some(token) => token,
            None => self.embed_sign(&permit, &claims).await?,
        };
        let page = format!("{address}/embed/dashboards/{}", claims.dashboard);
        Ok(EmbedTokenCreated {
            id: claims.jti,
            token,
            expires_at: Timestamp::from_second(claims.exp).map_err(Error::internal)?,
            url: claims.widget.map_or(page.clone(), |widget| format!("{page}/widgets/{widget}")),
        })
    }

    /// Signs with the key that signs now.
    async fn embed_sign(&self, permit: &Permit<'_, EmbedMint>, claims: &EmbedClaims) -> Result<String> {
        let mut tx = self.store().begin(permit).await?;
        tx.embed_keys().signer(permit, self.store()).await?.sign(claims)
    }
}

fn check_widget(state: &DashboardState, widget: Option<&str>) -> Result<()> {
    match widget {
        Some(id) if !state.config.widgets.iter().any(|w| w.id == id) => {
            Err(Error::invalid("/widget", "unknown", "This dashboard has no such widget."))
        }
        _ => Ok(()),
    }
}

/// That locked filters are about something that the dashboard shows, and lock what it requires.
pub(crate) fn check_locks(state: &DashboardState, filters: &[Filter]) -> Result<()> {
    for (i, filter) in filters.iter().enumerate() {
        let known = state.datasets.iter().any(|d| insula_insight::filters(&d.dataset.definition, filter));
        if !known {
            let detail = "No dataset of this dashboard has such a dimension or measure.";
            return Err(Error::invalid(format!("/filters/{i}"), "unknown", detail));
        }
    }
    match &state.config.embed {
        Some(rules) => rules.met_by(filters).map_err(|error| error.at("/filters")),
        None => Ok(()),
    }
}

fn check_origins(list: &[String], origins: &[String]) -> Result<()> {
    if origins.is_empty() {
        let detail = "Name an origin, or leave `origins` out for all of the workspace's list.";
        return Err(Error::invalid("/origins", "empty", detail));
    }
    match origins.iter().position(|origin| !list.contains(origin)) {
        None => Ok(()),
        Some(i) => {
            let detail = "This origin is not on the workspace's list of those that may frame its dashboards.";
            Err(Error::invalid(format!("/origins/{i}"), "unknown", detail))
        }
    }
}
