//! Operations.

use insula_model::{OperationId, Page, Result, TenantId};
use insula_platform::{OperationView, StepView};
use insula_store::{OpCtx, OperationFilter};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::cursor::Pager;
use crate::request::{Paging, limit};

/// One long change: durable, visible, resumable.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Operation {
    /// Its id.
    id: OperationId,
    /// `tenant.provision`, `tenant.suspend`, …
    kind: String,
    /// The tenant that it changes.
    tenant: Option<OperationTenant>,
    /// `queued`, `running`, `unwinding`, `succeeded`, `failed`, `cancelled` or `stuck`.
    status: String,
    /// How many steps are done.
    step: u32,
    /// The steps, in order.
    steps: Vec<OperationStep>,
    /// 0 to 1.
    progress: f64,
    /// How often the present step was tried.
    attempt: i32,
    /// What went wrong: a problem.
    #[schema(value_type = Option<Object>)]
    error: Option<Value>,
    /// What came of it.
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    /// Who asked for it.
    actor: Actor,
    /// When it was asked for.
    created_at: Timestamp,
    /// When it began.
    started_at: Option<Timestamp>,
    /// When it ended.
    ended_at: Option<Timestamp>,
    /// How long it took, or takes until now, in milliseconds.
    ms: i64,
    /// Whether it can still be cancelled.
    cancellable: bool,
}

/// The tenant that an operation changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OperationTenant {
    /// Its id.
    id: TenantId,
    /// Its name in addresses.
    slug: String,
}

/// A step of an operation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OperationStep {
    /// A stable name.
    name: String,
    /// A few words.
    label: String,
    /// `pending`, `running`, `done`, `undone` or `failed`.
    status: String,
    /// How long it took, in milliseconds.
    ms: Option<i64>,
}

/// Who did something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Actor {
    /// `member`, `api_key`, `operator` or `system`.
    pub(super) kind: String,
    /// The id.
    pub(super) id: String,
    /// The name then.
    pub(super) name: String,
}

impl From<OperationView> for Operation {
    fn from(view: OperationView) -> Self {
        let slug = view.slug.unwrap_or_default();
        Self {
            id: view.id,
            kind: view.kind,
            tenant: view.tenant.map(|id| OperationTenant { id, slug }),
            status: view.status.as_str().to_owned(),
            step: view.step,
            steps: view.steps.into_iter().map(OperationStep::from).collect(),
            progress: view.progress,
            attempt: view.attempt,
            error: view.error,
            result: view.result,
            actor: Actor {
                kind: view.actor.kind.as_str().to_owned(),
                id: view.actor.id,
                name: view.actor.name,
            },
            created_at: view.created_at,
            started_at: view.started_at,
            ended_at: view.ended_at,
            ms: view.ms,
            cancellable: view.cancellable,
        }
    }
}

/// A page of operations.
///
/// # Errors
/// `page.cursor`; `input.invalid`; `auth.forbidden`.
pub(crate) async fn operation_page(
    app: &App,
    op: &OpCtx,
    pager: &Pager<'_>,
    filter: OperationFilter,
    query: &Paging,
) -> Result<Page<Operation>> {
    let limit = limit(query.limit)?;
    let after: Option<(Timestamp, OperationId)> = pager.open(query.cursor.as_deref())?;
    let filter = OperationFilter { after, limit: limit + 1, ..filter };
    let mut operations = app.platform().operation_list(op, &filter).await?;
    let next = super::next(&mut operations, limit, |o| (o.created_at, o.id));
    pager.page(operations.into_iter().map(Operation::from).collect(), next, None)
}

impl From<StepView> for OperationStep {
    fn from(view: StepView) -> Self {
        Self { name: view.name, label: view.label, status: view.status, ms: view.ms }
    }
}
