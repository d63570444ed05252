//! `tenant.provision`: from a name to a home, in seven steps.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use insula_model::policy::action::TenantSeed;
use insula_model::{Plan, Result, Slug, TenantId, TenantStatus, Tier};
use insula_store::{NewTenant, OpCtx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Operation, Step, StepCx};

/// A new tenant.
#[derive(Debug)]
pub struct ProvisionTenant;

/// Who owns the new tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OwnerInput {
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// The hash of a password that was given; without one the owner is invited.
    pub password_hash: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProvisionInput {
    /// The id that it will have.
    pub tenant: TenantId,
    /// The slug.
    pub slug: Slug,
    /// The display name.
    pub name: String,
    /// The plan.
    pub plan: Plan,
    /// The wall.
    pub tier: Tier,
    /// The cell.
    pub cell: String,
    /// The owner.
    pub owner: OwnerInput,
    /// Whether it begins with sample metrics.
    pub sample_data: bool,
    /// Its time zone.
    pub time_zone: String,
}

type Cx<'l> = StepCx<'l, ProvisionTenant>;

impl Operation for ProvisionTenant {
    const NAME: &'static str = "tenant.provision";
    type Input = ProvisionInput;
    type State = ProvisionState;
    const STEPS: &'static [Step<Self>] = &[
        Step::new("record", "Record the tenant", record).undo(release_name),
        Step::new("database", "Create its place in the database", create_place).undo(remove_place),
        Step::new("storage", "Prepare its storage", settle),
        Step::new("domain", "Give it its address", give_address).undo(take_address),
        Step::new("certificate", "Protect the address", protect_address),
        Step::new("seed", "Put in owner, branding and a first dashboard", seed),
        Step::new("activate", "Open the doors", activate).pivot(),
    ];

    fn result(cx: &StepCx<'_, Self>) -> Value {
        json!({ "url": cx.platform.settings().tenant_url(&cx.input.slug) })
    }
}

/// What the steps note for each other.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ProvisionState {}

fn record<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let input = &cx.input;
        let new = NewTenant {
            id: input.tenant,
            slug: input.slug.clone(),
            name: input.name.clone(),
            plan: input.plan,
            tier: input.tier,
            cell: input.cell.clone(),
        };
        cx.platform.store().tenant_record(cx.lease, &new).await
    }
    .boxed()
}

fn release_name<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move { cx.platform.store().tenant_forget(cx.lease, cx.tenant()?, None).await }.boxed()
}

fn create_place<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let store = cx.platform.store();
        let tenant = store.operation_tenant(cx.lease).await?;
        store.at_place(tenant.id, &tenant.placement, cx.fence(), async |place| place.create().await).await
    }
    .boxed()
}

fn remove_place<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let store = cx.platform.store();
        let tenant = store.operation_tenant(cx.lease).await?;
        store.at_place(tenant.id, &tenant.placement, cx.fence(), async |place| place.remove().await).await
    }
    .boxed()
}

fn settle<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let store = cx.platform.store();
        let tenant = store.operation_tenant(cx.lease).await?;
        store
            .at_place(tenant.id, &tenant.placement, cx.fence(), async |place| place.settle(false).await)
            .await
    }
    .boxed()
}

fn give_address<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let host = cx.platform.settings().tenant_host(&cx.input.slug);
        cx.platform.store().domain_create(cx.lease, cx.tenant()?, &host, "not_needed").await
    }
    .boxed()
}

fn take_address<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move { cx.platform.store().domain_delete(cx.lease, cx.tenant()?).await }.boxed()
}

fn protect_address<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let certificate = if cx.platform.settings().scheme == "https" { "wildcard" } else { "not_needed" };
        cx.platform.store().domain_certificate(cx.lease, cx.tenant()?, certificate).await
    }
    .boxed()
}

fn seed<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let (platform, store) = (cx.platform, cx.platform.store());
        let tenant = std::sync::Arc::new(store.operation_tenant(cx.lease).await?);
        let op = OpCtx::of_operation(cx.lease, &["tenant.seed"])?;
        let permit = store.tenant(&op, tenant.clone())?.authorize::<TenantSeed>()?;
        platform.tenant_seed(&permit, &cx.input).await?;
        let OwnerInput { email, name, password_hash } = &cx.input.owner;
        platform.owner_install(&op, &tenant, email, Some(name), password_hash.as_deref()).await.map(drop)
    }
    .boxed()
}

fn activate<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let store = cx.platform.store();
        let tenant = store.operation_tenant(cx.lease).await?;
        store
            .at_place(tenant.id, &tenant.placement, cx.fence(), async |place| place.settle(true).await)
            .await?;
        store.tenant_status(cx.lease, tenant.id, TenantStatus::Active, None).await
    }
    .boxed()
}
