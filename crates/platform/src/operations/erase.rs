//! `tenant.erase`: removes a tenant and everything that it has, for good. It begins with the point of no return.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use insula_model::{Result, TenantStatus, problem};
use serde::{Deserialize, Serialize};

use super::lifecycle::Nothing;
use super::{Operation, Step, StepCx};

/// How long the slug of a tenant that is gone is kept from others: links, cookies and embeds out there still
/// carry it.
const NAME_KEPT_DAYS: i64 = 90;

/// Removes a tenant for good.
#[derive(Debug)]
pub struct EraseTenant;

/// Nothing is asked: what, is the operation's tenant.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EraseInput {}

type Cx<'l> = StepCx<'l, EraseTenant>;

impl Operation for EraseTenant {
    const NAME: &'static str = "tenant.erase";
    type Input = EraseInput;
    type State = Nothing;
    const STEPS: &'static [Step<Self>] = &[
        Step::new("status", "Close it for good", close).undo(reopen).pivot(),
        Step::new("data", "Remove its data", remove),
        Step::new("record", "Remove its record and keep its name from others", forget),
    ];
}

fn close<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move { cx.platform.store().tenant_status(cx.lease, cx.tenant()?, TenantStatus::Erasing, None).await }.boxed()
}

fn reopen<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move { cx.platform.store().tenant_status_back(cx.lease, cx.tenant()?).await }.boxed()
}

fn remove<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let store = cx.platform.store();
        let tenant = store.operation_tenant(cx.lease).await?;
        store.at_place(tenant.id, &tenant.placement, cx.fence(), async |place| place.remove().await).await
    }
    .boxed()
}

fn forget<'a>(cx: &'a mut Cx<'_>) -> BoxFuture<'a, Result<()>> {
    async move {
        let store = cx.platform.store();
        let slug = match store.operation_tenant(cx.lease).await {
            Err(error) if error.is(problem::NOT_FOUND) => return Ok(()),
            other => other?.slug,
        };
        if slug.is_throwaway() {
            // Nobody else can have such a name, and no link to it is out there.
            return store.tenant_forget(cx.lease, cx.tenant()?, None).await;
        }
        let until = cx.platform.world().now() + jiff::SignedDuration::from_hours(24 * NAME_KEPT_DAYS);
        store.tenant_forget(cx.lease, cx.tenant()?, Some(until)).await
    }
    .boxed()
}
