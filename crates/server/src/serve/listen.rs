//! One listener: accepts connections up to a number, gives each to a task, and lets them end at the end.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper_util::server::graceful::GracefulShutdown;
use insula_store::Tasks;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::Service;

use super::{Patience, connection};
use crate::edge::Edge;
use crate::metrics;

/// What a listener answers with.
pub(super) enum Answering {
    /// Health and metrics only.
    Watching(Router),
    /// Everything.
    Everything(Box<Edge>),
}

impl Answering {
    pub(super) async fn answer(&self, request: Request, peer: IpAddr, tls: bool) -> Response {
        match self {
            Self::Everything(edge) => edge.answer(request, peer, tls).await,
            Self::Watching(router) => match router.clone().call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
        }
    }
}

/// One listener.
pub(super) struct Listening {
    listener: TcpListener,
    answering: Arc<Answering>,
    most: usize,
    patience: Patience,
    tasks: Tasks,
}

impl Listening {
    pub(super) fn new(
        listener: TcpListener,
        answering: Arc<Answering>,
        most: usize,
        patience: Patience,
        tasks: &Tasks,
    ) -> Self {
        Self { listener, answering, most: most.max(1), patience, tasks: tasks.clone() }
    }

    /// Accepts until everything is to end.
    pub(super) fn spawn(self) {
        let tasks = self.tasks.clone();
        tasks.spawn(async move {
            let room = Arc::new(Semaphore::new(self.most));
            let graceful = GracefulShutdown::new();
            loop {
                // Without room nothing is accepted: the kernel's queue is the waiting room.
                let place = tokio::select! {
                    place = Arc::clone(&room).acquire_owned() => place,
                    () = self.tasks.stopping() => break,
                };
                let Ok(place) = place else { break };
                let accepted = tokio::select! {
                    accepted = self.listener.accept() => accepted,
                    () = self.tasks.stopping() => break,
                };
                let (stream, peer) = match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        // Out of file descriptors, most likely: others end soon.
                        tracing::warn!(%error, "a connection could not be accepted");
                        self.tasks.pause(Duration::from_millis(50)).await;
                        continue;
                    }
                };
                metrics::connections(self.most - room.available_permits());
                let served = connection::serve(
                    stream,
                    peer.ip(),
                    Arc::clone(&self.answering),
                    self.patience,
                    &graceful,
                );
                let (most, room) = (self.most, Arc::clone(&room));
                self.tasks.spawn(async move {
                    served.await;
                    drop(place);
                    metrics::connections(most - room.available_permits());
                });
            }
            drop(self.listener);
            let end = self.patience.end;
            if tokio::time::timeout(end, graceful.shutdown()).await.is_err() {
                tracing::warn!(
                    "some requests were still under way after {} s and are cut off",
                    end.as_secs()
                );
            }
        });
    }
}
