//! One transaction as one tenant.
//!
//! Nothing is sent when it begins. The first statement goes out together with `BEGIN` and the preamble (tenant,
//! search path, role, time limit), so that a scoped read costs one round trip; PostgreSQL works through them in
//! order, and if one of them fails the statement is refused with the rest of the transaction.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::join_all;
use insula_model::{
    Action, DashboardId, Error, Mode, Placement, Read, Result, TemplateId, TenantId, TenantRecord, Write,
};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::exchange::{Exchange, Opening};
use super::{OpCtx, Permit, Reach};
use crate::audited::Audited;
use crate::failure::failure;
use crate::store::Inner;
use crate::templates::Catalogue;
use crate::texts::Text;
use crate::wire::{Lent, Wire};

/// The gate of every writing transaction.
const ENTER: &str = "SELECT enter_write($1, $2)";

/// What one permit leaves in the audit log.
struct Entry {
    action: &'static str,
    subject: String,
    detail: String,
}

/// What makes the transaction the tenant's.
pub(super) struct Preamble {
    writes: bool,
    tenant: String,
    role: String,
    /// The search path, where the connection has none for good.
    path: Option<String>,
    epoch: i64,
    /// Whether a closed tenant may be written to: operations and jobs only.
    even_if_closed: bool,
}

impl Opening for Preamble {
    async fn open(&self, wire: &Wire) -> Result<(), tokio_postgres::Error> {
        let begin = if self.writes { &wire.frame.begin_write } else { &wire.frame.begin_read };
        let set = async {
            let (two, frame): ([&(dyn ToSql + Sync); 2], _) =
                ([&self.tenant, &self.role], &wire.frame.preamble);
            match &self.path {
                None => wire.client.query(frame, &two).await,
                Some(path) => wire.client.query(frame, &[two[0], two[1], path]).await,
            }
        };
        // Sent at once even where it is not prepared yet: a statement of the scope must neither run before it nor, when
        // it fails, hide behind the error of an aborted transaction.
        let enter = async {
            if !self.writes {
                return Ok(());
            }
            if let Some(enter) = wire.prepared(ENTER) {
                return wire.client.query(&enter, &[&self.epoch, &self.even_if_closed]).await.map(drop);
            }
            let params: [(&(dyn ToSql + Sync), Type); 2] =
                [(&self.epoch, Type::INT8), (&self.even_if_closed, Type::BOOL)];
            let (entered, _) =
                futures_util::join!(wire.client.query_typed(ENTER, &params), wire.statement(ENTER));
            entered.map(drop)
        };
        let (begun, set, entered) = futures_util::join!(wire.client.execute(begin, &[]), set, enter);
        begun?;
        set?;
        entered
    }
}

/// A statement that `insight` compiled, with its parameters and their types.
pub(crate) struct Compiled<'a> {
    pub(crate) sql: &'a str,
    pub(crate) params: Vec<(&'a (dyn ToSql + Sync), Type)>,
}

impl Compiled<'_> {
    async fn query(&self, wire: &Wire, text: &Text) -> Result<Vec<Row>, tokio_postgres::Error> {
        let fits = |statement: &tokio_postgres::Statement| {
            statement.params().iter().eq(self.params.iter().map(|(_, kind)| kind))
        };
        match text {
            Text::Prepared(statement) if fits(statement) => {
                let params: Vec<&(dyn ToSql + Sync)> = self.params.iter().map(|(value, _)| *value).collect();
                wire.client.query(statement, &params).await
            }
            _ => wire.client.query_typed(self.sql, &self.params).await,
        }
    }

    async fn prepare(&self, wire: &Wire) {
        let kinds: Vec<Type> = self.params.iter().map(|(_, kind)| kind.clone()).collect();
        if let Ok(statement) = wire.client.prepare_typed(self.sql, &kinds).await {
            wire.texts.prepared(self.sql, statement);
        }
    }
}

/// One transaction as one tenant, for reading or for writing. Dropped before [`TenantTx::commit`] it is rolled
/// back; dropped in the middle of an exchange its connection is closed.
///
/// A read cannot commit, and no repository of a read can write:
/// ```compile_fail
/// // refused: no method named `commit`
/// async fn f(tx: insula_store::TenantTx<'_, insula_model::Read>) { tx.commit().await; }
/// ```
/// A write needs the permit as well as the transaction:
/// ```compile_fail
/// // refused: this method takes 2 arguments but 1 argument was supplied
/// async fn f(mut tx: insula_store::TenantTx<'_, insula_model::Write>, id: insula_model::DashboardId) {
///     let _ = tx.dashboards().delete(id).await;
/// }
/// ```
/// and it takes the permit for just that:
/// ```compile_fail
/// // refused: mismatched types
/// use insula_model::policy::action::DashboardView;
/// async fn f(mut tx: insula_store::TenantTx<'_, insula_model::Write>, permit: &insula_store::Permit<'_, DashboardView>, id: insula_model::DashboardId) {
///     let _ = tx.dashboards().delete(permit, id).await;
/// }
/// ```
/// A permit to look gives no transaction that writes:
/// ```compile_fail
/// // refused: mismatched types
/// use insula_model::policy::action::DashboardView;
/// async fn f<'a>(store: &insula_store::Store, permit: &insula_store::Permit<'a, DashboardView>) -> insula_store::TenantTx<'a, insula_model::Write> {
///     store.begin(permit).await.unwrap()
/// }
/// ```
/// No text of SQL comes in from outside:
/// ```compile_fail
/// // refused: private
/// async fn f(mut tx: insula_store::TenantTx<'_, insula_model::Read>) { let _ = tx.rows("SELECT 1", &[]).await; }
/// ```
#[must_use]
pub struct TenantTx<'op, M: Mode> {
    pub(super) exchange: Exchange,
    pub(super) preamble: Preamble,
    op: &'op OpCtx,
    tenant: TenantId,
    entries: Vec<Entry>,
    audited: Audited,
    door: Arc<Inner>,
    record: Arc<TenantRecord>,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> std::fmt::Debug for TenantTx<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TenantTx({}, {:?})", self.tenant, self.exchange)
    }
}

impl<'op, M: Mode> TenantTx<'op, M> {
    pub(crate) fn begin<A: Action<Mode = M>>(wire: Lent, permit: &Permit<'op, A>, door: &Arc<Inner>) -> Self {
        Self::of(wire, permit, door)
    }

    fn of<A: Action>(wire: Lent, permit: &Permit<'op, A>, door: &Arc<Inner>) -> Self {
        let Placement { schema, role, epoch, .. } = &permit.record.placement;
        let preamble = Preamble {
            writes: M::WRITES,
            tenant: permit.record.id.uuid().to_string(),
            path: wire.enter(schema),
            role: role.clone(),
            epoch: *epoch,
            even_if_closed: matches!(permit.op.reach, Reach::System { .. }),
        };
        let mut tx = Self {
            exchange: Exchange::new(wire, &door.tasks),
            preamble,
            op: permit.op,
            tenant: permit.record.id,
            entries: Vec::new(),
            audited: door.audited.clone(),
            door: Arc::clone(door),
            record: Arc::clone(&permit.record),
            mode: PhantomData,
        };
        // Whatever an operator does is in the tenant's log; what one only looks at, `Store::begin` has noted.
        let operator = matches!(permit.op.reach, Reach::Operator { .. });
        if M::WRITES && (A::RULE.audited || operator) {
            tx.entries.push(Entry { action: A::RULE.name, subject: String::new(), detail: String::new() });
        }
        tx
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What the control plane knew of the tenant when the transaction was permitted.
    pub(crate) fn tenant_record(&self) -> &TenantRecord {
        &self.record
    }

    /// The operator's templates.
    pub(crate) async fn templates(&self) -> Arc<Catalogue> {
        self.door.templates().await
    }

    /// Whether a dashboard is one that the operator publishes to the tenant: then it is there without a row.
    pub(crate) async fn is_published(&self, dashboard: DashboardId) -> bool {
        self.templates().await.of(dashboard).is_some_and(|published| published.reaches(&self.record))
    }

    /// Says elsewhere, before it is so, that the tenant may have changes of a template.
    pub(crate) async fn template_changing(&self, template: TemplateId) -> Result<()> {
        self.door.template_changing(template, self.tenant).await
    }

    /// Who acts.
    #[must_use]
    pub fn op(&self) -> &'op OpCtx {
        self.op
    }

    /// Rows of a statement that is known at compile time.
    pub(crate) async fn rows(
        &mut self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        self.exchange.rows(&self.preamble, sql, params).await
    }

    /// At most one row.
    pub(crate) async fn row(
        &mut self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// How many rows a statement changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, params: &[&(dyn ToSql + Sync)]) -> Result<u64> {
        self.exchange.execute(&self.preamble, sql, params).await
    }

    /// Rows of several statements that `insight` compiled, sent together. One result for each up to the first that
    /// fails; those behind it were not run, and nothing else can be run in this transaction.
    pub(crate) async fn compiled(&mut self, statements: &[Compiled<'_>]) -> Result<Vec<Result<Vec<Row>>>> {
        let replies = loop {
            let replies = self.exchange.run(
                &self.preamble,
                |_| true,
                async |wire| {
                    let texts: Vec<Text> = statements.iter().map(|s| wire.texts.sent(s.sql)).collect();
                    let queries = statements.iter().zip(&texts).map(|(s, text)| s.query(wire, text));
                    let again = statements.iter().zip(&texts).filter(|(_, t)| matches!(t, Text::Again));
                    // Behind the statements: nobody waits for what is for the next time.
                    let prepared = again.map(|(s, _)| s.prepare(wire));
                    let (replies, _) = futures_util::join!(join_all(queries), join_all(prepared));
                    Ok(replies)
                },
            );
            let replies = replies.await;
            if !self.exchange.begins_anew(&replies) {
                break replies?;
            }
        };
        let mut results = Vec::with_capacity(replies.len());
        for reply in replies {
            let failed = reply.is_err();
            results.push(reply.map_err(|e| failure(&e)));
            if failed {
                self.exchange.spoil();
                break;
            }
        }
        Ok(results)
    }
}

impl<'op> TenantTx<'op, Read> {
    /// Over with its first statement, or with the first that are sent together; a second one is refused.
    pub(crate) fn brief(mut self) -> Self {
        self.exchange.make_brief();
        self
    }
}

impl<'op> TenantTx<'op, Write> {
    /// The transaction that does nothing but leave in the log that an operator looked. Also a closed tenant's log says
    /// who did.
    pub(crate) fn look<A: Action>(wire: Lent, permit: &Permit<'op, A>, door: &Arc<Inner>) -> Self {
        let mut tx = Self::of(wire, permit, door);
        tx.preamble.even_if_closed = true;
        tx
    }

    /// Checks that a permit is for this transaction's tenant and notes what it leaves in the audit log. The first
    /// note fills the entry that the permit made when the transaction began.
    pub(crate) fn used<A: Action>(
        &mut self,
        permit: &Permit<'_, A>,
        subject: impl std::fmt::Display,
        detail: &serde_json::Value,
    ) -> Result<()> {
        if permit.record.id != self.tenant {
            return Err(Error::internal("a permit of another tenant"));
        }
        if A::RULE.audited {
            let detail = if detail.is_null() { String::new() } else { detail.to_string() };
            let entry = Entry { action: A::RULE.name, subject: subject.to_string(), detail };
            match self.entries.iter_mut().find(|e| e.action == A::RULE.name && e.subject.is_empty()) {
                Some(open) => *open = entry,
                None => self.entries.push(entry),
            }
        }
        Ok(())
    }

    /// Notes what a permit was used for, where no repository does.
    ///
    /// # Errors
    /// `internal` for a permit of another tenant.
    pub fn note<A: Action>(
        &mut self,
        permit: &Permit<'_, A>,
        subject: impl std::fmt::Display,
        detail: &serde_json::Value,
    ) -> Result<()> {
        self.used(permit, subject, detail)
    }

    /// Notes what an operator did to the tenant from outside, under the name of that action.
    ///
    /// # Errors
    /// `internal` for a permit of another tenant.
    pub fn record(
        &mut self,
        permit: &Permit<'_, insula_model::policy::action::TenantRecord>,
        action: &'static str,
        detail: &serde_json::Value,
    ) -> Result<()> {
        self.used(permit, permit.record.id, detail)?;
        if let Some(entry) = self.entries.last_mut() {
            entry.action = action;
        }
        Ok(())
    }

    /// Writes the audit rows of every permit used and commits, in one round trip.
    ///
    /// # Errors
    /// `outcome.unknown` when the connection breaks while committing: the caller's idempotency key resolves it.
    pub async fn commit(mut self) -> Result<()> {
        let door = Arc::clone(&self.door);
        let _rising = door.tides.rising(self.tenant);
        if self.exchange.is_fresh() && !self.entries.is_empty() {
            // Opens the transaction, so that what was permitted is recorded even if nothing else was written.
            self.execute("SELECT 1", &[]).await?;
        }
        let (actor, request) = (&self.op.actor, self.op.request.to_string());
        let (kind, reason) = (actor.kind.as_str(), self.op.reason.as_deref().unwrap_or_default());
        let entries: Vec<Vec<&(dyn ToSql + Sync)>> = self
            .entries
            .iter()
            .map(|e| -> Vec<&(dyn ToSql + Sync)> {
                vec![&e.action, &kind, &actor.id, &actor.name, &reason, &e.subject, &request, &e.detail]
            })
            .collect();
        // Before the outcome is known, because it may never be: a reminder too many costs nothing.
        if !entries.is_empty() {
            self.audited.remember(self.tenant);
        }
        self.exchange.commit("SELECT audit_append($1, $2, $3, $4, $5, $6, $7, $8)", &entries).await
    }
}
