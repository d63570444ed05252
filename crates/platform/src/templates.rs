//! Templates, as operators publish them. What tenants see and change of them is in `dashboards`.

use std::sync::Arc;

use insula_model::policy::action::DashboardView;
use insula_model::policy::operator_action::{TemplatePublish, TemplateView, TemplateWithdraw, TenantList};
use insula_model::{
    Error, Page, Result, Template, TemplateConflicts, TemplateId, TemplateInput, TemplateTarget,
    TemplateVersion, TenantId, TenantStatus, problem,
};
use insula_store::OpCtx;

use crate::Platform;
use crate::paging::Paging;

impl Platform {
    /// The templates that are published, without what they show: at most 100, on one page.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn template_list(&self, op: &OpCtx) -> Result<Page<Template>> {
        let permit = op.authorize_operator::<TemplateView>()?;
        let items = self.store().template_list(&permit).await?;
        Ok(Page { total: Some(items.len() as u64), items, next_cursor: None })
    }

    /// One with what it shows; the tenants that it names by their slugs.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn template_view(&self, op: &OpCtx, id: TemplateId) -> Result<Template> {
        let permit = op.authorize_operator::<TemplateView>()?;
        let mut template = self.store().template_view(&permit, id).await?;
        self.with_slugs(&mut template.target).await?;
        Ok(template)
    }

    /// The versions of one that were published, without what they showed, the newest first, below number `before`.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn template_version_list(
        &self,
        op: &OpCtx,
        id: TemplateId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<TemplateVersion>> {
        let permit = op.authorize_operator::<TemplateView>()?;
        self.store().template_version_list(&permit, id, before, limit).await
    }

    /// One version with what it showed; the tenants that it names by their slugs.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn template_version_view(
        &self,
        op: &OpCtx,
        id: TemplateId,
        number: i64,
    ) -> Result<TemplateVersion> {
        let permit = op.authorize_operator::<TemplateView>()?;
        let mut version = self.store().template_version_view(&permit, id, number).await?;
        self.with_slugs(&mut version.target).await?;
        Ok(version)
    }

    /// Publishes a new template. Every tenant that it is meant for sees it within a second or two.
    ///
    /// # Errors
    /// `input.invalid`; `not_found` for a tenant that is not there; `template.name`; `limit.reached`;
    /// `idempotency.reused`.
    pub async fn template_create(&self, op: &OpCtx, input: &TemplateInput) -> Result<Template> {
        let permit = op.authorize_operator::<TemplatePublish>()?;
        let input = self.with_ids(op, input).await?;
        let id = TemplateId::from_uuid(self.world().uuid());
        self.store().template_create(&permit, id, &input, self.world().now()).await
    }

    /// Publishes a new version of a template. What tenants changed stays: it is brought together with the new version when
    /// they look.
    ///
    /// # Errors
    /// As [`Platform::template_create`]; `version.stale`.
    pub async fn template_update(
        &self,
        op: &OpCtx,
        id: TemplateId,
        version: i64,
        input: &TemplateInput,
    ) -> Result<Template> {
        let permit = op.authorize_operator::<TemplatePublish>()?;
        let input = self.with_ids(op, input).await?;
        self.store().template_update(&permit, id, version, &input, self.world().now()).await
    }

    /// Withdraws a template. Tenants that changed it keep what they have.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn template_withdraw(&self, op: &OpCtx, id: TemplateId) -> Result<()> {
        let permit = op.authorize_operator::<TemplateWithdraw>()?;
        self.store().template_withdraw(&permit, id, self.world().now()).await
    }

    /// What tenants changed of a template, and where that does not go together with it. The operator says why: each of these
    /// tenants' logs has it.
    ///
    /// # Errors
    /// `not_found`; `support.reason`; `page.cursor`.
    pub async fn template_conflict_list(
        &self,
        op: &OpCtx,
        id: TemplateId,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<TemplateConflicts>> {
        let permit = op.authorize_operator::<TemplateView>()?;
        self.store().template_view(&permit, id).await?;
        if op.reason().is_none() {
            let detail = "An operator who looks into tenants says why. Give a reason of 8 to 500 characters.";
            return Err(Error::new(problem::REASON_REQUIRED, detail));
        }
        let paging = Paging::<TenantId>::new(cursor, limit)?;
        let tenants = self.store().template_changed(&permit, id, paging.after, paging.fetch()).await?;
        let page = paging.page(tenants, None, |tenant| *tenant);
        let mut items = Vec::new();
        for tenant in page.items {
            items.extend(self.conflicts_of(op, id, tenant).await?);
        }
        Ok(Page { items, next_cursor: page.next_cursor, total: None })
    }

    async fn conflicts_of(
        &self,
        op: &OpCtx,
        id: TemplateId,
        tenant: TenantId,
    ) -> Result<Option<TemplateConflicts>> {
        let Some(record) = self.store().tenant_of_id(tenant).await? else { return Ok(None) };
        if !matches!(record.status, TenantStatus::Active | TenantStatus::Suspended) {
            return Ok(None);
        }
        let slug = record.slug.clone();
        let permit = self.store().tenant(op, Arc::clone(&record))?.authorize::<DashboardView>()?;
        let mut tx = self.store().begin(&permit).await?;
        let dashboard = match tx.dashboards().view(id.dashboard()).await {
            Err(error) if error.is(problem::NOT_FOUND) => return Ok(None),
            other => other?,
        };
        let of = dashboard.template.filter(|t| t.changed);
        Ok(of.map(|of| TemplateConflicts { tenant, slug, changed: of.changed, conflicts: of.conflicts }))
    }

    /// Tenants that are named by their ids, by their slugs; those that are gone stay as they are.
    async fn with_slugs(&self, target: &mut TemplateTarget) -> Result<()> {
        if let TemplateTarget::Tenants { tenants } = target {
            for name in tenants {
                let Ok(id) = name.parse::<TenantId>() else { continue };
                if let Some(record) = self.store().tenant_of_id(id).await? {
                    *name = record.slug.to_string();
                }
            }
        }
        Ok(())
    }

    /// The same with tenants named by their ids: slugs may change hands.
    async fn with_ids(&self, op: &OpCtx, input: &TemplateInput) -> Result<TemplateInput> {
        input.check()?;
        let mut input = input.clone();
        if let TemplateTarget::Tenants { tenants } = &mut input.target {
            let permit = op.authorize_operator::<TenantList>()?;
            for (i, name) in tenants.iter_mut().enumerate() {
                let found = self.store().tenant_view(&permit, name).await;
                let (record, _) = found.map_err(|error| error.at(format!("/target/tenants/{i}")))?;
                *name = record.id.to_string();
            }
            tenants.sort();
            tenants.dedup();
        }
        Ok(input)
    }
}
