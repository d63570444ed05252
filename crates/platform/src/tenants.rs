//! Tenants, as operators ask for them.

use insula_model::policy::operator_action::{
    OperationControl, OperationView as ViewAction, TenantCreate, TenantDelete, TenantList, TenantResume,
    TenantSuspend, TenantUpdate,
};
use insula_model::{
    Error, OperationId, Plan, Result, Slug, TenantId, TenantRecord, TenantStatus, Tier, problem, tenant,
};
use insula_store::{
    Actor, NewOperation, NewTenant, OpCtx, OperationFilter, OperationRow, OperationStatus, StepStatus,
    TenantFilter, TenantPage,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Platform;
use crate::operations::{
    self, DeleteTenant, EraseTenant, Operation, OwnerInput, ProvisionInput, ProvisionTenant, ResumeTenant,
    SuspendTenant,
};

/// A tenant that is asked for.
#[derive(Debug, Clone)]
pub struct TenantRequest {
    /// The slug.
    pub slug: Slug,
    /// The display name; the slug, if nobody says otherwise.
    pub name: Option<String>,
    /// The plan.
    pub plan: Plan,
    /// The wall; the plan's, if nobody says otherwise.
    pub tier: Option<Tier>,
    /// The cell.
    pub cell: Option<String>,
    /// The owner.
    pub owner: OwnerRequest,
    /// Whether it begins with sample metrics.
    pub sample_data: bool,
    /// Its time zone, an IANA name.
    pub time_zone: Option<String>,
}

/// The owner of a tenant that is asked for.
#[derive(Debug, Clone)]
pub struct OwnerRequest {
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: Option<String>,
    /// The hash of a password; without one the owner is invited.
    pub password_hash: Option<String>,
}

/// How a tenant is to be deleted.
#[derive(Debug, Clone)]
pub struct DeleteTenantInput {
    /// The slug again, to be sure.
    pub confirm: String,
    /// For good and at once, without quarantine.
    pub now: bool,
    /// Why.
    pub reason: Option<String>,
}

/// An operation as the API shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OperationView {
    /// Its id.
    pub id: OperationId,
    /// `tenant.provision`, …
    pub kind: String,
    /// The tenant's id.
    pub tenant: Option<TenantId>,
    /// The tenant's slug.
    pub slug: Option<String>,
    /// Where it is.
    pub status: OperationStatus,
    /// How many steps are done.
    pub step: u32,
    /// The steps.
    pub steps: Vec<StepView>,
    /// 0 to 1.
    pub progress: f64,
    /// How often the present step was tried.
    pub attempt: i32,
    /// Whether it can still be cancelled.
    pub cancellable: bool,
    /// What went wrong.
    pub error: Option<Value>,
    /// What came of it.
    pub result: Option<Value>,
    /// Who asked for it.
    pub actor: Actor,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How long it took, or takes until now, in milliseconds.
    pub ms: i64,
}

/// A step of an operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StepView {
    /// A stable name.
    pub name: String,
    /// A few words.
    pub label: String,
    /// `pending`, `running`, `done`, `undone`, `failed`.
    pub status: String,
    /// How long it took, in milliseconds.
    pub ms: Option<i64>,
}

impl Platform {
    /// Asks for a tenant. What can be refused is refused here, before anything is done.
    ///
    /// # Errors
    /// `tenant.slug_taken` with a proposal; `input.invalid`; `cell.unknown`; `cell.full`.
    pub async fn tenant_create(&self, op: &OpCtx, request: TenantRequest) -> Result<OperationId> {
        if request.slug.is_throwaway() {
            return Err(Error::new(
                problem::TENANT_SLUG_RESERVED,
                "Slugs that begin with \"verify-\" are kept for the verification of the walls. Choose another slug.",
            )
            .at("/slug"));
        }
        self.tenant_create_unreserved(op, request).await
    }

    /// As [`Platform::tenant_create`], also for the throw-away tenants of the verification.
    pub(crate) async fn tenant_create_unreserved(
        &self,
        op: &OpCtx,
        request: TenantRequest,
    ) -> Result<OperationId> {
        let permit = op.authorize_operator::<TenantCreate>()?;
        let name = match &request.name {
            Some(name) => tenant::display_name(name, "/name")?,
            None => request.slug.to_string(),
        };
        let email = tenant::email(&request.owner.email, "/owner/email")?;
        let owner = match &request.owner.name {
            Some(name) => tenant::display_name(name, "/owner/name")?,
            None => email.split('@').next().unwrap_or("Owner").to_owned(),
        };
        let time_zone = request.time_zone.unwrap_or_else(|| "UTC".to_owned());
        if jiff::tz::TimeZone::get(&time_zone).is_err() {
            return Err(Error::invalid(
                "/time_zone",
                "unknown",
                format!("{time_zone:?} is no time zone. Use an IANA name such as Europe/Berlin."),
            ));
        }
        let new = NewTenant {
            id: TenantId::from_uuid(self.world().uuid()),
            slug: request.slug.clone(),
            name: name.clone(),
            plan: request.plan,
            tier: request.tier.unwrap_or(request.plan.default_tier()),
            cell: request.cell.unwrap_or_else(|| self.settings().default_cell.clone()),
        };
        let input = ProvisionInput {
            tenant: new.id,
            slug: new.slug.clone(),
            name,
            plan: new.plan,
            tier: new.tier,
            cell: new.cell.clone(),
            owner: OwnerInput { email, name: owner, password_hash: request.owner.password_hash },
            sample_data: request.sample_data,
            time_zone,
        };
        let operation = self.operation::<ProvisionTenant>(&input)?;
        match self.store().tenant_create(&permit, &new, &operation).await {
            Err(error) if error.is(problem::TENANT_SLUG_TAKEN) => {
                let proposal = self.store().slug_proposal(&request.slug, self.world().now()).await?;
                let slug = request.slug.as_str();
                Err(Error::new(
                    problem::TENANT_SLUG_TAKEN,
                    format!("The slug {slug:?} belongs to another tenant. {:?} is free.", proposal.as_str()),
                )
                .at("/slug"))
            }
            other => other,
        }
    }

    /// Asks for a tenant to be closed.
    ///
    /// # Errors
    /// `tenant.status` unless it is active; `tenant.busy`.
    pub async fn tenant_suspend(
        &self,
        op: &OpCtx,
        id: TenantId,
        reason: Option<String>,
    ) -> Result<OperationId> {
        let permit = op.authorize_operator::<TenantSuspend>()?;
        let new = self.operation_of(SuspendTenant::NAME, &json!({ "reason": reason }));
        self.store().operation_create(&permit, id, &[TenantStatus::Active], &new).await
    }

    /// Asks for a suspended or softly deleted tenant to be opened again.
    ///
    /// # Errors
    /// `tenant.status`; `tenant.busy`.
    pub async fn tenant_resume(
        &self,
        op: &OpCtx,
        id: TenantId,
        reason: Option<String>,
    ) -> Result<OperationId> {
        let permit = op.authorize_operator::<TenantResume>()?;
        let new = self.operation_of(ResumeTenant::NAME, &json!({ "reason": reason }));
        let from = [TenantStatus::Suspended, TenantStatus::Deleted];
        self.store().operation_create(&permit, id, &from, &new).await
    }

    /// Asks for a tenant to be deleted: softly, or for good and at once.
    ///
    /// # Errors
    /// `tenant.confirm` when the slug is not repeated; `tenant.status`; `tenant.busy`.
    pub async fn tenant_delete(
        &self,
        op: &OpCtx,
        record: &TenantRecord,
        input: &DeleteTenantInput,
    ) -> Result<OperationId> {
        let permit = op.authorize_operator::<TenantDelete>()?;
        if input.confirm != record.slug.as_str() {
            let slug = record.slug.as_str();
            return Err(
                Error::new(problem::TENANT_CONFIRM, format!("Repeat {slug:?} to confirm.")).at("/confirm")
            );
        }
        let (from, new): (&[TenantStatus], _) = if input.now {
            (
                &[TenantStatus::Active, TenantStatus::Suspended, TenantStatus::Deleted],
                self.operation_of(EraseTenant::NAME, &json!({})),
            )
        } else {
            (
                &[TenantStatus::Active, TenantStatus::Suspended],
                self.operation_of(DeleteTenant::NAME, &json!({ "reason": input.reason })),
            )
        };
        self.store().operation_create(&permit, record.id, from, &new).await
    }

    /// A tenant by id or slug, with its version.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn tenant_view(&self, op: &OpCtx, selector: &str) -> Result<(TenantRecord, i64)> {
        self.store().tenant_view(&op.authorize_operator::<TenantList>()?, selector).await
    }

    /// One operation.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn operation_view(&self, op: &OpCtx, id: OperationId) -> Result<OperationView> {
        let row = self.store().operation_view(&op.authorize_operator::<ViewAction>()?, id).await?;
        Ok(self.show(row))
    }

    /// Operations, the newest first.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub async fn operation_list(&self, op: &OpCtx, filter: &OperationFilter) -> Result<Vec<OperationView>> {
        let rows = self.store().operation_list(&op.authorize_operator::<ViewAction>()?, filter).await?;
        Ok(rows.into_iter().map(|row| self.show(row)).collect())
    }

    /// Asks for an operation to be cancelled.
    ///
    /// # Errors
    /// `operation.done`; `operation.past_pivot`.
    pub async fn operation_cancel(&self, op: &OpCtx, id: OperationId) -> Result<()> {
        self.store().operation_cancel(&op.authorize_operator::<OperationControl>()?, id).await
    }

    /// Tries an operation again that waits or needs a person.
    ///
    /// # Errors
    /// `operation.done`.
    pub async fn operation_retry(&self, op: &OpCtx, id: OperationId) -> Result<()> {
        self.store().operation_retry(&op.authorize_operator::<OperationControl>()?, id).await
    }

    /// One page of tenants and how many there are in all.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub async fn tenant_list(&self, op: &OpCtx, filter: &TenantFilter) -> Result<TenantPage> {
        self.store().tenant_list(&op.authorize_operator::<TenantList>()?, filter).await
    }

    /// Changes a tenant's name or plan.
    ///
    /// # Errors
    /// `version.stale`; `input.invalid`.
    pub async fn tenant_update(
        &self,
        op: &OpCtx,
        id: TenantId,
        version: i64,
        name: Option<&str>,
        plan: Option<Plan>,
    ) -> Result<i64> {
        let permit = op.authorize_operator::<TenantUpdate>()?;
        let name = name.map(|n| tenant::display_name(n, "/name")).transpose()?;
        self.store().tenant_update(&permit, id, version, name.as_deref(), plan).await
    }

    /// An operation of the journal as people see it.
    #[must_use]
    pub fn show(&self, row: OperationRow) -> OperationView {
        let plan = operations::kind(&row.kind).map(|k| (k.steps)()).unwrap_or_default();
        let ms = |from: Timestamp, to: Option<Timestamp>| {
            to.unwrap_or_else(|| self.world().now())
                .duration_since(from)
                .as_millis()
                .try_into()
                .unwrap_or(i64::MAX)
        };
        let steps: Vec<StepView> = plan
            .iter()
            .zip(0i32..)
            .map(|((name, label), number)| {
                let begun = row.steps.iter().find(|s| s.step == number);
                StepView {
                    name: (*name).to_owned(),
                    label: (*label).to_owned(),
                    status: match begun.map(|s| s.status) {
                        None => "pending",
                        Some(StepStatus::Running) => "running",
                        Some(StepStatus::Done) => "done",
                        Some(StepStatus::Undone) => "undone",
                        Some(StepStatus::Failed) => "failed",
                    }
                    .to_owned(),
                    ms: begun.and_then(|s| s.ended_at.map(|end| ms(s.started_at, Some(end)))),
                }
            })
            .collect();
        let step = u32::try_from(row.step).unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "a handful of steps")]
        let progress = if steps.is_empty() { 0.0 } else { f64::from(step) / steps.len() as f64 };
        OperationView {
            id: row.id,
            kind: row.kind,
            tenant: row.tenant.as_ref().map(|t| t.0),
            slug: row.tenant.map(|t| t.1),
            cancellable: !row.status.ended() && !row.past_pivot && row.status != OperationStatus::Unwinding,
            status: row.status,
            step,
            steps,
            progress,
            attempt: row.attempt,
            error: row.error,
            result: row.result,
            actor: row.actor,
            ms: ms(row.started_at.unwrap_or(row.created_at), row.ended_at),
            created_at: row.created_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
        }
    }

    fn operation<O: Operation>(&self, input: &O::Input) -> Result<NewOperation> {
        let input = serde_json::to_value(input).map_err(Error::internal)?;
        Ok(self.operation_of(O::NAME, &input))
    }

    fn operation_of(&self, kind: &'static str, input: &Value) -> NewOperation {
        NewOperation {
            id: OperationId::from_uuid(self.world().uuid()),
            kind,
            input: input.clone(),
            state: json!({}),
        }
    }
}
