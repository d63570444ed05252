//! `/healthz`: this process answers. `/readyz`: it can serve. `/metrics`. On the console's host, and on a listener
//! of their own for those who watch.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use insula_model::{Error, Result};

use crate::app::App;
use crate::metrics;
use crate::problem::Refusal;
use crate::routes::Routes;

/// How long an answer about readiness is believed, so that asking often costs nothing.
const BELIEVED: Duration = Duration::from_secs(1);
/// How long a server may take to answer before it counts as not answering.
const PATIENCE: Duration = Duration::from_secs(3);

/// The three addresses.
pub(crate) fn router() -> Routes {
    Routes::new().at("/healthz", get(healthz)).at("/readyz", get(readyz)).at("/metrics", get(shown))
}

async fn healthz() -> &'static str {
    "ok\n"
}

async fn readyz(State(app): State<App>) -> Result<&'static str, Refusal> {
    app.readiness().ask(&app).await?;
    Ok("ready\n")
}

async fn shown(State(app): State<App>) -> Result<Response, Refusal> {
    // Without the database this process' own numbers are shown all the same; the alarms stay what they were.
    if let Ok(Ok(counts)) = tokio::time::timeout(PATIENCE, app.platform().store().alarm_counts()).await {
        counts.into_iter().for_each(|(kind, count)| metrics::alarms(kind, count));
    }
    app.platform().cache_figures().iter().for_each(metrics::cache);
    let (running, waiting) = app.platform().question_counts();
    metrics::questions(running, waiting);
    let mut response = metrics::text()?.into_response();
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Ok(response)
}

/// What was last found about readiness.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Option<Error>)>>);

impl Readiness {
    /// Whether this process can serve.
    ///
    /// # Errors
    /// `database.down` and the like.
    async fn ask(&self, app: &App) -> Result<()> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, outcome)) = known.filter(|(at, _)| at.elapsed() < BELIEVED) {
            return outcome.map_or(Ok(()), Err);
        }
        let asked = tokio::time::timeout(PATIENCE, app.platform().store().ready()).await;
        let outcome = asked.unwrap_or_else(|_| {
            let detail = "A database did not answer in time.";
            Err(Error::new(insula_model::problem::DATABASE_DOWN, detail).retry_after(BELIEVED))
        });
        let kept = (Instant::now(), outcome.as_ref().err().cloned());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        outcome
    }
}
