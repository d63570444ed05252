//! The log of this process, on standard error: text for people, one JSON object a line for machines, and spans over OTLP
//! in builds with the feature `otel`.

#[cfg(feature = "otel")]
mod otel;

use insula_model::{Error, Result, problem};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{Config, LogFormat};
use crate::terminal::Out;

/// What must live as long as the process logs.
pub(crate) struct Logging {
    #[cfg(feature = "otel")]
    _traces: Option<otel::Traces>,
}

/// Starts logging. `level` is used unless the configuration says otherwise.
///
/// # Errors
/// `settings.invalid` for a filter that is none, or an endpoint that this build cannot use.
pub(crate) fn start(config: &Config, out: &Out, level: &str) -> Result<Logging> {
    let filter = config.log.level.as_deref().unwrap_or(level);
    let wrong = |e: &dyn std::fmt::Display| {
        Error::new(
            problem::SETTINGS,
            format!("log.level is {filter:?}: {e}. Allowed: {}", allowed("log.level")),
        )
    };
    let filter = EnvFilter::try_new(discreet(filter)).map_err(|e| wrong(&e))?;
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match config.log.format {
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_writer(std::io::stderr)
            .boxed(),
        LogFormat::Text => tracing_subscriber::fmt::layer()
            .with_target(false)
            .with_ansi(out.live)
            .with_writer(std::io::stderr)
            .boxed(),
    };
    let registry = tracing_subscriber::registry().with(lines.with_filter(filter));
    #[cfg(feature = "otel")]
    {
        let traces = config.log.otlp_endpoint.as_deref().map(otel::Traces::start).transpose()?;
        let _ = registry.with(traces.as_ref().map(otel::Traces::layer)).try_init();
        Ok(Logging { _traces: traces })
    }
    #[cfg(not(feature = "otel"))]
    {
        if config.log.otlp_endpoint.is_some() {
            return Err(Error::new(
                problem::SETTINGS,
                "log.otlp_endpoint is set, and this build has no OpenTelemetry. Build it with --features otel, or take \
                 the setting away.",
            ));
        }
        let _ = registry.try_init();
        Ok(Logging {})
    }
}

/// Below this level these libraries log what tenants send, parameters of statements included; who wants that must name
/// them.
fn discreet(filter: &str) -> String {
    let quiet = ["tokio_postgres", "postgres_types", "hyper", "hyper_util", "h2", "rustls", "reqwest"];
    let talkative = ["debug", "trace"].iter().any(|level| filter.contains(level));
    let unnamed = quiet.into_iter().filter(|name| talkative && !filter.contains(name));
    std::iter::once(filter.to_owned())
        .chain(unnamed.map(|name| format!("{name}=info")))
        .collect::<Vec<_>>()
        .join(",")
}

fn allowed(path: &str) -> &'static str {
    crate::config::setting::of(path).map_or("", |s| s.allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tenants_send_is_logged_only_where_somebody_asks_for_it() {
        assert!(discreet("debug").contains("tokio_postgres=info"));
        assert!(!discreet("debug,tokio_postgres=debug").contains("tokio_postgres=info"));
        assert!(EnvFilter::try_new(discreet("warn,insula_store=debug")).is_ok());
    }
}
