//! Which tenant an address means, and where each tenant lives: read from the control database and kept in memory
//! for at most a second, and less when the catalogue announces a change. A node that hears nothing is therefore
//! at most a second behind; the data database refuses what even that would let through (`enter_write`).

use std::sync::Arc;
use std::time::Duration;

use insula_model::{Result, TenantId, TenantRecord};
use moka::future::Cache;

use crate::Store;

/// How long an entry may be believed without a word from the catalogue.
const BELIEVED: Duration = Duration::from_secs(1);

pub(crate) struct Directory {
    hosts: Cache<String, Option<TenantId>>,
    tenants: Cache<TenantId, Option<Arc<TenantRecord>>>,
}

impl Directory {
    pub(crate) fn new() -> Self {
        Self {
            hosts: Cache::builder().max_capacity(20_000).time_to_live(BELIEVED).build(),
            tenants: Cache::builder().max_capacity(20_000).time_to_live(BELIEVED).build(),
        }
    }

    pub(crate) async fn changed(&self, tenant: TenantId) {
        self.tenants.invalidate(&tenant).await;
        // All of them, because a host that was unknown may have become this tenant's.
        self.hosts.invalidate_all();
    }

    pub(crate) fn forget_all(&self) {
        self.hosts.invalidate_all();
        self.tenants.invalidate_all();
    }
}

impl Store {
    /// The tenant of an exact host name, without the port, in lower case.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tenant_of_host(&self, host: &str) -> Result<Option<Arc<TenantRecord>>> {
        let directory = &self.inner.directory;
        let id = match directory.hosts.get(host).await {
            Some(id) => id,
            None => {
                let id = self.read_host(host).await?;
                directory.hosts.insert(host.to_owned(), id).await;
                id
            }
        };
        match id {
            Some(id) => self.tenant_of_id(id).await,
            None => Ok(None),
        }
    }

    /// The tenant of an id.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tenant_of_id(&self, id: TenantId) -> Result<Option<Arc<TenantRecord>>> {
        let directory = &self.inner.directory;
        if let Some(known) = directory.tenants.get(&id).await {
            return Ok(known);
        }
        let record = self.read_tenant(id).await?.map(Arc::new);
        directory.tenants.insert(id, record.clone()).await;
        Ok(record)
    }

    /// The tenant of a slug, as the path style names it.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tenant_of_slug(&self, slug: &str) -> Result<Option<Arc<TenantRecord>>> {
        match self.read_slug(slug).await? {
            Some(id) => self.tenant_of_id(id).await,
            None => Ok(None),
        }
    }
}
