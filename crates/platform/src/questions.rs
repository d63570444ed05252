//! Questions to a dataset, one at a time, and the events behind them.

use insula_insight::{Context, RowCursor, Statement, compile, compile_rows, filters};
use insula_model::policy::action::QuestionAsk as AskAction;
use insula_model::question::MAX_ROWS;
use insula_model::question_filter::check_filters;
use insula_model::{Answer, Error, EventRows, Filter, Question, Range, Result, period, problem};
use insula_store::{Permit, StoredDataset, Tenant};

use crate::Platform;
use crate::rows::{Asking, Fetched};

/// Events of a page, unless the request says.
const PAGE: u32 = 100;

/// A question and what it is asked in.
#[derive(Debug, Clone)]
pub struct QuestionRequest {
    /// The question.
    pub question: Question,
    /// The range, for a question that has none.
    pub range: Option<Range>,
    /// The time zone, when it is not the tenant's; the dataset's own goes before it.
    pub time_zone: Option<String>,
    /// Conditions beside those of the question.
    pub filters: Vec<Filter>,
}

impl QuestionRequest {
    /// A question as it stands.
    #[must_use]
    pub fn new(question: Question) -> Self {
        Self { question, range: None, time_zone: None, filters: Vec::new() }
    }
}

/// A page of the events behind a question.
#[derive(Debug, Clone)]
pub struct RowsRequest {
    /// The question.
    pub asked: QuestionRequest,
    /// Events at most: 1 to 1,000; 100 unless given.
    pub limit: Option<u32>,
    /// Behind which event the page begins.
    pub cursor: Option<String>,
}

impl Platform {
    /// Answers a question. Two round trips to the database; one if its rows are kept.
    ///
    /// # Errors
    /// `question.invalid` with a pointer into the question for everything that is wrong; `input.invalid` for a
    /// range, time zone or filter; `timeout`; `limit.busy`.
    pub async fn question_ask(&self, tenant: &Tenant<'_>, request: &QuestionRequest) -> Result<Answer> {
        let permit = tenant.authorize::<AskAction>()?;
        let (dataset, context) = self.surroundings(&permit, request).await?;
        let compiled = compile(&request.question, dataset.source(), &context).map_err(in_question)?;
        let rows = self.rows_of(&permit, &compiled.statement, &dataset).await?;
        compiled.shape.answer(&rows)
    }

    /// Shows events behind a question, the latest first. As costly as [`Self::question_ask`].
    ///
    /// # Errors
    /// As [`Self::question_ask`]; `page.cursor`.
    pub async fn question_rows(&self, tenant: &Tenant<'_>, request: &RowsRequest) -> Result<EventRows> {
        let permit = tenant.authorize::<AskAction>()?;
        let after = request.cursor.as_deref().map(str::parse::<RowCursor>).transpose()?;
        let limit = request.limit.unwrap_or(PAGE);
        if !(1..=MAX_ROWS).contains(&limit) {
            return Err(Error::invalid("/limit", "range", "A page has 1 to 1,000 events."));
        }
        let (dataset, context) = self.surroundings(&permit, &request.asked).await?;
        let question = &request.asked.question;
        let compiled =
            compile_rows(question, dataset.source(), &context, after, limit).map_err(in_question)?;
        compiled.page(&self.rows_of(&permit, &compiled.statement, &dataset).await?)
    }

    /// The dataset that is asked, and what it is asked in.
    async fn surroundings(
        &self,
        permit: &Permit<'_, AskAction>,
        request: &QuestionRequest,
    ) -> Result<(StoredDataset, Context)> {
        check_filters(&request.filters, "/filters")?;
        let mut tx = self.store().begin(permit).await?;
        let state = tx.questions().state(&request.question.dataset).await?;
        drop(tx);
        let zone = request.time_zone.as_ref().unwrap_or(&state.time_zone);
        let context = Context {
            now: self.world().now(),
            time_zone: period::time_zone(zone, "/time_zone")?,
            week_start: state.week_start,
            range: request.range,
            compare: None,
            filters: request.filters.clone(),
            locked: Vec::new(),
        };
        let dataset = state.dataset.ok_or_else(|| {
            let detail = format!("There is no dataset {:?} that you may see.", request.question.dataset);
            Error::new(problem::QUESTION, detail).at("/question/dataset")
        })?;
        if let Some(i) = request.filters.iter().position(|f| !filters(&dataset.dataset.definition, f)) {
            let detail = "The dataset has nothing of this name to filter by.";
            return Err(Error::invalid(format!("/filters/{i}"), "unknown", detail));
        }
        Ok((dataset, context))
    }

    async fn rows_of(
        &self,
        permit: &Permit<'_, AskAction>,
        statement: &Statement,
        dataset: &StoredDataset,
    ) -> Fetched {
        let (statement, dataset) = (std::slice::from_ref(statement), std::slice::from_ref(dataset));
        let mut results = Box::pin(self.rows(&Asking::Question(permit), statement, dataset)).await?;
        results.pop().unwrap_or_else(|| Err(Error::internal("a question without a result")))
    }
}

/// What is wrong with a question, below where the request has it.
fn in_question(error: Error) -> Error {
    if error.is(problem::QUESTION) { error.under("/question") } else { error }
}
