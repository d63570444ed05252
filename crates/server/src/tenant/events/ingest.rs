//! `POST /events`.

use axum::extract::State;
use insula_model::EventReceipt;
use insula_model::event_batch::EventBatchBody;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Batch, Posted};

/// Takes events in: up to 10,000 and 16 MB at once.
///
/// An event that was sent before, by its id, changes nothing. Events that are wrong are listed and hold up no
/// others. Datasets, measures and dimensions are made as they appear.
#[utoipa::path(
    post, path = "/events", tag = "events",
    request_body(content(
        (EventBatchBody = "application/json"),
        (String = "application/x-ndjson"),
    ), description = "A batch as JSON, or one event a line."),
    responses((status = 200, description = "What became of each event.", body = EventReceipt))
)]
pub(super) async fn event_ingest(
    State(app): State<App>,
    Posted(caller, Batch(batch)): Posted<Caller, Batch>,
) -> Answer<EventReceipt> {
    Ok(shown(app.platform().event_ingest(&caller.tenant()?, batch).await?))
}
