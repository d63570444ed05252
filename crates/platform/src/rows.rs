//! The rows of compiled statements: kept, on their way for somebody else, or fetched.
//!
//! What must always hold: rows are found by tenant, epoch, statement, and by the definitions and data of the
//! datasets that the statement reads; these versions were read before the rows, so that rows may be newer than
//! their key says and never older; what narrows a question is in its statement. Tested in `tests/it/rows.rs`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use insula_insight::{Rows, Statement, Value};
use insula_model::policy::action::{DashboardView, EmbedView, QuestionAsk};
use insula_model::{Error, Result, TenantRecord, problem};
use insula_store::{Permit, Store, StoredDataset};
use sha2::{Digest, Sha256};

use crate::cache::{Claim, Look, name};
use crate::{Platform, queue};

/// For how long the statements of one request may run together.
const ALTOGETHER: Duration = Duration::from_secs(25);

/// What became of one statement.
pub(crate) type Fetched = Result<Arc<Rows>>;

/// By what right statements are run.
pub(crate) enum Asking<'p, 'op> {
    Dashboard(&'p Permit<'op, DashboardView>),
    Question(&'p Permit<'op, QuestionAsk>),
    Embed(&'p Permit<'op, EmbedView>),
}

impl Asking<'_, '_> {
    fn tenant(&self) -> &TenantRecord {
        match self {
            Self::Dashboard(permit) => permit.tenant(),
            Self::Question(permit) => permit.tenant(),
            Self::Embed(permit) => permit.tenant(),
        }
    }

    async fn run(&self, store: &Store, statements: &[&Statement]) -> Result<Vec<Result<Rows>>> {
        match self {
            Self::Dashboard(permit) => store.begin(permit).await?.questions().run(statements).await,
            Self::Question(permit) => store.begin(permit).await?.questions().run(statements).await,
            Self::Embed(permit) => store.embedded(permit).await?.run(statements).await,
        }
    }
}

impl Platform {
    /// The rows of statements, whoever asked for them first. What has to be fetched is sent together.
    ///
    /// # Errors
    /// `database.down`; `limit.busy`; inside the results also `timeout`.
    pub(crate) async fn rows(
        &self,
        asking: &Asking<'_, '_>,
        statements: &[Statement],
        datasets: &[StoredDataset],
    ) -> Result<Vec<Fetched>> {
        let keys = statements.iter().map(|s| key(s, datasets)).collect::<Result<Vec<_>>>()?;
        let mut found: Vec<Option<Fetched>> = vec![None; statements.len()];
        while found.iter().any(Option::is_none) {
            let (mut ours, mut coming) = (Vec::new(), Vec::new());
            for (i, (key, found)) in keys.iter().zip(&mut found).enumerate().filter(|(_, (_, f))| f.is_none())
            {
                match self.inner.rows.look(asking.tenant(), key)? {
                    Look::Here(rows) => *found = Some(Ok(rows)),
                    Look::Coming(theirs) => coming.push((i, theirs)),
                    Look::Ours(claim) => ours.push((i, claim)),
                }
            }
            // First one's own, so that of two who wait for each other both get on.
            if !ours.is_empty() {
                let cost = queue::cost(ours.iter().map(|(i, _)| &statements[*i]), datasets);
                let slot = self.inner.queue.enter(asking.tenant(), cost).await?;
                for (i, rows) in Box::pin(self.fetch(asking, statements, ours)).await? {
                    found[i] = Some(rows);
                }
                drop(slot);
            }
            for (i, theirs) in coming {
                found[i] = theirs.wait().await;
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// Runs statements together. One that fails takes those behind it with it; they are sent again without it.
    async fn fetch(
        &self,
        asking: &Asking<'_, '_>,
        statements: &[Statement],
        ours: Vec<(usize, Claim<'_, Rows>)>,
    ) -> Result<Vec<(usize, Fetched)>> {
        let (begun, mut done) = (Instant::now(), Vec::with_capacity(ours.len()));
        let mut ours = ours.into_iter();
        while !ours.as_slice().is_empty() {
            if begun.elapsed() > ALTOGETHER {
                let late = || Err(Error::new(problem::TIMEOUT, "The statements before it took too long."));
                done.extend(ours.by_ref().map(|(i, claim)| (i, fill(claim, late()))));
                break;
            }
            let rest: Vec<&Statement> = ours.as_slice().iter().map(|(i, _)| &statements[*i]).collect();
            let more = asking.run(self.store(), &rest).await?;
            if let Some(Err(error)) = more.last()
                && error.is(problem::DATABASE_DOWN)
            {
                return Err(error.clone());
            }
            done.extend(more.into_iter().zip(ours.by_ref()).map(|(rows, (i, claim))| (i, fill(claim, rows))));
        }
        Ok(done)
    }
}

fn fill(claim: Claim<'_, Rows>, rows: Result<Rows>) -> Fetched {
    let made = rows.map(|rows| {
        let bytes = weight(&rows);
        (Arc::new(rows), Some(bytes))
    });
    let fetched = made.as_ref().map(|(rows, _)| Arc::clone(rows)).map_err(Clone::clone);
    claim.fill(made);
    fetched
}

fn weight(rows: &Rows) -> usize {
    let text = |value: &Value| if let Value::Text(text) = value { text.capacity() } else { 0 };
    let row = |row: &Vec<Value>| {
        size_of::<Vec<Value>>() + row.capacity() * size_of::<Value>() + row.iter().map(text).sum::<usize>()
    };
    rows.iter().map(row).sum()
}

/// What rows depend on, beside tenant and epoch.
fn key(statement: &Statement, datasets: &[StoredDataset]) -> Result<String> {
    let mut hash = Sha256::new();
    statement.digest(&mut hash);
    for number in &statement.datasets {
        let stored = datasets.iter().find(|d| d.number == *number);
        let stored =
            stored.ok_or_else(|| Error::internal("a statement about a dataset that was not read"))?;
        hash.update(stored.dataset.id.uuid().as_bytes());
        hash.update(stored.dataset.version.to_be_bytes());
        hash.update(stored.data_version.to_be_bytes());
    }
    Ok(name(hash))
}
