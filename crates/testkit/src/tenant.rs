//! A tenant of a test.

use std::sync::Arc;

use insula_model::{TenantId, TenantRecord, Tier};
use insula_store::Login;
use tokio_postgres::Client;

use crate::TestPlatform;
use crate::server::{connect, passwords};

/// A provisioned tenant.
#[derive(Debug, Clone)]
pub struct TestTenant {
    /// What the catalogue knows of it.
    pub record: Arc<TenantRecord>,
}

impl TestTenant {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> TenantId {
        self.record.id
    }

    /// Its slug.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.record.slug.as_str()
    }

    /// Its host name.
    #[must_use]
    pub fn host(&self) -> String {
        format!("{}.localhost", self.slug())
    }

    /// A connection that no wall holds back, to where its data is, with the search path on its tables.
    pub async fn superuser(&self, platform: &TestPlatform) -> Client {
        let placement = &self.record.placement;
        let database = match placement.tier {
            Tier::Database => placement.database.as_str(),
            Tier::Pooled | Tier::Schema => platform.databases.names.shared.as_str(),
        };
        let client = platform.superuser_in(database).await;
        client
            .batch_execute(&format!("SET search_path = {}", placement.schema))
            .await
            .expect("a search path");
        client
    }

    /// A connection of the application's login to where the tenant's data is, without any scope.
    pub async fn app(&self, platform: &TestPlatform) -> Client {
        let (address, _, _) = insula_store::parse_url(&platform.databases.url).expect("a URL");
        let login = Login { user: "insula_app".to_owned(), password: passwords().app };
        connect(&address, &login, &self.record.placement.database).await.expect("the test server answers")
    }
}
