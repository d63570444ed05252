//! Numbers about this process in Prometheus' text form. What must always hold: every label has a bounded set of
//! values; no tenant, no person, no path of an address is one. Per-tenant figures belong in PostgreSQL.
//! Tested in `tests/it/watching.rs`.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::Method;
use insula_model::{Error, Result};
use insula_platform::CacheFigures;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// One recorder per process: servers that are started in one process share it.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Upper bounds of the buckets of request times, in seconds.
const SECONDS: &[f64] = &[0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Begins to count, unless this process does already.
pub(crate) fn install() {
    RECORDER.get_or_init(|| {
        let matcher = Matcher::Full("insula_http_request_seconds".to_owned());
        let recorder =
            PrometheusBuilder::new().set_buckets_for_metric(matcher, SECONDS).ok()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok()?;
        describe();
        Some(handle)
    });
}

fn describe() {
    metrics::describe_counter!("insula_http_requests_total", "Requests that were answered.");
    metrics::describe_histogram!(
        "insula_http_request_seconds",
        metrics::Unit::Seconds,
        "Time until an answer began."
    );
    metrics::describe_gauge!("insula_http_connections", "Connections that are open.");
    metrics::describe_counter!("insula_cache_lookups_total", "What was asked of the caches.");
    metrics::describe_gauge!("insula_cache_bytes", metrics::Unit::Bytes, "What the caches hold.");
    metrics::describe_gauge!("insula_questions", "Questions that are under way or wait.");
    metrics::describe_gauge!("insula_alarms", "What the platform found and a person has to look at.");
}

/// Tidies up what was observed; to be called every few seconds.
pub(crate) fn upkeep() {
    if let Some(Some(handle)) = RECORDER.get() {
        handle.run_upkeep();
    }
}

/// All of it, as Prometheus reads it.
///
/// # Errors
/// `internal` when another recorder was installed first.
pub(crate) fn text() -> Result<String> {
    match RECORDER.get() {
        Some(Some(handle)) => Ok(handle.render()),
        _ => Err(Error::internal("this process counts with another recorder")),
    }
}

/// A request was answered.
pub(crate) fn request(realm: &'static str, route: &str, method: &'static str, status: u16, took: Duration) {
    let labels = [
        ("realm", realm.to_owned()),
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        ("status", class(status).to_owned()),
    ];
    metrics::counter!("insula_http_requests_total", &labels).increment(1);
    metrics::histogram!("insula_http_request_seconds", &labels).record(took.as_secs_f64());
}

/// How many connections are open.
pub(crate) fn connections(open: usize) {
    metrics::gauge!("insula_http_connections").set(f64::from(u32::try_from(open).unwrap_or(u32::MAX)));
}

/// How many alarms of a kind there are in the installation.
pub(crate) fn alarms(kind: &'static str, count: i64) {
    let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    metrics::gauge!("insula_alarms", "kind" => kind).set(count);
}

/// What a cache did and holds.
pub(crate) fn cache(figures: &CacheFigures) {
    let cache = figures.cache;
    metrics::counter!("insula_cache_lookups_total", "cache" => cache, "outcome" => "hit")
        .absolute(figures.hits);
    metrics::counter!("insula_cache_lookups_total", "cache" => cache, "outcome" => "miss")
        .absolute(figures.misses);
    #[expect(clippy::cast_precision_loss, reason = "shown to people")]
    metrics::gauge!("insula_cache_bytes", "cache" => cache).set(figures.bytes as f64);
}

/// How many questions are under way, and how many wait.
pub(crate) fn questions(running: u32, waiting: usize) {
    metrics::gauge!("insula_questions", "state" => "running").set(f64::from(running));
    metrics::gauge!("insula_questions", "state" => "waiting")
        .set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
}

/// A method as a bounded word.
pub(crate) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
