//! Questions to a dataset, one at a time.

use insula_insight::{Context, compile};
use insula_model::policy::action::QuestionAsk as AskAction;
use insula_model::{Answer, Error, Question, Range, Result, period, problem};
use insula_store::Tenant;

use crate::Platform;
use crate::rows::Asking;

/// A question and what it is asked in.
#[derive(Debug, Clone)]
pub struct QuestionRequest {
    /// The question.
    pub question: Question,
    /// The range, for a question that has none.
    pub range: Option<Range>,
    /// The time zone, when it is not the tenant's; the dataset's own goes before it.
    pub time_zone: Option<String>,
}

impl Platform {
    /// Answers a question. Two round trips to the database; one if its rows are kept.
    ///
    /// # Errors
    /// `question.invalid` with a pointer into the question for everything that is wrong; `input.invalid` for a
    /// range or time zone; `timeout`; `limit.busy`.
    pub async fn question_ask(&self, tenant: &Tenant<'_>, request: &QuestionRequest) -> Result<Answer> {
        let permit = tenant.authorize::<AskAction>()?;
        let question = &request.question;
        let mut tx = self.store().begin(&permit).await?;
        let state = tx.questions().state(&question.dataset).await?;
        drop(tx);
        let zone = request.time_zone.as_ref().unwrap_or(&state.time_zone);
        let context = Context {
            now: self.world().now(),
            time_zone: period::time_zone(zone, "/time_zone")?,
            week_start: state.week_start,
            range: request.range,
            compare: None,
            filters: Vec::new(),
            locked: Vec::new(),
        };
        let dataset = state.dataset.ok_or_else(|| {
            let detail = format!("There is no dataset {:?}.", question.dataset);
            Error::new(problem::QUESTION, detail).at("/question/dataset")
        })?;
        let compiled = compile(question, &dataset.dataset.definition, dataset.number, &context)
            .map_err(|error| if error.is(problem::QUESTION) { error.under("/question") } else { error })?;
        let statement = std::slice::from_ref(&compiled.statement);
        let asking = Asking::Question(&permit);
        let mut results = Box::pin(self.rows(&asking, statement, std::slice::from_ref(&dataset))).await?;
        let rows = results.pop().unwrap_or_else(|| Err(Error::internal("a question without a result")))?;
        compiled.shape.answer(&rows)
    }
}
