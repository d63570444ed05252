//! For every kind of operation: how a test brings it about, and what must be so when it succeeded or was undone.

use insula_model::{OperationId, TenantStatus, Tier};
use insula_platform::DeleteTenantInput;
use insula_platform::operations::{
    DeleteTenant, EraseTenant, Operation, ProvisionTenant, ResumeTenant, SuspendTenant,
};

use crate::{TestPlatform, TestTenant};

/// One kind of operation on one tenant.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// The operation.
    pub kind: &'static str,
    /// The tenant's tier.
    pub tier: Tier,
}

impl Scenario {
    /// Every kind in one tier.
    #[must_use]
    pub fn all(tier: Tier) -> Vec<Self> {
        insula_platform::operations::KINDS.iter().map(|k| Self { kind: k.name, tier }).collect()
    }

    /// What there must be before: the tenant in the state that the operation starts from.
    pub async fn prepare(&self, t: &TestPlatform, slug: &str) -> Option<TestTenant> {
        if self.kind == ProvisionTenant::NAME {
            return None;
        }
        let tenant = t.tenant(slug, self.tier).await;
        if self.kind == ResumeTenant::NAME {
            let op = t.operator().await;
            let id = t.platform.tenant_suspend(&op, tenant.id(), None).await.expect("it can be asked for");
            assert_eq!(t.ended(id).await.status.as_str(), "succeeded");
        }
        Some(tenant)
    }

    /// Asks for the operation.
    pub async fn ask(&self, t: &TestPlatform, slug: &str, tenant: Option<&TestTenant>) -> OperationId {
        let Some(tenant) = tenant else { return t.ask_for_tenant(slug, self.tier, |_| {}).await };
        let op = t.operator().await;
        let delete = |now| DeleteTenantInput { confirm: slug.to_owned(), now, reason: None };
        match self.kind {
            SuspendTenant::NAME => t.platform.tenant_suspend(&op, tenant.id(), None).await,
            ResumeTenant::NAME => t.platform.tenant_resume(&op, tenant.id(), None).await,
            DeleteTenant::NAME => t.platform.tenant_delete(&op, &tenant.record, &delete(false)).await,
            EraseTenant::NAME => t.platform.tenant_delete(&op, &tenant.record, &delete(true)).await,
            other => panic!("{other} has no scenario: add one, so that its rules are tested"),
        }
        .expect("it can be asked for")
    }

    /// Fails unless the tenant is as it should be after the operation succeeded (`done`) or was undone.
    pub async fn check(&self, t: &TestPlatform, slug: &str, done: bool) {
        let op = t.operator().await;
        let found = t.platform.tenant_view(&op, slug).await.map(|(record, _)| record.status).ok();
        let expected = match (self.kind, done) {
            (ProvisionTenant::NAME | ResumeTenant::NAME, true)
            | (SuspendTenant::NAME | DeleteTenant::NAME | EraseTenant::NAME, false) => {
                Some(TenantStatus::Active)
            }
            (SuspendTenant::NAME, true) | (ResumeTenant::NAME, false) => Some(TenantStatus::Suspended),
            (DeleteTenant::NAME, true) => Some(TenantStatus::Deleted),
            _ => None,
        };
        assert_eq!(found, expected, "{} {slug}, done: {done}", self.kind);
        self.check_objects(t, slug, found).await;
    }

    /// What PostgreSQL has must fit what the catalogue says: a place that is open for an active tenant only, and
    /// nothing at all of a tenant that is not there.
    async fn check_objects(&self, t: &TestPlatform, slug: &str, status: Option<TenantStatus>) {
        if let Some(status) = status {
            let record = t.platform.tenant_view(&t.operator().await, slug).await.expect("the tenant").0;
            let tenant = TestTenant { record: std::sync::Arc::new(record) };
            let open: bool = tenant
                .superuser(t)
                .await
                .query_one("SELECT open FROM tenancy WHERE tenant_id = $1", &[&tenant.id().uuid()])
                .await
                .expect("the tenancy's row")
                .get(0);
            assert_eq!(open, status == TenantStatus::Active, "{slug} is {status}");
        }
        let left = t.leftovers().await;
        assert!(left.is_empty(), "of no tenant, and there nevertheless: {left:?}");
    }
}
