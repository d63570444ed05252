//! Spans over OTLP by HTTP. They are sent by a thread of their own, in batches.

use insula_model::{Error, Result, problem};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

/// The way out for spans. What is still waiting is sent when this is dropped.
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send to `endpoint`, a collector's address without a path.
    pub(super) fn start(endpoint: &str) -> Result<Self> {
        let broken = |e: &dyn std::fmt::Display| {
            Error::new(problem::SETTINGS, format!("log.otlp_endpoint {endpoint:?} cannot be used: {e}."))
        };
        // The client has a runtime of its own inside, which must not be made on a thread of ours.
        let client = std::thread::spawn(reqwest::blocking::Client::new)
            .join()
            .map_err(|_| broken(&"the HTTP client does not start"))?;
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build()
            .map_err(|e| broken(&e))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(Resource::builder().with_service_name("insula").build())
            .build();
        Ok(Self(provider))
    }

    /// The layer that turns our spans into theirs.
    pub(super) fn layer<S: Subscriber + for<'s> LookupSpan<'s>>(&self) -> impl Layer<S> + use<S> {
        let ours = Targets::new().with_target("insula::span", tracing::Level::DEBUG);
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("insula")).with_filter(ours)
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        let _ = self.0.shutdown();
    }
}
