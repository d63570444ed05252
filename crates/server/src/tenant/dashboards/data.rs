//! `GET /dashboards/{id}/data`.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use insula_model::{DashboardData, DashboardHead, DashboardId};
use insula_platform::{DashboardOpen, DashboardOpening, DashboardReply};
use tokio::sync::mpsc;

use super::DataQuery;
use crate::app::App;
use crate::credential::Caller;
use crate::problem::Refusal;
use crate::reply::{json_lines, ready_json, unchanged};
use crate::request::{Id, IfNoneMatch, Query};

/// Lines that are made before somebody reads them.
const AHEAD: usize = 8;

/// What a dashboard shows: the answers to all its questions.
///
/// A widget that cannot be answered has a problem in its place and holds up no other. Who accepts
/// `application/x-ndjson` gets the widgets line by line as they are ready: first the head, then the widgets in any
/// order, at last `{"done":true}`.
#[utoipa::path(
    get, path = "/dashboards/{id}/data", tag = "dashboards",
    params(
        ("id" = DashboardId, Path, description = "The dashboard."),
        DataQuery,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that is there already."),
    ),
    responses(
        (status = 200, description = "The answers.",
         content((DashboardData = "application/json"), (DashboardHead = "application/x-ndjson")),
         headers(("ETag" = String, description = "Changes when anything that is shown does."))),
        (status = 304, description = "Nothing has changed."),
    )
)]
pub(super) async fn dashboard_data(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DashboardId>,
    IfNoneMatch(known): IfNoneMatch,
    Query(query): Query<DataQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asked = query.read()?;
    let request = asked.request(known.as_deref());
    if wants_lines(&headers) {
        return Ok(match app.platform().dashboard_open(&caller.tenant()?, id, &request).await? {
            DashboardOpening::Unchanged { etag } => unchanged(&etag)?,
            DashboardOpening::Open(open) => {
                let etag = open.etag().to_owned();
                json_lines(&etag, lines(app, caller, open))?
            }
        });
    }
    let tenant = caller.tenant()?;
    Ok(match Box::pin(app.platform().dashboard_data(&tenant, id, &request)).await? {
        DashboardReply::Unchanged { etag } => unchanged(&etag)?,
        DashboardReply::Data { etag, json } => ready_json(&etag, &json)?,
    })
}

fn wants_lines(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-ndjson"))
    })
}

/// The lines of a dashboard. Who reads them no longer ends the work on those that are to come.
fn lines(app: App, caller: Caller, open: DashboardOpen) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let (sender, receiver) = mpsc::channel::<Vec<u8>>(AHEAD);
    let tasks = app.platform().store().tasks().clone();
    tasks.spawn(async move {
        let patience = app.options().patience.answer;
        let work = async { app.platform().dashboard_lines(&caller.tenant()?, &open, &sender).await };
        let ended = tokio::select! {
            ended = tokio::time::timeout(patience, work) => ended,
            () = sender.closed() => return,
            () = app.stopping() => return,
        };
        // Without its last line it is not whole, which whoever reads it notices.
        if let Ok(Err(error)) = ended {
            tracing::warn!(request = %caller.visit.request, ?error, "a dashboard was not sent to its end");
        }
    });
    unfold(receiver, async |mut receiver| {
        let line = receiver.recv().await?;
        Some((Ok(Bytes::from(line)), receiver))
    })
}
