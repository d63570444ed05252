//! Tasks that somebody owns: every spawned task is counted, told to stop and waited for. The only place that
//! calls `tokio::spawn`.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of one process. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Runs a future beside the others. It should end soon after [`Tasks::stopping`] resolves.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(future);
    }

    /// Resolves when everything is to end.
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// Whether everything is to end.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Waits, unless everything is to end: then `false` at once.
    pub async fn pause(&self, wait: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Tells every task to end.
    pub fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
    }

    /// Tells every task to end and waits for them, at most for `grace`. Says whether all of them ended.
    pub async fn finish(&self, grace: Duration) -> bool {
        self.stop();
        tokio::time::timeout(grace, self.tracker.wait()).await.is_ok()
    }
}
