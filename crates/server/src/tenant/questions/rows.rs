//! `POST /questions/rows`.

use axum::extract::State;
use insula_model::{EventRows, Filter, Question, Range};
use insula_platform::{QuestionRequest, RowsRequest};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Json, Posted};

/// A question, and which page of the events behind it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowsInput {
    /// The question.
    question: Question,
    /// The range, for a question that has none.
    #[serde(default)]
    range: Option<Range>,
    /// The time zone, when it is not the workspace's.
    #[serde(default)]
    time_zone: Option<String>,
    /// Further conditions; all of them hold.
    #[serde(default)]
    filters: Vec<Filter>,
    /// How many events at most: 1 to 1,000, 100 unless given.
    #[serde(default)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: Option<String>,
}

/// Shows the events behind a question: those that it looks at, the latest first.
///
/// The question's measures, groups, order and limit choose nothing here; its dataset, range and filters do.
#[utoipa::path(
    post, path = "/questions/rows", tag = "questions", request_body = RowsInput,
    responses((status = 200, description = "A page of events.", body = EventRows))
)]
pub(super) async fn question_rows(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<RowsInput>>,
) -> Answer<EventRows> {
    let RowsInput { question, range, time_zone, filters, limit, cursor } = input;
    let asked = QuestionRequest { question, range, time_zone, filters };
    let request = RowsRequest { asked, limit, cursor };
    Ok(shown(app.platform().question_rows(&caller.tenant()?, &request).await?))
}
