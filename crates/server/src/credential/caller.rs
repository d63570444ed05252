//! A member or an API key, at a tenant's home.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use insula_model::{Result, TenantRecord};
use insula_store::{IdempotencyKey, OpCtx, Store, Tenant};

use super::nobody::{record, visit};
use super::{Cookie, Presented, ended, presented};
use crate::app::App;
use crate::problem::Refusal;
use crate::request::Behind;
use crate::visit::Visit;

/// Somebody whose credential for the visited tenant was checked.
pub(crate) struct Caller {
    /// Who acts.
    pub(crate) ctx: OpCtx,
    /// The tenant that the address means.
    pub(crate) record: Arc<TenantRecord>,
    /// The request.
    pub(crate) visit: Arc<Visit>,
    store: Store,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let visit = visit(parts)?;
        let record = Arc::clone(record(&visit)?);
        let store = app.platform().store().clone();
        let ctx = match presented(parts, &visit, &Cookie::of(&visit))? {
            Presented::Cookie(token) => store.session_context(&token, &record, visit.request).await?,
            Presented::Bearer(token) if token.starts_with("isk_") => {
                store.api_key_context(&token, &record, visit.request).await?
            }
            Presented::Bearer(_) => return Err(ended().into()),
        };
        let _ = visit.notes.actor.set(ctx.actor().id.clone());
        Ok(Self { ctx, record, visit, store })
    }
}

impl Caller {
    /// The tenant as this caller may see it.
    ///
    /// # Errors
    /// `tenant.not_yours`, `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub(crate) fn tenant(&self) -> Result<Tenant<'_>> {
        self.store.tenant(&self.ctx, Arc::clone(&self.record))
    }

    /// What cursors of this caller's lists are bound to.
    pub(crate) fn scope(&self) -> String {
        format!("{} {}", self.record.id, self.ctx.actor().id)
    }
}

impl Behind for Caller {
    fn once(self, key: Option<IdempotencyKey>) -> Self {
        Self { ctx: self.ctx.with_idempotency(key), ..self }
    }
}
