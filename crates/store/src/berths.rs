//! How many connections there may be to many databases together.
//!
//! What must always hold: a connection has a berth for as long as it lives; whoever waits for one asks again and again
//! for room to be made, because a connection that is kept for later gives its berth to nobody by itself.

use std::sync::Arc;
use std::time::Duration;

use insula_model::{Error, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::failure::down;

/// How often whoever waits asks for room.
const AGAIN: Duration = Duration::from_millis(20);
/// For how long one waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// The berths, and what makes room among them.
#[derive(Clone)]
pub(crate) struct Berths {
    free: Arc<Semaphore>,
    make_room: Arc<dyn Fn() + Send + Sync>,
}

/// A place for one connection.
pub(crate) type Berth = OwnedSemaphorePermit;

impl Berths {
    /// So many, and how to close a connection that nobody uses.
    pub(crate) fn new(count: usize, make_room: impl Fn() + Send + Sync + 'static) -> Self {
        Self { free: Arc::new(Semaphore::new(count.max(1))), make_room: Arc::new(make_room) }
    }

    /// A berth, as soon as there is one.
    ///
    /// # Errors
    /// `database.down` when all connections stayed in use for ten seconds.
    pub(crate) async fn take(&self) -> Result<Berth> {
        let taken = async {
            loop {
                if self.free.available_permits() == 0 {
                    (self.make_room)();
                }
                let wait = Arc::clone(&self.free).acquire_owned();
                if let Ok(berth) = tokio::time::timeout(AGAIN, wait).await {
                    return berth.map_err(Error::internal);
                }
            }
        };
        tokio::time::timeout(PATIENCE, taken)
            .await
            .unwrap_or_else(|_| Err(down().context("every connection to tenants' own databases is in use")))
    }
}
