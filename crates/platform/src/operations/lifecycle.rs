//! `tenant.suspend`, `tenant.resume`, `tenant.delete` (soft): closing and opening a tenant without touching what
//! it has.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use insula_model::policy::action::TenantRecord as RecordAction;
use insula_model::{Result, TenantStatus};
use insula_store::OpCtx;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Operation, Step, StepCx};

/// Closes a tenant; nothing is deleted.
#[derive(Debug)]
pub struct SuspendTenant;
/// Opens a suspended or softly deleted tenant again.
#[derive(Debug)]
pub struct ResumeTenant;
/// Closes a tenant and lets its quarantine begin.
#[derive(Debug)]
pub struct DeleteTenant;

/// Why.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReasonInput {
    /// In the operator's words.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Nothing to note.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Nothing {}

// The status comes first, because that is what nodes look at; the data database's own word follows.
impl Operation for SuspendTenant {
    const NAME: &'static str = "tenant.suspend";
    type Input = ReasonInput;
    type State = Nothing;
    const STEPS: &'static [Step<Self>] = &[
        Step::new("status", "Refuse sign-in, keys and jobs", |cx| set_status(cx, TenantStatus::Suspended))
            .undo(|cx| set_status(cx, TenantStatus::Active)),
        Step::new("close", "Refuse writes in the database", |cx| settle(cx, false))
            .undo(|cx| settle(cx, true)),
        Step::new("audit", "Write it into the audit log", |cx| note(cx, "tenant.suspend")).pivot(),
    ];
}

impl Operation for ResumeTenant {
    const NAME: &'static str = "tenant.resume";
    type Input = ReasonInput;
    type State = Nothing;
    const STEPS: &'static [Step<Self>] = &[
        Step::new("open", "Allow writes in the database", |cx| settle(cx, true)).undo(|cx| settle(cx, false)),
        Step::new("audit", "Write it into the audit log", |cx| note(cx, "tenant.resume")).pivot(),
        Step::new("status", "Open the doors", |cx| set_status(cx, TenantStatus::Active)),
    ];
}

impl Operation for DeleteTenant {
    const NAME: &'static str = "tenant.delete";
    type Input = ReasonInput;
    type State = Nothing;
    const STEPS: &'static [Step<Self>] = &[
        Step::new("close", "Refuse writes in the database", |cx| settle(cx, false))
            .undo(|cx| settle_as_before(cx)),
        Step::new("audit", "Write it into the audit log", |cx| note(cx, "tenant.delete")).pivot(),
        Step::new("status", "Begin the quarantine", |cx| set_status(cx, TenantStatus::Deleted)),
    ];
}

fn set_status<'a, O: Operation>(cx: &'a mut StepCx<'_, O>, to: TenantStatus) -> BoxFuture<'a, Result<()>> {
    async move {
        let platform = cx.platform;
        let purge_at = (to == TenantStatus::Deleted).then(|| {
            let days = i64::from(platform.settings().quarantine_days);
            platform.world().now() + jiff::SignedDuration::from_hours(24 * days)
        });
        platform.store().tenant_status(cx.lease, cx.tenant()?, to, purge_at).await
    }
    .boxed()
}

fn settle<'a, O: Operation>(cx: &'a mut StepCx<'_, O>, open: bool) -> BoxFuture<'a, Result<()>> {
    async move {
        let store = cx.platform.store();
        let tenant = store.operation_tenant(cx.lease).await?;
        store.at_place(tenant.id, &tenant.placement, cx.fence(), async |place| place.settle(open).await).await
    }
    .boxed()
}

/// Open or closed, as the status says that did not change yet.
fn settle_as_before<'a, O: Operation>(cx: &'a mut StepCx<'_, O>) -> BoxFuture<'a, Result<()>> {
    async move {
        let open = cx.platform.store().operation_tenant(cx.lease).await?.status == TenantStatus::Active;
        settle(cx, open).await
    }
    .boxed()
}

/// One row in the tenant's own audit log. Done twice it is there twice, as the try that it was.
fn note<'a, O: Operation<Input = ReasonInput>>(
    cx: &'a mut StepCx<'_, O>,
    action: &'static str,
) -> BoxFuture<'a, Result<()>> {
    async move {
        let store = cx.platform.store();
        let tenant = std::sync::Arc::new(store.operation_tenant(cx.lease).await?);
        let op = OpCtx::of_operation(cx.lease, &["tenant.record"])?;
        let permit = store.tenant(&op, tenant)?.authorize::<RecordAction>()?;
        let mut tx = store.begin(&permit).await?;
        tx.record(&permit, action, &json!({ "reason": cx.input.reason }))?;
        tx.commit().await
    }
    .boxed()
}
