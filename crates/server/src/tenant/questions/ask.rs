//! `POST /questions/ask`.

use axum::extract::State;
use insula_model::{Answer as Answered, Filter, Question, Range};
use insula_platform::QuestionRequest;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Json, Posted};

/// A question and what it is asked in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionInput {
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
}

/// Answers a question.
#[utoipa::path(
    post, path = "/questions/ask", tag = "questions", request_body = QuestionInput,
    responses((status = 200, description = "The answer: columns, each with all its values.", body = Answered))
)]
pub(super) async fn question_ask(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<QuestionInput>>,
) -> Answer<Answered> {
    let QuestionInput { question, range, time_zone, filters } = input;
    let request = QuestionRequest { question, range, time_zone, filters };
    Ok(shown(app.platform().question_ask(&caller.tenant()?, &request).await?))
}
