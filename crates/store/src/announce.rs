//! What the control database announces (`LISTEN insula`). A notification is only a wake-up: whoever hears one
//! reads the rows again. After a broken connection everything cached is forgotten, because something may have
//! been missed.

use std::time::Duration;

use insula_model::{OperationId, SessionId, TenantId};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::Store;
use crate::dial::dial_listening;

/// Something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announcement {
    /// A tenant's record, placement or address.
    Tenant(TenantId),
    /// A session ended.
    Session(SessionId),
    /// An operation went on.
    Operation(OperationId),
    /// There are new jobs.
    Jobs,
    /// A template was published or withdrawn.
    Templates,
    /// A tenant's cached things (settings, keys, members) changed; told by the node that changed them.
    Content(TenantId),
    /// Something may have been missed.
    Missed,
}

impl Announcement {
    fn parse(payload: &str) -> Option<Self> {
        if payload == "jobs" {
            return Some(Self::Jobs);
        }
        if payload == "templates" {
            return Some(Self::Templates);
        }
        let (what, id) = payload.split_once(' ')?;
        let id = Uuid::parse_str(id).ok()?;
        match what {
            "tenant" => Some(Self::Tenant(TenantId::from_uuid(id))),
            "session" => Some(Self::Session(SessionId::from_uuid(id))),
            "operation" => Some(Self::Operation(OperationId::from_uuid(id))),
            "content" => Some(Self::Content(TenantId::from_uuid(id))),
            _ => None,
        }
    }
}

pub(crate) struct Announcements {
    sender: broadcast::Sender<Announcement>,
}

impl Announcements {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::channel(1024).0 }
    }
}

impl Store {
    /// What is announced from now on. A reader that is too slow gets `Missed`'s equivalent from the channel.
    #[must_use]
    pub fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.inner.announcements.sender.subscribe()
    }

    /// Says that something of a tenant changed which nodes keep in memory. Best effort: what they keep, they keep
    /// for a second at most.
    pub async fn announce_content(&self, tenant: TenantId) {
        self.inner.admissions.heard(Announcement::Content(tenant)).await;
        let told = async {
            let wire = self.inner.control.lend().await?;
            let payload = format!("content {}", tenant.uuid());
            let statement = wire.statement("SELECT pg_notify('insula', $1)").await;
            let statement = statement.map_err(|e| crate::failure::failure(&e))?;
            wire.client.execute(&statement, &[&payload]).await.map_err(|e| crate::failure::failure(&e))
        };
        if let Err(error) = told.await {
            tracing::warn!(?error, "a change could not be announced");
        }
    }

    /// Listens until the process ends.
    pub(crate) fn listen(&self) {
        let store = self.clone();
        let tasks = self.inner.tasks.clone();
        tasks.clone().spawn(async move {
            let mut wait = Duration::from_millis(100);
            while !tasks.is_stopping() {
                let sender = store.inner.announcements.sender.clone();
                let (ended, mut end) = tokio::sync::mpsc::channel::<Announcement>(1024);
                let spec = &store.inner.control_spec;
                let heard = move |n: tokio_postgres::Notification| {
                    if let Some(announcement) = Announcement::parse(n.payload()) {
                        let _ = ended.try_send(announcement);
                    }
                };
                let listening = async {
                    let client = dial_listening(
                        &spec.address,
                        &spec.login,
                        &spec.database,
                        "insula listen",
                        &tasks,
                        heard,
                    )
                    .await?;
                    client.batch_execute("LISTEN insula").await.map_err(|e| crate::failure::failure(&e))?;
                    Ok::<_, insula_model::Error>(client)
                };
                if let Ok(client) = listening.await {
                    wait = Duration::from_millis(100);
                    store.inner.directory.forget_all();
                    store.inner.admissions.heard(Announcement::Missed).await;
                    store.inner.templates.changed().await;
                    let _ = sender.send(Announcement::Missed);
                    loop {
                        let next = tokio::select! {
                            next = end.recv() => next,
                            () = tasks.stopping() => None,
                        };
                        let Some(announcement) = next else { break };
                        if let Announcement::Tenant(tenant) = announcement {
                            store.inner.directory.changed(tenant).await;
                        }
                        if announcement == Announcement::Templates {
                            store.inner.templates.changed().await;
                        }
                        store.inner.admissions.heard(announcement).await;
                        let _ = sender.send(announcement);
                    }
                    drop(client);
                } else {
                    wait = (wait * 2).min(Duration::from_secs(5));
                }
                tasks.pause(wait).await;
            }
        });
    }
}
