//! The control plane's side: proof that an operator may do something, and transactions on the catalogue.

use std::marker::PhantomData;

use insula_model::{OperatorAction, Result};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::exchange::{Exchange, Opening};
use super::{Actor, OpCtx};
use crate::tasks::Tasks;
use crate::wire::{Lent, Wire};

/// Proof that an operator may do `A`. It comes from `OpCtx::authorize_operator` only:
///
/// ```compile_fail
/// // refused: private
/// use insula_model::policy::operator_action::TenantList;
/// fn forged(op: &insula_store::OpCtx) -> insula_store::OperatorPermit<'_, TenantList> { insula_store::OperatorPermit::new(op) }
/// ```
#[must_use]
#[derive(Debug)]
pub struct OperatorPermit<'op, A: OperatorAction> {
    pub(crate) op: &'op OpCtx,
    action: PhantomData<fn() -> A>,
}

impl<'op, A: OperatorAction> OperatorPermit<'op, A> {
    pub(crate) fn new(op: &'op OpCtx) -> Self {
        Self { op, action: PhantomData }
    }

    /// Who acts.
    #[must_use]
    pub fn op(&self) -> &'op OpCtx {
        self.op
    }
}

struct Begin;

impl Opening for Begin {
    async fn open(&self, wire: &Wire) -> Result<(), tokio_postgres::Error> {
        wire.client.execute(&wire.frame.begin_write, &[]).await.map(drop)
    }
}

/// What an operator did, for the control plane's own audit log.
pub(crate) struct ControlEntry<'a> {
    pub(crate) action: &'static str,
    pub(crate) actor: &'a Actor,
    pub(crate) subject: String,
    pub(crate) request: String,
    pub(crate) detail: String,
}

/// One transaction on the control database. Only `store` has it: what may be done there are the methods of
/// `Store`, each with the proof that it needs.
pub(crate) struct ControlTx {
    exchange: Exchange,
}

impl ControlTx {
    pub(crate) fn new(wire: Lent, tasks: &Tasks) -> Self {
        Self { exchange: Exchange::new(wire, tasks) }
    }

    pub(crate) async fn rows(
        &mut self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        self.exchange.rows(&Begin, sql, params).await
    }

    pub(crate) async fn row(
        &mut self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    pub(crate) async fn execute(&mut self, sql: &'static str, params: &[&(dyn ToSql + Sync)]) -> Result<u64> {
        self.exchange.execute(&Begin, sql, params).await
    }

    /// Commits without an entry in the log: the engine's own book-keeping.
    pub(crate) async fn commit(self) -> Result<()> {
        self.exchange.commit("", &[]).await
    }

    /// Commits with the entry of what an operator did.
    pub(crate) async fn commit_with(self, entry: &ControlEntry<'_>) -> Result<()> {
        let kind = entry.actor.kind.as_str();
        let params: Vec<&(dyn ToSql + Sync)> = vec![
            &entry.action,
            &kind,
            &entry.actor.id,
            &entry.actor.name,
            &entry.subject,
            &entry.request,
            &entry.detail,
        ];
        self.exchange.commit("SELECT control_audit_append($1, $2, $3, $4, $5, $6, $7)", &[params]).await
    }
}
