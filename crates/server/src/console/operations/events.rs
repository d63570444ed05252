//! `GET /operations/{id}/events`: an operation as it goes on.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use insula_model::{OperationId, Result};
use insula_platform::OperationView;
use insula_store::Announcement;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::app::App;
use crate::credential::Operator;
use crate::problem::Refusal;
use crate::request::Id;
use crate::wire::Operation;

/// How often something is sent even if nothing happens.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How often the credential is checked again, and the journal read though nothing was announced.
const AGAIN: Duration = Duration::from_secs(3);
/// How long one stream lasts at most; whoever still cares asks again.
const LONGEST: Duration = Duration::from_mins(15);

/// Follows an operation: `progress` with the whole operation, at once and with every change. The stream ends when
/// the operation has ended, and when the credential that it was opened with does.
#[utoipa::path(
    get, path = "/operations/{id}/events", tag = "operations",
    params(("id" = OperationId, Path, description = "The operation.")),
    responses((status = 200, description = "Events named `progress`.", body = Operation,
               content_type = "text/event-stream"))
)]
pub(super) async fn operation_events(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<OperationId>,
) -> Result<impl IntoResponse, Refusal> {
    // Listens before it looks, so that nothing falls in between.
    let heard = app.platform().store().announcements();
    let first = app.platform().operation_view(&operator.ctx, id).await?;
    let token = operator.token.clone();
    let follow =
        Follow { app, token, operator, id, heard, next: Some(first), shown: None, begun: Instant::now() };
    Ok(Sse::new(follow.stream()).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

struct Follow {
    app: App,
    token: String,
    operator: Operator,
    id: OperationId,
    heard: Receiver<Announcement>,
    /// What was read and not yet sent.
    next: Option<OperationView>,
    /// What was sent last.
    shown: Option<String>,
    begun: Instant,
}

impl Follow {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(Some(self), async |follow| {
            let mut follow = follow?;
            let (text, ended) = follow.change().await?;
            follow.shown = Some(text.clone());
            let event = Event::default().event("progress").data(text);
            Some((Ok(event), (!ended).then_some(follow)))
        })
    }

    /// The next state that differs from the one that was sent, and whether it is the last. `None` ends the stream.
    async fn change(&mut self) -> Option<(String, bool)> {
        loop {
            if let Some(view) = self.next.take() {
                let ended = view.status.ended();
                let text = serde_json::to_string(&Operation::from(view)).ok()?;
                if ended || !self.shown.as_deref().is_some_and(|shown| same(shown, &text)) {
                    return Some((text, ended));
                }
            }
            if self.begun.elapsed() > LONGEST {
                return None;
            }
            self.wake().await?;
            self.next = Some(self.read().await.ok()?);
        }
    }

    /// Waits until there may be something new. `None` when the process ends.
    async fn wake(&mut self) -> Option<()> {
        let until = Instant::now() + AGAIN;
        loop {
            let heard = tokio::select! {
                heard = tokio::time::timeout_at(until, self.heard.recv()) => heard,
                () = self.app.stopping() => return None,
            };
            match heard {
                Ok(Ok(Announcement::Operation(id))) if id == self.id => return Some(()),
                Ok(Ok(Announcement::Missed) | Err(RecvError::Lagged(_))) | Err(_) => return Some(()),
                Ok(Err(RecvError::Closed)) => return None,
                Ok(Ok(_)) => {}
            }
        }
    }

    /// Reads it again, as the operator that the token still is.
    async fn read(&mut self) -> Result<OperationView> {
        let request = self.operator.visit.request;
        (self.operator.ctx, _) = self.app.platform().store().operator_context(&self.token, request).await?;
        self.app.platform().operation_view(&self.operator.ctx, self.id).await
    }
}

/// Whether two states differ in more than the time that went by.
fn same(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let mut value: serde_json::Value = serde_json::from_str(text).ok()?;
        value.as_object_mut()?.remove("ms");
        Some(value)
    };
    bare(one) == bare(other)
}
