//! Sending rows: batches for each tenant, several under way at once.
//!
//! What must always hold: the mark that is written down lies before every row that is not yet answered for; every row is
//! counted once, as accepted, as there already, or as kept aside.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use insula_model::{EventReceipt, EventRejection, problem};

use super::aside::SENT;
use super::rows::{Rejected, Row};
use crate::client::{Api, read};
use crate::failure::Failure;

/// Rows of one batch.
const BATCH: usize = 4_000;
/// So many rows of the file may be read before a row that waits for its batch to fill is sent without it: the mark cannot
/// pass that row, and a tenant with few rows would hold it back until the end.
const WAIT: u64 = 40_000;
/// How often that is looked for.
const LOOK: u64 = 2_000;
/// Rows of a batch that was refused as a whole and is sent again in parts: so many are named in one refusal.
const NAMED: usize = 100;

/// What became of the rows of one tenant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Sent by a former run.
    pub(crate) before: u64,
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
}

impl Count {
    /// How many of its rows are in the database.
    pub(crate) fn stored(&self) -> u64 {
        self.before + self.accepted + self.duplicates
    }
}

/// A row on its way: its line, and what is needed to keep it aside.
struct Line {
    number: u64,
    json: String,
    fields: Vec<Vec<u8>>,
}

/// Rows of one tenant that are not sent yet.
#[derive(Default)]
struct Waiting(Vec<Line>);

/// What came of one batch.
struct Answer {
    tenant: String,
    first: u64,
    receipt: Result<EventReceipt, Failure>,
    lines: Vec<Line>,
}

/// The way out.
pub(crate) struct Sending<'a> {
    apis: BTreeMap<String, Api>,
    waiting: BTreeMap<String, Waiting>,
    under_way: FuturesUnordered<BoxFuture<'a, Answer>>,
    /// The first rows of what is under way.
    firsts: BTreeMap<u64, ()>,
    at_once: usize,
    pub(crate) counts: BTreeMap<String, Count>,
    pub(crate) sent: u64,
}

impl<'a> Sending<'a> {
    /// `apis` by what stands in the tenant's column.
    pub(crate) fn new(apis: BTreeMap<String, Api>, at_once: usize) -> Self {
        Self {
            apis,
            waiting: BTreeMap::new(),
            under_way: FuturesUnordered::new(),
            firsts: BTreeMap::new(),
            at_once: at_once.max(1),
            counts: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Takes a row. Waits while too much is under way. Gives rows that were refused.
    pub(crate) async fn put(&mut self, row: Row, fields: Vec<Vec<u8>>) -> Result<Vec<Rejected>, Failure> {
        let json = serde_json::to_string(&row.event).map_err(|e| Failure::usage(e.to_string()))?;
        let waiting = self.waiting.entry(row.tenant.clone()).or_default();
        waiting.0.push(Line { number: row.number, json, fields });
        let mut due = Vec::new();
        if waiting.0.len() >= BATCH {
            due.push((row.tenant, std::mem::take(&mut waiting.0)));
        }
        if row.number.is_multiple_of(LOOK) {
            due.extend(self.overdue(row.number));
        }
        let mut refused = Vec::new();
        for (tenant, lines) in due {
            self.launch(tenant, lines);
            while self.under_way.len() >= self.at_once {
                refused.extend(self.land().await?);
            }
        }
        Ok(refused)
    }

    /// What has waited too long when the row `now` is read.
    fn overdue(&mut self, now: u64) -> Vec<(String, Vec<Line>)> {
        let old = |waiting: &Waiting| waiting.0.first().is_some_and(|line| now - line.number >= WAIT);
        let due = self.waiting.iter_mut().filter(|(_, waiting)| old(waiting));
        due.map(|(tenant, waiting)| (tenant.clone(), std::mem::take(&mut waiting.0))).collect()
    }

    /// Sends what is left, and waits for all of it.
    pub(crate) async fn finish(&mut self) -> Result<Vec<Rejected>, Failure> {
        let mut refused = Vec::new();
        for (tenant, waiting) in std::mem::take(&mut self.waiting) {
            if waiting.0.is_empty() {
                continue;
            }
            self.launch(tenant, waiting.0);
            while self.under_way.len() >= self.at_once {
                refused.extend(self.land().await?);
            }
        }
        while !self.under_way.is_empty() {
            refused.extend(self.land().await?);
        }
        Ok(refused)
    }

    /// Every row before this one is answered for, given that `next` is the next one to be put.
    pub(crate) fn mark(&self, next: u64) -> u64 {
        let waiting = self.waiting.values().filter_map(|w| w.0.first().map(|line| line.number));
        let under_way = self.firsts.keys().next().copied();
        waiting.chain(under_way).min().unwrap_or(next).saturating_sub(1)
    }

    fn launch(&mut self, tenant: String, lines: Vec<Line>) {
        let Some(api) = self.apis.get(&tenant).cloned() else { return };
        let first = lines.first().map_or(0, |line| line.number);
        self.firsts.insert(first, ());
        self.under_way.push(
            async move {
                let receipt = post(&api, &lines).await;
                Answer { tenant, first, receipt, lines }
            }
            .boxed(),
        );
    }

    /// Waits for one batch.
    async fn land(&mut self) -> Result<Vec<Rejected>, Failure> {
        let Some(answer) = self.under_way.next().await else { return Ok(Vec::new()) };
        let receipt = answer.receipt?;
        self.firsts.remove(&answer.first);
        let count = self.counts.entry(answer.tenant).or_default();
        count.accepted += receipt.accepted;
        count.duplicates += receipt.duplicates;
        count.rejected += receipt.rejected.len() as u64;
        self.sent += answer.lines.len() as u64;
        let refused = receipt.rejected.into_iter().filter_map(|rejection| {
            let line = answer.lines.get(rejection.index)?;
            Some(Rejected {
                number: line.number,
                code: format!("{SENT}{}", rejection.code),
                reason: rejection.detail,
                fields: line.fields.clone(),
            })
        });
        Ok(refused.collect())
    }
}

/// One batch. One that is refused as a whole is sent again in parts that are small enough for every row to be named.
async fn post(api: &Api, lines: &[Line]) -> Result<EventReceipt, Failure> {
    let refused = match once(api, lines).await {
        Err(failure) if failure.is(problem::EVENTS_NONE_ACCEPTED) => failure,
        other => return other,
    };
    if lines.len() <= NAMED {
        let whole = refused.problem.detail.clone();
        let mut rejected: Vec<EventRejection> = (0..lines.len())
            .map(|index| EventRejection {
                index,
                code: problem::EVENTS_NONE_ACCEPTED.code.to_owned(),
                detail: whole.clone(),
            })
            .collect();
        for field in refused.problem.errors {
            let index = field.pointer.rsplit('/').next().and_then(|n| n.parse::<usize>().ok());
            if let Some(named) = index.and_then(|i| rejected.get_mut(i)) {
                named.code = field.code;
                named.detail = field.detail.unwrap_or_default();
            }
        }
        return Ok(EventReceipt { accepted: 0, duplicates: 0, rejected });
    }
    let mut sum = EventReceipt::default();
    for (part, offset) in lines.chunks(NAMED).zip((0..).step_by(NAMED)) {
        let receipt = Box::pin(post(api, part)).await?;
        sum.accepted += receipt.accepted;
        sum.duplicates += receipt.duplicates;
        sum.rejected
            .extend(receipt.rejected.into_iter().map(|r| EventRejection { index: r.index + offset, ..r }));
    }
    Ok(sum)
}

async fn once(api: &Api, lines: &[Line]) -> Result<EventReceipt, Failure> {
    let mut body = String::with_capacity(lines.iter().map(|l| l.json.len() + 1).sum());
    for line in lines {
        body.push_str(&line.json);
        body.push('\n');
    }
    read(&api.post_lines("/events", Bytes::from(body)).await?)
}
