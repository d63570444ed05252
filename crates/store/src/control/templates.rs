//! Templates in the control database. What tenants read of them is kept in memory: see `crate::templates`.
//!
//! What must always hold: every version that was published is kept; publishing and the entry in the log are one
//! transaction. Tested in `platform/tests/it/templates.rs`.

use insula_model::policy::operator_action::{TemplatePublish, TemplateView, TemplateWithdraw};
use insula_model::template::MAX_TEMPLATES;
use insula_model::{
    DashboardConfig, Error, Result, Template, TemplateId, TemplateInput, TemplateVersion, TenantId, problem,
};
use jiff::Timestamp;
use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::operator_requests::seen;
use crate::Store;
use crate::scope::{ControlEntry, ControlTx, OpCtx, OperatorPermit};
use crate::store::Inner;
use crate::templates::{Catalogue, Published};

macro_rules! columns {
    () => {
        "id, name, description, version, target, published_at, config, withdrawn_at IS NOT NULL"
    };
}

macro_rules! changed {
    () => {
        ", (SELECT count(*) FROM template_changes c WHERE c.template_id = templates.id)"
    };
}

fn json_of<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> Result<T> {
    let json = row.try_get::<_, Json<T>>(column);
    json.map(|json| json.0).map_err(|e| Error::internal(format!("stored JSON that cannot be read: {e}")))
}

fn template(row: &Row) -> Result<Template> {
    Ok(Template {
        id: TemplateId::from_uuid(row.get(0)),
        name: row.get(1),
        description: row.get(2),
        version: row.get(3),
        target: json_of(row, 4)?,
        published_at: row.get(5),
        changed: None,
        config: Some(json_of(row, 6)?),
    })
}

/// With the number of tenants that may have changes of it.
fn counted(row: &Row) -> Result<Template> {
    Ok(Template { changed: row.get(8), ..template(row)? })
}

fn version(row: &Row, config: Option<DashboardConfig>) -> Result<TemplateVersion> {
    Ok(TemplateVersion {
        version: row.get(0),
        name: row.get(1),
        description: row.get(2),
        target: json_of(row, 3)?,
        author: row.get(4),
        published_at: row.get(5),
        config,
    })
}

fn entry<'a>(action: &'static str, op: &'a OpCtx, template: &Template) -> ControlEntry<'a> {
    let detail = json!({ "name": template.name, "version": template.version, "target": template.target });
    ControlEntry {
        action,
        actor: op.actor(),
        subject: template.id.to_string(),
        request: op.request().to_string(),
        detail: detail.to_string(),
    }
}

fn taken(name: &str) -> Error {
    let detail =
        format!("There is a template {name:?} already. Publish a new version of it, or use another name.");
    Error::new(problem::TEMPLATE_NAME, detail).at("/name")
}

impl Inner {
    /// All templates, unless the catalogue is still at this version.
    pub(crate) async fn read_templates(&self, known: i64) -> Result<Option<Catalogue>> {
        let mut tx = ControlTx::new(self.control.lend().await?, &self.tasks);
        let row = tx.row("SELECT version FROM template_catalogue", &[]).await?;
        let version: i64 = row.map_or(0, |row| row.get(0));
        if version == known {
            return Ok(None);
        }
        // Behind the version, so that what is read may be newer than it says and never older.
        let rows = tx.rows(concat!("SELECT ", columns!(), " FROM templates"), &[]).await?;
        let mut catalogue = Catalogue { version, ..Catalogue::default() };
        for row in &rows {
            let published = Published::new(template(row)?, row.get(7))?;
            catalogue.published.insert(published.template.id.dashboard(), published);
        }
        Ok(Some(catalogue))
    }

    /// Notes that a tenant may have changes of a template from now on. Before they are committed: so none is missed.
    pub(crate) async fn template_changing(&self, template: TemplateId, tenant: TenantId) -> Result<()> {
        let mut tx = ControlTx::new(self.control.lend().await?, &self.tasks);
        tx.execute(
            "INSERT INTO template_changes (template_id, tenant_id) \
             SELECT t.id, n.id FROM templates t, tenants n WHERE t.id = $1 AND n.id = $2 ON CONFLICT DO NOTHING",
            &[&template.uuid(), &tenant.uuid()],
        )
        .await?;
        tx.commit().await
    }
}

impl Store {
    /// The templates that are published, by name, without what they show.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn template_list(&self, _: &OperatorPermit<'_, TemplateView>) -> Result<Vec<Template>> {
        let mut tx = self.control().await?;
        let sql = concat!(
            "SELECT ",
            columns!(),
            changed!(),
            " FROM templates WHERE withdrawn_at IS NULL ORDER BY lower(name), id"
        );
        let rows = tx.rows(sql, &[]).await?;
        rows.iter().map(|row| Ok(Template { config: None, ..counted(row)? })).collect()
    }

    /// One, also one that was withdrawn.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn template_view(
        &self,
        _: &OperatorPermit<'_, TemplateView>,
        id: TemplateId,
    ) -> Result<Template> {
        let mut tx = self.control().await?;
        let sql = concat!("SELECT ", columns!(), changed!(), " FROM templates WHERE id = $1");
        let row = tx.row(sql, &[&id.uuid()]).await?;
        counted(&row.ok_or_else(|| Error::not_found("template", id))?)
    }

    /// The versions of one without what they showed, the newest first, below number `before`.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn template_version_list(
        &self,
        _: &OperatorPermit<'_, TemplateView>,
        id: TemplateId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<TemplateVersion>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT v.version, v.name, v.description, v.target, v.author, v.published_at FROM templates t \
                   LEFT JOIN LATERAL (SELECT * FROM template_versions WHERE template_id = t.id AND version < $2 \
                                       ORDER BY version DESC LIMIT $3) v ON true WHERE t.id = $1",
                &[&id.uuid(), &before.unwrap_or(i64::MAX), &i64::from(limit)],
            )
            .await?;
        if rows.is_empty() {
            return Err(Error::not_found("template", id));
        }
        let kept = rows.iter().filter(|row| row.get::<_, Option<i64>>(0).is_some());
        kept.map(|row| version(row, None)).collect()
    }

    /// One version with what it showed.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn template_version_view(
        &self,
        _: &OperatorPermit<'_, TemplateView>,
        id: TemplateId,
        number: i64,
    ) -> Result<TemplateVersion> {
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "SELECT version, name, description, target, author, published_at, config FROM template_versions \
                  WHERE template_id = $1 AND version = $2",
                &[&id.uuid(), &number],
            )
            .await?;
        let row = row.ok_or_else(|| Error::not_found("version", number))?;
        version(&row, Some(json_of(&row, 6)?))
    }

    /// Publishes a new template. Its targets are ids by now.
    ///
    /// # Errors
    /// `template.name`, `limit.reached`, `idempotency.reused`.
    pub async fn template_create(
        &self,
        permit: &OperatorPermit<'_, TemplatePublish>,
        id: TemplateId,
        input: &TemplateInput,
        now: Timestamp,
    ) -> Result<Template> {
        let mut tx = self.control().await?;
        // One at a time: the limit holds, and of requests with one key the later ones see the first.
        tx.row("SELECT version FROM template_catalogue FOR UPDATE", &[]).await?;
        let again = seen(&mut tx, permit.op, now).await?;
        let sql = concat!("SELECT ", columns!(), " FROM templates WHERE name = $1 AND withdrawn_at IS NULL");
        match tx.row(sql, &[&input.name]).await? {
            Some(row) if again => return template(&row),
            Some(_) => return Err(taken(&input.name)),
            None => {}
        }
        let most = i64::try_from(MAX_TEMPLATES).unwrap_or(i64::MAX);
        let row = tx
            .row(
                concat!(
                    "INSERT INTO templates (id, name, description, config, target, published_at) \
                     SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM templates WHERE withdrawn_at IS NULL) < $7 \
                     RETURNING ",
                    columns!()
                ),
                &[
                    &id.uuid(),
                    &input.name,
                    &input.description,
                    &Json(&input.config),
                    &Json(&input.target),
                    &now,
                    &most,
                ],
            )
            .await?;
        let row = row.ok_or_else(|| {
            Error::new(problem::LIMIT, format!("An installation has {MAX_TEMPLATES} templates at most."))
        })?;
        self.published(tx, permit.op, "template.publish", &template(&row)?).await
    }

    /// Publishes a new version.
    ///
    /// # Errors
    /// `not_found`; `version.stale`; `template.name`.
    pub async fn template_update(
        &self,
        permit: &OperatorPermit<'_, TemplatePublish>,
        id: TemplateId,
        expected: i64,
        input: &TemplateInput,
        now: Timestamp,
    ) -> Result<Template> {
        let mut tx = self.control().await?;
        let present = tx
            .row(
                "SELECT version FROM templates WHERE id = $1 AND withdrawn_at IS NULL FOR UPDATE",
                &[&id.uuid()],
            )
            .await?
            .ok_or_else(|| Error::not_found("template", id))?;
        crate::tenant::expect_version(Some(expected), present.get(0))?;
        let other = "SELECT true FROM templates WHERE name = $1 AND id <> $2 AND withdrawn_at IS NULL";
        if tx.row(other, &[&input.name, &id.uuid()]).await?.is_some() {
            return Err(taken(&input.name));
        }
        let row = tx
            .row(
                concat!(
                    "UPDATE templates SET name = $2, description = $3, config = $4, target = $5, published_at = $6, \
                            version = version + 1 WHERE id = $1 RETURNING ",
                    columns!()
                ),
                &[
                    &id.uuid(),
                    &input.name,
                    &input.description,
                    &Json(&input.config),
                    &Json(&input.target),
                    &now,
                ],
            )
            .await?
            .ok_or_else(|| Error::not_found("template", id))?;
        self.published(tx, permit.op, "template.publish", &template(&row)?).await
    }

    /// Keeps the version, commits with the entry in the log, and uses the new one here at once.
    async fn published(
        &self,
        mut tx: ControlTx,
        op: &OpCtx,
        action: &'static str,
        template: &Template,
    ) -> Result<Template> {
        tx.execute(
            "INSERT INTO template_versions (template_id, version, name, description, config, target, author, published_at) \
             SELECT id, version, name, description, config, target, $2, published_at FROM templates WHERE id = $1",
            &[&template.id.uuid(), &op.actor().name],
        )
        .await?;
        tx.commit_with(&entry(action, op, template)).await?;
        self.inner.templates.changed().await;
        Ok(template.clone())
    }

    /// Withdraws a template: tenants that changed nothing of it no longer have it, the others keep theirs.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn template_withdraw(
        &self,
        permit: &OperatorPermit<'_, TemplateWithdraw>,
        id: TemplateId,
        now: Timestamp,
    ) -> Result<()> {
        let mut tx = self.control().await?;
        let row = tx
            .row(
                concat!(
                    "UPDATE templates SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL RETURNING ",
                    columns!()
                ),
                &[&id.uuid(), &now],
            )
            .await?
            .ok_or_else(|| Error::not_found("template", id))?;
        tx.commit_with(&entry("template.withdraw", permit.op, &template(&row)?)).await?;
        self.inner.templates.changed().await;
        Ok(())
    }

    /// Tenants that may have changes of a template, after one of them.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn template_changed(
        &self,
        _: &OperatorPermit<'_, TemplateView>,
        template: TemplateId,
        after: Option<TenantId>,
        limit: u32,
    ) -> Result<Vec<TenantId>> {
        let after = after.map_or(Uuid::nil(), TenantId::uuid);
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT tenant_id FROM template_changes WHERE template_id = $1 AND tenant_id > $2 \
                  ORDER BY tenant_id LIMIT $3",
                &[&template.uuid(), &after, &i64::from(limit)],
            )
            .await?;
        Ok(rows.iter().map(|row| TenantId::from_uuid(row.get(0))).collect())
    }
}
