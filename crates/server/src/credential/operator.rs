//! An operator, at the console.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use insula_store::{IdempotencyKey, OpCtx, OperatorRecord};

use super::nobody::visit;
use super::{Cookie, Presented, presented};
use crate::app::App;
use crate::problem::Refusal;
use crate::request::Behind;
use crate::visit::Visit;

/// An operator whose credential was checked.
pub(crate) struct Operator {
    /// Who acts.
    pub(crate) ctx: OpCtx,
    /// Who that is.
    pub(crate) record: OperatorRecord,
    /// The token, to end it, or to look again whether it still counts.
    pub(crate) token: String,
    /// The request.
    pub(crate) visit: Arc<Visit>,
}

impl FromRequestParts<App> for Operator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let visit = visit(parts)?;
        let (Presented::Cookie(token) | Presented::Bearer(token)) =
            presented(parts, &visit, &Cookie::of(&visit))?;
        let (ctx, record) = app.platform().store().operator_context(&token, visit.request).await?;
        let _ = visit.notes.actor.set(ctx.actor().id.clone());
        Ok(Self { ctx, record, token, visit })
    }
}

impl Operator {
    /// What cursors of this operator's lists are bound to.
    pub(crate) fn scope(&self) -> String {
        self.record.id.to_string()
    }
}

impl Behind for Operator {
    fn once(self, key: Option<IdempotencyKey>) -> Self {
        Self { ctx: self.ctx.with_idempotency(key), ..self }
    }
}
