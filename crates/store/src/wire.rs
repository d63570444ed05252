//! Pooled connections. A [`Wire`] is lent to one scope at a time; whoever drops it in the middle of an exchange
//! must close it (`scope::tx` does), so that the next scope never meets somebody else's transaction.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, Object, RecycleError, RecycleResult};
use insula_model::{Error, Result};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Statement};

use crate::berths::Berths;
use crate::dial::{Address, Login, dial_keeping};
use crate::failure::{down, failure};
use crate::tasks::Tasks;
use crate::texts::Texts;

/// When a connection is given up: a backend keeps about 400 KB for each schema it has touched (measured by
/// `cargo xtask bench memory`) and gives nothing back, so that age, schemas touched and turns bound its memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recycling {
    pub(crate) max_age: Duration,
    pub(crate) max_schemas: usize,
    /// How often it is lent.
    pub(crate) max_turns: usize,
}

impl Default for Recycling {
    fn default() -> Self {
        Self { max_age: Duration::from_mins(30), max_schemas: 80, max_turns: usize::MAX }
    }
}

impl Recycling {
    /// For connections that make, change and remove schemas, a few turns for each.
    pub(crate) const ADMIN: Self =
        Self { max_age: Duration::from_mins(30), max_schemas: usize::MAX, max_turns: 200 };
}

/// How long a statement of a tenant may run.
const STATEMENT: Duration = Duration::from_secs(20);

/// What the scopes on the connections of a pool have in common. It is set once for each connection; what makes a scope
/// one tenant's is set in every transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scopes {
    /// They are no tenant's.
    Control,
    /// They are tenants', and all in this schema.
    In(&'static str),
    /// They are tenants', and each brings its own schema.
    Anywhere,
}

/// The statements that open and close a scope, prepared when the connection is made.
pub(crate) struct Frame {
    pub(crate) begin_read: Statement,
    pub(crate) begin_write: Statement,
    pub(crate) preamble: Statement,
    pub(crate) commit: Statement,
    pub(crate) rollback: Statement,
}

/// One connection with its prepared statements.
pub(crate) struct Wire {
    pub(crate) client: Client,
    pub(crate) frame: Frame,
    scopes: Scopes,
    pub(crate) texts: Texts,
    statements: Mutex<HashMap<&'static str, Statement>>,
    schemas: Mutex<HashSet<String>>,
    born: Instant,
}

/// Tenant and role of the transaction, in one statement with bound parameters. The role comes last: what comes before
/// it may be set by the login role only.
const PREAMBLE: &str = "SELECT set_config('insula.tenant', $1, true), set_config('role', $2, true)";

/// The same with the search path, on connections that scopes of several schemas share.
const PREAMBLE_WITH_PATH: &str = "SELECT set_config('insula.tenant', $1, true), set_config('search_path', $3, true), \
     set_config('role', $2, true)";

/// The search path of a scope. `pg_temp` last: nothing temporary hides a table.
fn path_of(schema: &str) -> String {
    format!("{schema}, pg_temp")
}

impl Wire {
    async fn new(client: Client, scopes: Scopes) -> Result<Self, tokio_postgres::Error> {
        let settings = async {
            let timeout = STATEMENT.as_millis().to_string();
            match scopes {
                Scopes::Control => Ok(()),
                Scopes::In(schema) => {
                    let set = "SELECT set_config('statement_timeout', $1, false), set_config('search_path', $2, false)";
                    client
                        .query_typed(set, &[(&timeout, Type::TEXT), (&path_of(schema), Type::TEXT)])
                        .await
                        .map(drop)
                }
                Scopes::Anywhere => {
                    let set = "SELECT set_config('statement_timeout', $1, false)";
                    client.query_typed(set, &[(&timeout, Type::TEXT)]).await.map(drop)
                }
            }
        };
        let preamble = if scopes == Scopes::Anywhere { PREAMBLE_WITH_PATH } else { PREAMBLE };
        let (begin_read, begin_write, preamble, commit, rollback, ()) = futures_util::try_join!(
            client.prepare("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"),
            client.prepare("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
            client.prepare(preamble),
            client.prepare("COMMIT"),
            client.prepare("ROLLBACK"),
            settings,
        )?;
        Ok(Self {
            client,
            frame: Frame { begin_read, begin_write, preamble, commit, rollback },
            scopes,
            texts: Texts::default(),
            statements: Mutex::default(),
            schemas: Mutex::default(),
            born: Instant::now(),
        })
    }

    /// The prepared statement of a text, if it was prepared before.
    pub(crate) fn prepared(&self, sql: &'static str) -> Option<Statement> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned()
    }

    /// The prepared statement of a text, prepared on first use. Only for texts known at compile time: the cache
    /// cannot grow with what users write.
    pub(crate) async fn statement(&self, sql: &'static str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.prepared(sql) {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).insert(sql, statement.clone());
        Ok(statement)
    }

    /// Notes that a scope in `schema` uses this connection. The search path that the scope has to bring, if any.
    pub(crate) fn enter(&self, schema: &str) -> Option<String> {
        if self.scopes != Scopes::Anywhere {
            return None;
        }
        let mut schemas = self.schemas.lock().unwrap_or_else(PoisonError::into_inner);
        if !schemas.contains(schema) {
            schemas.insert(schema.to_owned());
        }
        Some(path_of(schema))
    }

    fn worn_out(&self, limit: Recycling) -> bool {
        self.born.elapsed() > limit.max_age
            || self.schemas.lock().unwrap_or_else(PoisonError::into_inner).len() > limit.max_schemas
    }
}

/// Makes and checks the connections of one pool.
pub(crate) struct Dialer {
    pub(crate) address: Address,
    pub(crate) login: Login,
    pub(crate) database: String,
    pub(crate) scopes: Scopes,
    /// Where connections to several databases share one number.
    pub(crate) berths: Option<Berths>,
    pub(crate) recycling: Recycling,
    pub(crate) tasks: Tasks,
}

impl managed::Manager for Dialer {
    type Type = Wire;
    type Error = Error;

    async fn create(&self) -> Result<Wire> {
        // Boxed: connecting is rare, and every future that borrows a connection would carry its size.
        Box::pin(async {
            let berth = match &self.berths {
                Some(berths) => Some(berths.take().await?),
                None => None,
            };
            let (address, login, database) = (&self.address, &self.login, &self.database);
            let client = dial_keeping(berth, address, login, database, "insula", &self.tasks).await?;
            Wire::new(client, self.scopes).await.map_err(|e| failure(&e))
        })
        .await
    }

    async fn recycle(&self, wire: &mut Wire, metrics: &Metrics) -> RecycleResult<Error> {
        let turned = metrics.recycle_count >= self.recycling.max_turns;
        if wire.client.is_closed() || turned || wire.worn_out(self.recycling) {
            return Err(RecycleError::message("closed or worn out"));
        }
        Ok(())
    }
}

/// A pool of connections to one database as one login role.
#[derive(Clone)]
pub(crate) struct Pool(managed::Pool<Dialer>);

/// A connection that is lent out.
pub(crate) type Lent = Object<Dialer>;

impl From<managed::Pool<Dialer>> for Pool {
    fn from(pool: managed::Pool<Dialer>) -> Self {
        Self(pool)
    }
}

impl Pool {
    pub(crate) fn new(dialer: Dialer, size: usize) -> Result<Self> {
        managed::Pool::builder(dialer)
            .max_size(size)
            .wait_timeout(Some(Duration::from_secs(10)))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map(Self)
            .map_err(Error::internal)
    }

    /// A connection that no scope uses.
    #[expect(clippy::disallowed_methods, reason = "the one place that takes from a pool")]
    pub(crate) async fn lend(&self) -> Result<Lent> {
        self.0.get().await.map_err(|error| match error {
            managed::PoolError::Backend(error) => error,
            other => down().context(format!("waiting for a connection: {other}")),
        })
    }

    /// Whether it has a connection, or somebody waits for one.
    pub(crate) fn is_used(&self) -> bool {
        let status = self.0.status();
        status.size > 0 || status.waiting > 0
    }

    /// Closes one of the connections that nobody uses, and says whether there was one.
    pub(crate) fn close_one_idle(&self) -> bool {
        let mut closed = false;
        self.0.retain(|_, _| std::mem::replace(&mut closed, true));
        closed
    }

    /// Closes connections that were idle for so long.
    pub(crate) fn shrink(&self, idle_for: Duration) {
        self.0.retain(|_, metrics| metrics.last_used() < idle_for);
    }

    pub(crate) fn close(&self) {
        self.0.close();
    }
}
