//! One request and its answer, sent again where that is harmless and helps.

use std::time::{Duration, Instant};

use reqwest::header::{ETAG, HeaderMap, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Api;
use crate::failure::{Exit, Failure, Problem};

/// What came back.
pub(crate) struct Reply {
    pub(crate) body: Value,
    pub(crate) version: Option<String>,
}

impl Reply {
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        super::read(&self.body)
    }
}

impl Api {
    /// Sends, and sends again while the server does not answer or asks for patience.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        build: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Reply, Failure> {
        let begun = Instant::now();
        let mut wait = Duration::from_millis(100);
        loop {
            let failure = match self.attempt(method.clone(), path, &build).await {
                Ok(response) if response.status().is_success() => return reply(response).await,
                Ok(response) => {
                    let asked = retry_after(response.headers());
                    let passing = matches!(
                        response.status(),
                        StatusCode::TOO_MANY_REQUESTS
                            | StatusCode::SERVICE_UNAVAILABLE
                            | StatusCode::BAD_GATEWAY
                    );
                    // A statement that was stopped at its limit changed nothing: on a machine that is busy for a moment
                    // the same passes soon, and whoever has time tries.
                    let late =
                        response.status() == StatusCode::GATEWAY_TIMEOUT && self.patience > super::PATIENCE;
                    wait = asked.unwrap_or(wait);
                    let failure = refusal(response).await;
                    if !passing && !late {
                        return Err(failure);
                    }
                    failure
                }
                Err(error) => {
                    // Nobody listens: waiting is for those who asked for more patience than usual.
                    if error.is_connect() && self.patience <= super::PATIENCE || error.is_builder() {
                        return Err(self.unreachable(&error));
                    }
                    self.unreachable(&error)
                }
            };
            if begun.elapsed() + wait > self.patience {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        }
    }

    async fn attempt(
        &self,
        method: Method,
        path: &str,
        build: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> reqwest::Result<Response> {
        self.opened(method, path, build).send().await
    }

    /// A request of which the answer is read as it comes.
    pub(super) fn opened(
        &self,
        method: Method,
        path: &str,
        build: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> RequestBuilder {
        let mut request = self.http.request(method, self.url(path));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        build(request)
    }

    pub(super) fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let title =
            if error.is_timeout() { "The server takes too long" } else { "The server does not answer" };
        let hint = if error.is_connect() {
            "Is it running? Start it with `insula up`, or name another one with --url."
        } else {
            "Whether the request had an effect is not known; look before you send it again."
        };
        Failure::new(Exit::Unreachable, "unreachable", title, format!("{}: {cause}.", self.base())).hint(hint)
    }
}

async fn reply(response: Response) -> Result<Reply, Failure> {
    let version = response.headers().get(ETAG).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let bytes = response.bytes().await.map_err(|e| broken(&e))?;
    let body = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).map_err(|e| broken(&e))?
    };
    Ok(Reply { body, version })
}

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Unreachable, "unreachable", "The server's answer broke off", error.to_string())
}

/// The problem that a refusal carries; something like it for answers that are none of ours.
pub(super) async fn refusal(response: Response) -> Failure {
    let status = response.status();
    let address = response.url().clone();
    let text = response.text().await.unwrap_or_default();
    if let Ok(problem) = serde_json::from_str::<Problem>(&text)
        && !problem.code.is_empty()
    {
        let signed_out = problem.code.starts_with("auth.") && status == StatusCode::UNAUTHORIZED;
        let failure = Failure::refused(problem);
        return if signed_out {
            failure.hint(
                "Give an operator's token as INSULA_TOKEN or --token; `insula up` leaves one for its user.",
            )
        } else {
            failure
        };
    }
    let problem = Problem {
        title: format!("The server says {status}"),
        detail: format!("{address} did not answer like Insula. Is that the console's address?"),
        code: "answer".to_owned(),
        status: Some(status.as_u16()),
        ..Problem::default()
    };
    Failure::refused(problem)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
