//! A tenant's dashboards, and everything that one of them is drawn from in one statement.
//!
//! What must always hold: a tenant that has dashboards of its own has exactly one that opens first; configurations were
//! checked before they are written. Tested in `platform/tests/it/dashboards.rs`.

use std::collections::HashSet;

use insula_model::policy::action::{DashboardCreate, DashboardDelete, DashboardUpdate, TenantSeed};
use insula_model::{
    Dashboard, DashboardConfig, DashboardId, DashboardInput, Error, MemberId, Mode, Result, WeekStart, Write,
    problem,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::dashboard_templates::{datasets, shown};
use super::datasets::{StoredDataset, Unseen, rolled};
use super::{expect_version, json_of};
use crate::templates::Published;
use crate::{Permit, TenantTx};

/// Dashboards of one tenant.
pub const MAX_DASHBOARDS: usize = 200;

/// What a dashboard is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct DashboardState {
    /// The dashboard with its configuration.
    pub dashboard: Dashboard,
    /// The configuration.
    pub config: DashboardConfig,
    /// The tenant's time zone.
    pub time_zone: String,
    /// The first day of its weeks.
    pub week_start: WeekStart,
    /// The version of the settings.
    pub settings_version: i64,
    /// The datasets that its widgets ask, as far as they exist for whoever asks.
    pub datasets: Vec<StoredDataset>,
}

/// The dashboards of a transaction's tenant.
pub struct Dashboards<'t, 'op, M: Mode>(pub(super) &'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The dashboards.
    pub fn dashboards(&mut self) -> Dashboards<'_, 'op, M> {
        Dashboards(self)
    }
}

/// Columns 0 to 5.
pub(super) fn dashboard(row: &Row, config: Option<DashboardConfig>) -> Dashboard {
    Dashboard {
        id: DashboardId::from_uuid(row.get(0)),
        name: row.get(1),
        description: row.get(2),
        default: row.get(3),
        favourite: false,
        version: row.get(4),
        updated_at: row.get(5),
        template: None,
        config,
    }
}

pub(super) fn absent(id: DashboardId) -> Error {
    Error::not_found("dashboard", id)
}

/// The datasets `d` that the widgets of a dashboard `b` ask, or that are named.
macro_rules! asked {
    () => {
        "(d.name = ANY($2) OR d.name IN (SELECT w -> 'question' ->> 'dataset' \
                                           FROM jsonb_array_elements(b.config -> 'widgets') w))"
    };
}

/// A dataset as `jsonb_build_object` of [`Dashboards::state`] writes it.
#[derive(Deserialize)]
struct DatasetText {
    id: uuid::Uuid,
    definition: insula_model::DatasetDefinition,
    version: i64,
    events: i64,
    updated_at: Timestamp,
    number: i32,
    data_version: i64,
    rolled: Option<serde_json::Value>,
}

impl From<DatasetText> for Unseen {
    fn from(text: DatasetText) -> Self {
        let dataset = insula_model::Dataset {
            id: insula_model::DatasetId::from_uuid(text.id),
            definition: text.definition,
            version: text.version,
            events: u64::try_from(text.events).ok(),
            updated_at: text.updated_at,
        };
        Self::new(dataset, text.number, text.data_version, rolled(text.rolled))
    }
}

impl<M: Mode> Dashboards<'_, '_, M> {
    /// All of them without their configurations: the favourites of the member who asks, the one that opens first, then
    /// by name; at most [`MAX_DASHBOARDS`] of its own, and the templates that are meant for it.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self) -> Result<Vec<Dashboard>> {
        let member = self.0.op().member().map(MemberId::uuid);
        // A favourite that has no row is a template that nothing was changed of.
        let rows = self
            .0
            .rows(
                "SELECT d.id, d.name, d.description, d.is_default, d.version, d.updated_at, d.template_version, \
                        d.template_base, CASE WHEN d.template_version IS NOT NULL THEN d.config END, f.dashboard_id \
                   FROM dashboards d \
                   FULL JOIN (SELECT dashboard_id FROM favourites WHERE member_id = $1) f ON f.dashboard_id = d.id",
                &[&member],
            )
            .await?;
        let templates = self.0.templates().await;
        let there = rows.iter().filter(|row| row.get::<_, Option<uuid::Uuid>>(0).is_some());
        let mut all: Vec<Dashboard> = there.map(|row| shown(row, &templates)).collect::<Result<_>>()?;
        let own: HashSet<DashboardId> = all.iter().map(|d| d.id).collect();
        let more = templates.reaching(self.0.tenant_record()).into_iter().map(Published::dashboard);
        all.extend(more.filter(|d| !own.contains(&d.id)));
        let marked: HashSet<uuid::Uuid> = rows.iter().filter_map(|row| row.get(9)).collect();
        for one in &mut all {
            one.config = None;
            one.favourite = marked.contains(&one.id.uuid());
        }
        all.sort_by_cached_key(|d| (!d.favourite, !d.default, d.name.to_lowercase(), d.id));
        Ok(all)
    }

    /// One with its configuration.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn view(&mut self, id: DashboardId) -> Result<Dashboard> {
        let row = self
            .0
            .row(
                "SELECT id, name, description, is_default, version, updated_at, template_version, template_base, config \
                   FROM dashboards WHERE id = $1",
                &[&id.uuid()],
            )
            .await?;
        let templates = self.0.templates().await;
        match (row, templates.of(id)) {
            (Some(row), _) => shown(&row, &templates),
            (None, Some(published)) if published.reaches(self.0.tenant_record()) => Ok(published.whole()),
            _ => Err(absent(id)),
        }
    }

    /// The versions of everything that a dashboard is drawn from, the events included, and of who sees what of it: as long
    /// as this text is the same, [`Self::state`] is, too.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn stamp(&mut self, id: DashboardId) -> Result<String> {
        let templates = self.0.templates().await;
        let published = templates.of(id);
        let asked: Vec<&str> = published.map(|p| datasets(&p.content.config)).unwrap_or_default();
        let row = self
            .0
            .row(
                concat!(
                    "SELECT b.version, b.template_version, s.version, \
                            (SELECT string_agg(concat_ws(':', d.id, d.version, d.data_version, d.rolled), ' ' \
                                               ORDER BY d.number) FROM datasets d WHERE ",
                    asked!(),
                    ") FROM settings s LEFT JOIN dashboards b ON b.id = $1"
                ),
                &[&id.uuid(), &asked],
            )
            .await?
            .ok_or_else(|| absent(id))?;
        let (own, based): (Option<i64>, Option<i64>) = (row.get(0), row.get(1));
        let template = published.map(|p| (p.template.version, p.reaches(self.0.tenant_record())));
        if own.is_none() && !template.is_some_and(|(_, reaches)| reaches) {
            return Err(absent(id));
        }
        let (settings, data): (i64, Option<String>) = (row.get(2), row.get(3));
        Ok(format!("{:?} {own:?} {based:?} {template:?} {settings} {data:?}", self.0.op().sight()))
    }

    /// Everything that a dashboard is drawn from, except the events.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn state(&mut self, id: DashboardId) -> Result<DashboardState> {
        let templates = self.0.templates().await;
        let published = templates.of(id);
        // What comes together of a template and a workspace's changes asks no other datasets than the two do.
        let asked: Vec<&str> = published.map(|p| datasets(&p.content.config)).unwrap_or_default();
        let row = self
            .0
            .row(
                concat!(
                    "SELECT b.id, b.name, b.description, b.is_default, b.version, b.updated_at, b.template_version, \
                        b.template_base, b.config, s.time_zone, s.week_start, s.version, \
                        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'definition', d.definition, \
                                'version', d.version, 'events', d.events, 'updated_at', d.updated_at, \
                                'number', d.number, 'data_version', d.data_version, \
                                'rolled', d.rolled) ORDER BY d.number), '[]') \
                           FROM datasets d WHERE ",
                    asked!(),
                    ") FROM settings s LEFT JOIN dashboards b ON b.id = $1"
                ),
                &[&id.uuid(), &asked],
            )
            .await?
            .ok_or_else(|| absent(id))?;
        let datasets: Vec<DatasetText> = json_of(&row, 12)?;
        let there = row.get::<_, Option<uuid::Uuid>>(0).is_some();
        let mut dashboard = match published {
            _ if there => shown(&row, &templates)?,
            Some(published) if published.reaches(self.0.tenant_record()) => published.whole(),
            _ => return Err(absent(id)),
        };
        let config = dashboard.config.take().ok_or_else(|| Error::internal("a dashboard without content"))?;
        Ok(DashboardState {
            dashboard,
            config,
            time_zone: row.get(9),
            week_start: super::settings::week_start(row.get(10))?,
            settings_version: row.get(11),
            datasets: datasets.into_iter().filter_map(|d| Unseen::from(d).seen(self.0)).collect(),
        })
    }
}

impl Dashboards<'_, '_, Write> {
    /// Makes one. The first one is the one that opens first.
    ///
    /// # Errors
    /// `limit.reached`.
    pub async fn create(
        &mut self,
        permit: &Permit<'_, DashboardCreate>,
        id: DashboardId,
        input: &DashboardInput,
        now: Timestamp,
    ) -> Result<Dashboard> {
        self.0.hold_catalogue().await?;
        let made = self.insert(id, input, false, now).await?;
        self.0.used(permit, id, &json!({ "name": input.name }))?;
        Ok(made)
    }

    /// Puts in the first one of a new tenant; leaves everything as it is when there is one.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn seed(
        &mut self,
        _: &Permit<'_, TenantSeed>,
        id: DashboardId,
        input: &DashboardInput,
        sample: bool,
        now: Timestamp,
    ) -> Result<()> {
        self.0.hold_catalogue().await?;
        if self.0.row("SELECT true FROM dashboards LIMIT 1", &[]).await?.is_none() {
            self.insert(id, input, sample, now).await?;
        }
        Ok(())
    }

    async fn insert(
        &mut self,
        id: DashboardId,
        input: &DashboardInput,
        sample: bool,
        now: Timestamp,
    ) -> Result<Dashboard> {
        let limit = i64::try_from(MAX_DASHBOARDS).unwrap_or(i64::MAX);
        let row = self
            .0
            .row(
                "INSERT INTO dashboards (tenant_id, id, name, description, is_default, sample, config, created_at, updated_at) \
                 SELECT wall.tenant(), $1, $2, $3, NOT EXISTS (SELECT FROM dashboards WHERE is_default), $4, $5, $6, $6 \
                  WHERE (SELECT count(*) FROM dashboards) < $7 \
                 RETURNING id, name, description, is_default, version, updated_at",
                &[&id.uuid(), &input.name, &input.description, &sample, &Json(&input.config), &now, &limit],
            )
            .await?;
        let made = row.map(|row| dashboard(&row, Some(input.config.clone()))).ok_or_else(|| {
            Error::new(problem::LIMIT, format!("A workspace has {MAX_DASHBOARDS} dashboards at most."))
        })?;
        let author = &self.0.op().actor().name;
        self.keep(id, input.note.as_deref(), Some(author)).await?;
        Ok(made)
    }

    /// Changes one. A sample that no longer asks a sample dataset is a sample no longer.
    ///
    /// # Errors
    /// `not_found`; `version.required`, `version.stale`.
    pub async fn update(
        &mut self,
        permit: &Permit<'_, DashboardUpdate>,
        id: DashboardId,
        expected: Option<i64>,
        input: &DashboardInput,
        now: Timestamp,
    ) -> Result<Dashboard> {
        let changed = self.change(id, expected, input, now).await?;
        self.0.used(permit, id, &json!({ "name": input.name, "version": changed.version }))?;
        Ok(changed)
    }

    /// Writes a change, and keeps it as a version.
    pub(super) async fn change(
        &mut self,
        id: DashboardId,
        expected: Option<i64>,
        input: &DashboardInput,
        now: Timestamp,
    ) -> Result<Dashboard> {
        let templates = self.0.templates().await;
        if let Some(published) = templates.of(id) {
            return self.change_of_template(published, expected, input, now).await;
        }
        let present = self
            .0
            .row("SELECT version FROM dashboards WHERE id = $1 FOR UPDATE", &[&id.uuid()])
            .await?
            .ok_or_else(|| absent(id))?;
        expect_version(expected, present.get(0))?;
        // What was there before versions were kept becomes the first of them.
        self.keep(id, None, None).await?;
        let asked: Vec<&str> =
            input.config.widgets.iter().filter_map(|w| w.question()).map(|q| q.dataset.as_str()).collect();
        let row = self
            .0
            .row(
                "UPDATE dashboards SET name = $2, description = $3, config = $4, updated_at = $5, \
                        version = version + 1, \
                        sample = sample AND EXISTS (SELECT FROM datasets d WHERE d.sample AND d.name = ANY($6)) \
                  WHERE id = $1 RETURNING id, name, description, is_default, version, updated_at",
                &[&id.uuid(), &input.name, &input.description, &Json(&input.config), &now, &asked],
            )
            .await?
            .ok_or_else(|| absent(id))?;
        let author = &self.0.op().actor().name;
        self.keep(id, input.note.as_deref(), Some(author)).await?;
        Ok(dashboard(&row, Some(input.config.clone())))
    }

    /// Deletes one with its versions. If it was the one that opens first, the oldest of the others takes its place.
    ///
    /// # Errors
    /// `not_found`; `dashboard.template` for one that the operator publishes to this tenant.
    pub async fn delete(&mut self, permit: &Permit<'_, DashboardDelete>, id: DashboardId) -> Result<()> {
        self.0.hold_catalogue().await?;
        if self.0.templates().await.of(id).is_some_and(|p| p.reaches(self.0.tenant_record())) {
            let detail =
                "The operator publishes this dashboard to this workspace. It can be changed, not deleted.";
            return Err(Error::new(problem::DASHBOARD_TEMPLATE, detail));
        }
        let gone = self.0.row("DELETE FROM dashboards WHERE id = $1 RETURNING name", &[&id.uuid()]).await?;
        let gone = gone.ok_or_else(|| absent(id))?;
        self.forget(&[id.uuid()]).await?;
        self.0.used(permit, id, &json!({ "name": gone.get::<_, &str>(0) }))
    }

    /// Makes sure that one opens first. For those who hold the catalogue.
    pub(super) async fn appoint_first(&mut self) -> Result<()> {
        self.0
            .execute(
                "UPDATE dashboards SET is_default = true \
                  WHERE id = (SELECT id FROM dashboards WHERE template_version IS NULL ORDER BY created_at, id LIMIT 1) \
                    AND NOT EXISTS (SELECT FROM dashboards WHERE is_default)",
                &[],
            )
            .await?;
        Ok(())
    }
}
