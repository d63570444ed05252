//! One transaction's conversation with the server: what was sent, what was answered, and what therefore may
//! happen to the connection afterwards. Both kinds of scope are built on it.

use deadpool::managed::Object;
use futures_util::FutureExt;
use insula_model::{Error, Result, problem};
use tokio_postgres::NoTls;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;

use crate::failure::{down, failure};
use crate::tasks::Tasks;
use crate::wire::{Lent, Pool, Wire};

/// Where a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was sent yet.
    Fresh,
    /// Every reply has arrived; the transaction is open.
    Open,
    /// Something was sent and not all of it answered.
    Exchanging,
    /// A statement failed: only a rollback can follow.
    Failed,
    /// Over: committed, or the end was sent together with the statements.
    Done,
}

/// What goes before the first statement.
pub(crate) trait Opening {
    /// Sends `BEGIN` and what belongs to it. Everything must be sent when it is first polled.
    fn open(&self, wire: &Wire) -> impl Future<Output = Result<(), tokio_postgres::Error>> + Send;
}

/// The conversation. Dropped between exchanges it is rolled back; dropped within one, its connection is closed.
pub(crate) struct Exchange {
    wire: Option<Lent>,
    state: State,
    /// Whether the transaction is over with its first exchange.
    brief: bool,
    /// Whether the connection is the second one, in the place of one that refused to open.
    renewed: bool,
    tasks: Tasks,
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.state)
    }
}

impl Exchange {
    pub(crate) fn new(wire: Lent, tasks: &Tasks) -> Self {
        Self { wire: Some(wire), state: State::Fresh, brief: false, renewed: false, tasks: tasks.clone() }
    }

    /// The end of the transaction travels with the first statements: for those who only read, and only once.
    pub(crate) fn make_brief(&mut self) {
        self.brief = true;
    }

    /// Whether nothing was sent yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.state == State::Fresh
    }

    /// Says that one of the statements of an exchange failed: only a rollback can follow.
    pub(crate) fn spoil(&mut self) {
        if self.state == State::Open {
            self.state = State::Failed;
        }
    }

    /// Says that nobody may use the connection after this transaction, whatever was answered.
    pub(crate) fn poison(&mut self) {
        self.state = State::Exchanging;
    }

    fn wire(&self) -> Result<&Wire> {
        self.wire.as_deref().ok_or_else(|| Error::internal("a transaction without a connection"))
    }

    /// Sends what is to be sent, with the opening before it if this is the first time, and waits for all replies.
    /// `at_once` says that all of it is sent when `send` is first polled.
    pub(crate) async fn run<T>(
        &mut self,
        opening: &impl Opening,
        at_once: impl FnOnce(&Wire) -> bool,
        send: impl AsyncFnOnce(&Wire) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        let first = match self.state {
            State::Fresh => true,
            State::Open => false,
            State::Exchanging | State::Failed | State::Done => {
                return Err(Error::internal(format!(
                    "a statement in a transaction that is {:?}",
                    self.state
                )));
            }
        };
        self.state = State::Exchanging;
        let wire = self.wire()?;
        let over = first && self.brief && at_once(wire);
        let end = async {
            if over {
                roll_back(wire);
            }
        };
        let reply = if first {
            // Polled in this order, so that they are sent in this order.
            let (opened, reply, ()) = futures_util::join!(opening.open(wire), send(wire), end);
            if let Err(error) = &opened
                && self.may_be_stale(error)
            {
                self.renew().await?;
            }
            opened.and(reply)
        } else {
            send(wire).await
        };
        self.state = match reply {
            Err(_) if first && self.renewed && self.state == State::Fresh => State::Fresh,
            _ if over => State::Done,
            Ok(_) => State::Open,
            Err(_) => State::Failed,
        };
        reply.map_err(|e| failure(&e))
    }

    /// Whether a refused opening may be this connection's fault. A backend keeps the list of roles that its login is a
    /// member of. While it works that list out, which takes the longer the more tenants have roles of their own, it may
    /// miss the news of a role that is granted meanwhile, and then refuses that role until the next grant of any role
    /// (seen with PostgreSQL 15.20 and a thousand roles). What tells that apart from a refusal in earnest is another
    /// connection, which makes a list of its own.
    fn may_be_stale(&self, error: &tokio_postgres::Error) -> bool {
        !self.renewed && error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE)
    }

    /// Closes the connection and begins anew on another: nothing was done yet.
    async fn renew(&mut self) -> Result<()> {
        let old = self.wire.take().ok_or_else(|| Error::internal("a transaction without a connection"))?;
        let pool = Object::pool(&old).ok_or_else(down)?;
        drop(Object::take(old));
        self.wire = Some(Pool::from(pool).lend().await?);
        (self.renewed, self.state) = (true, State::Fresh);
        Ok(())
    }

    /// Whether what has just failed is to be sent again, on the connection that took the other one's place.
    pub(crate) fn begins_anew<T>(&self, reply: &Result<T>) -> bool {
        reply.is_err() && self.renewed && self.state == State::Fresh
    }

    /// Rows of a statement that is known at compile time.
    pub(crate) async fn rows(
        &mut self,
        opening: &impl Opening,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<tokio_postgres::Row>> {
        let prepared = |wire: &Wire| wire.prepared(sql).is_some();
        loop {
            let reply = self.run(opening, prepared, async |wire| {
                let statement = wire.statement(sql).await?;
                wire.client.query(&statement, params).await
            });
            let reply = reply.await;
            if !self.begins_anew(&reply) {
                return reply;
            }
        }
    }

    /// How many rows a statement changed.
    pub(crate) async fn execute(
        &mut self,
        opening: &impl Opening,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64> {
        let prepared = |wire: &Wire| wire.prepared(sql).is_some();
        loop {
            let reply = self.run(opening, prepared, async |wire| {
                let statement = wire.statement(sql).await?;
                wire.client.execute(&statement, params).await
            });
            let reply = reply.await;
            if !self.begins_anew(&reply) {
                return reply;
            }
        }
    }

    /// Runs `append` once per set of parameters and commits. With one set they travel together: if the append
    /// fails, the transaction is aborted and the `COMMIT` behind it rolls back.
    pub(crate) async fn commit(
        mut self,
        append: &'static str,
        entries: &[Vec<&(dyn ToSql + Sync)>],
    ) -> Result<()> {
        if self.state == State::Fresh && entries.is_empty() {
            return Ok(());
        }
        if self.state != State::Open {
            return Err(Error::internal(format!("a commit of a transaction that is {:?}", self.state)));
        }
        self.state = State::Exchanging;
        let wire = self.wire()?;
        let committed = async {
            let commit =
                || async { wire.client.execute(&wire.frame.commit, &[]).await.map_err(|e| lost(&e)) };
            if let [only] = entries {
                let statement = wire.statement(append).await.map_err(|e| failure(&e))?;
                let (appended, committed) =
                    futures_util::join!(wire.client.query(&statement, only), commit());
                // The commit is on its way too: where the wire broke, it may have been done.
                appended.map_err(|e| lost(&e))?;
                return committed;
            }
            for entry in entries {
                let statement = wire.statement(append).await.map_err(|e| failure(&e))?;
                wire.client.query(&statement, entry).await.map_err(|e| failure(&e))?;
            }
            commit().await
        }
        .await;
        // After a failure the transaction is over or aborted, and the connection is not worth keeping.
        committed?;
        self.state = State::Done;
        Ok(())
    }
}

/// Sends the end of a transaction: polling once sends it, and nobody needs the answer.
fn roll_back(wire: &Wire) {
    drop(wire.client.execute(&wire.frame.rollback, &[]).now_or_never());
}

/// The error of a commit that was sent: what the server itself refused was not done, everything else is not known.
fn lost(error: &tokio_postgres::Error) -> Error {
    let refused = error
        .as_db_error()
        .is_some_and(|e| !matches!(e.parsed_severity(), Some(Severity::Fatal | Severity::Panic)));
    let error = failure(error);
    if refused || !error.is(problem::DATABASE_DOWN) {
        return error;
    }
    let lost = Error::new(
        problem::UNKNOWN_OUTCOME,
        "The connection broke while saving; whether it was saved is not known. \
         Send it again with the same Idempotency-Key.",
    );
    error.for_log().iter().fold(lost, Error::context)
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let Some(wire) = self.wire.take() else { return };
        match self.state {
            State::Fresh | State::Done => {}
            State::Open | State::Failed => {
                // Every reply has arrived, so this is the next thing that the server sees on this connection,
                // whoever gets it from the pool.
                roll_back(&wire);
            }
            State::Exchanging => {
                let cancel = wire.client.cancel_token();
                self.tasks.spawn(async move {
                    let _ = cancel.cancel_query(NoTls).await;
                });
                drop(Object::take(wire));
            }
        }
    }
}
