//! A tenant's changes of what the operator publishes: rows among its dashboards that have the template's id and the
//! template as it was when they were made.
//!
//! What must always hold: what is shown is the template of now and the tenant's changes, brought together when it is read;
//! publishing writes nothing here, and nothing of a tenant's is lost by it. The version that is shown rises with both: it
//! is the row's, and one more for each version that was published since. Tested in `platform/tests/it/templates.rs`.

use insula_model::dashboard_merge::{is_changed, merge};
use insula_model::policy::action::DashboardReset;
use insula_model::{
    Dashboard, DashboardConfig, DashboardId, DashboardInput, DashboardTemplate, Result, Write,
};
use jiff::Timestamp;
use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::dashboards::{Dashboards, absent, dashboard};
use super::{expect_version, json_of};
use crate::Permit;
use crate::templates::{Catalogue, Published};

/// The datasets that a configuration asks.
pub(super) fn datasets(config: &DashboardConfig) -> Vec<&str> {
    config.widgets.iter().filter_map(|w| Some(w.question()?.dataset.as_str())).collect()
}

/// What a row shows: columns 0 to 5 of a dashboard, `template_version`, `template_base`, `config`. For a dashboard of the
/// tenant's own without its configuration, if the row has none.
pub(super) fn shown(row: &Row, templates: &Catalogue) -> Result<Dashboard> {
    let based: Option<i64> = row.get(6);
    let own =
        |row: &Row| row.get::<_, Option<Json<serde_json::Value>>>(8).map(|_| json_of(row, 8)).transpose();
    let Some(based) = based else { return Ok(dashboard(row, own(row)?)) };
    let base: DashboardInput = json_of(row, 7)?;
    let stored = dashboard(row, Some(json_of(row, 8)?));
    let Some(published) = templates.of(stored.id) else { return Ok(stored) };
    Ok(together(&stored, based, &base, published))
}

fn together(stored: &Dashboard, based: i64, base: &DashboardInput, published: &Published) -> Dashboard {
    let own = DashboardInput {
        name: stored.name.clone(),
        description: stored.description.clone(),
        config: stored.config.clone().unwrap_or_else(|| base.config.clone()),
        note: None,
    };
    let template = &published.template;
    let merged = merge(base, &published.content, &own);
    Dashboard {
        id: stored.id,
        default: stored.default,
        favourite: stored.favourite,
        name: merged.input.name,
        description: merged.input.description,
        version: stored.version + (template.version - based),
        updated_at: stored.updated_at.max(template.published_at),
        template: Some(DashboardTemplate {
            version: template.version,
            changed: is_changed(base, &own),
            conflicts: merged.conflicts,
        }),
        config: Some(merged.input.config),
    }
}

impl Dashboards<'_, '_, Write> {
    /// Writes what the tenant wants instead of a template, on the template as it is now.
    pub(super) async fn change_of_template(
        &mut self,
        published: &Published,
        expected: Option<i64>,
        input: &DashboardInput,
        now: Timestamp,
    ) -> Result<Dashboard> {
        let (id, template) = (published.template.id.dashboard(), &published.template);
        // The first change makes the row: those that come at once take turns.
        self.0.hold_catalogue().await?;
        let row = self
            .0
            .row("SELECT version, template_version FROM dashboards WHERE id = $1 FOR UPDATE", &[&id.uuid()])
            .await?;
        let present = match &row {
            Some(row) => row.get::<_, i64>(0) + (template.version - row.get::<_, i64>(1)),
            None if published.reaches(self.0.tenant_record()) => template.version,
            None => return Err(absent(id)),
        };
        expect_version(expected, present)?;
        self.0.template_changing(template.id).await?;
        let row = self
            .0
            .row(
                "INSERT INTO dashboards (tenant_id, id, name, description, config, version, created_at, updated_at, \
                                         template_version, template_base) \
                 VALUES (wall.tenant(), $1, $2, $3, $4, $5, $6, $6, $7, $8) \
                 ON CONFLICT (tenant_id, id) DO UPDATE SET name = $2, description = $3, config = $4, version = $5, \
                         updated_at = $6, template_version = $7, template_base = $8 \
                 RETURNING id, name, description, is_default, version, updated_at",
                &[
                    &id.uuid(),
                    &input.name,
                    &input.description,
                    &Json(&input.config),
                    &(present + 1),
                    &now,
                    &template.version,
                    &Json(&published.content),
                ],
            )
            .await?
            .ok_or_else(|| absent(id))?;
        let author = &self.0.op().actor().name;
        self.keep(id, input.note.as_deref(), Some(author)).await?;
        let stored = dashboard(&row, Some(input.config.clone()));
        Ok(together(&stored, template.version, &published.content, published))
    }

    /// Takes back what the tenant changed of a template. What it was is kept as a version.
    ///
    /// # Errors
    /// `not_found` for what is no template here; `version.required`, `version.stale`.
    pub async fn reset(
        &mut self,
        permit: &Permit<'_, DashboardReset>,
        id: DashboardId,
        expected: Option<i64>,
        now: Timestamp,
    ) -> Result<Dashboard> {
        let templates = self.0.templates().await;
        let published = templates.of(id).ok_or_else(|| absent(id))?;
        let input = DashboardInput { note: Some("As published".to_owned()), ..published.content.clone() };
        let reset = self.change_of_template(published, expected, &input, now).await?;
        self.0.used(permit, id, &json!({ "name": input.name, "version": reset.version }))?;
        Ok(reset)
    }
}
