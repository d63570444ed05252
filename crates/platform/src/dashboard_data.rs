//! What a dashboard shows.
//!
//! What must always hold: an `ETag` names everything that the reply depends on (place, dashboard, settings, the
//! datasets' definitions and data, the instants that the range means now), so that the same tag is the same reply;
//! versions are read before the events, so that a reply may be newer than its tag says and never older; a widget
//! that cannot be answered holds up no other; what an embed locks is a condition of each of its questions.
//! Tested in `tests/it/dashboards.rs` and `embeds.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use insula_insight::{Context, DashboardPlan, Source, compile_dashboard};
use insula_model::policy::action::{DashboardView, EmbedView};
use insula_model::{
    Compare, DashboardData, DashboardId, Error, Filter, Range, Result, TenantRecord, check_filters, period,
    problem,
};
use insula_store::{DashboardState, Permit, Store, StoredDataset, Tenant};
use sha2::{Digest, Sha256};

use crate::Platform;
use crate::rows::Asking;

/// What a request says about what it wants to see.
#[derive(Debug, Clone, Copy, Default)]
pub struct DashboardRequest<'a> {
    /// The range, if not the dashboard's.
    pub range: Option<Range>,
    /// The comparison, if not the dashboard's.
    pub compare: Option<Compare>,
    /// The `ETag` that the caller has, without quotes.
    pub known: Option<&'a str>,
    /// Filters of the viewer; each holds for the widgets whose dataset has what it is about.
    pub filters: &'a [Filter],
}

/// What a dashboard shows, ready to be sent.
#[derive(Debug, Clone)]
pub enum DashboardReply {
    /// The caller has it.
    Unchanged {
        /// Its `ETag`, without quotes.
        etag: String,
    },
    /// This.
    Data {
        /// Its `ETag`, without quotes.
        etag: String,
        /// A `DashboardData` as JSON.
        json: Arc<Vec<u8>>,
    },
}

/// Who looks: somebody who may see the dashboard that they name, or an embed, which names none.
pub(crate) enum Viewing<'p, 'op> {
    Dashboard(&'p Permit<'op, DashboardView>, DashboardId),
    Embed(&'p Permit<'op, EmbedView>),
}

impl Viewing<'_, '_> {
    fn tenant(&self) -> &TenantRecord {
        match self {
            Self::Dashboard(permit, _) => permit.tenant(),
            Self::Embed(permit) => permit.tenant(),
        }
    }

    /// What the dashboard is drawn from, as this viewer sees it, and the filters that hold whatever is asked.
    pub(crate) async fn state(&self, store: &Store) -> Result<(DashboardState, Vec<Filter>)> {
        match self {
            Self::Dashboard(permit, id) => {
                Ok((store.begin(permit).await?.dashboards().state(*id).await?, Vec::new()))
            }
            Self::Embed(permit) => {
                let grant = permit.grant()?;
                let mut state = store.embedded(permit).await?.state().await?;
                grant.apply(&mut state.config)?;
                Ok((state, grant.filters.clone()))
            }
        }
    }

    /// By what right its questions are asked.
    pub(crate) fn asking(&self) -> Asking<'_, '_> {
        match self {
            Self::Dashboard(permit, _) => Asking::Dashboard(permit),
            Self::Embed(permit) => Asking::Embed(permit),
        }
    }
}

impl Platform {
    /// What a dashboard shows. Unchanged it costs one round trip to the database, changed two.
    ///
    /// # Errors
    /// `not_found`; `input.invalid` at `/range` when the range makes no sense, at `/filters` for filters that do not;
    /// `limit.busy`. What is wrong with single widgets is said in their place.
    pub async fn dashboard_data(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        request: &DashboardRequest<'_>,
    ) -> Result<DashboardReply> {
        let permit = tenant.authorize::<DashboardView>()?;
        self.dashboard_reply(&Viewing::Dashboard(&permit, id), request, &Spent::default()).await
    }

    /// What a dashboard shows to whoever looks. `spent` learns how long its questions took.
    pub(crate) async fn dashboard_reply(
        &self,
        viewing: &Viewing<'_, '_>,
        request: &DashboardRequest<'_>,
        spent: &Spent,
    ) -> Result<DashboardReply> {
        let (state, plan, etag) = self.dashboard_plan(viewing, request).await?;
        if request.known == Some(etag.as_str()) {
            return Ok(DashboardReply::Unchanged { etag });
        }
        let make = async {
            let begun = Instant::now();
            let asking = viewing.asking();
            let results = Box::pin(self.rows(&asking, &plan.statements, &state.datasets)).await?;
            spent.note(begun.elapsed());
            let data = DashboardData {
                dashboard: state.dashboard.id,
                version: state.dashboard.version,
                range: plan.range,
                previous: plan.previous,
                time_zone: plan.time_zone.clone(),
                widgets: plan.assemble(&results),
            };
            let json = serde_json::to_vec(&data).map_err(Error::internal)?;
            // What failed this time may work the next.
            let lasting = [problem::QUESTION.code, problem::EMBED_LOCKED.code];
            let passing = data
                .widgets
                .iter()
                .filter_map(|w| w.problem.as_ref())
                .any(|p| !lasting.contains(&p.code.as_str()));
            let bytes = json.len();
            Ok((json, if passing { None } else { Some(bytes) }))
        };
        let json = self.answers().view(viewing.tenant(), &etag, make).await?;
        Ok(DashboardReply::Data { etag, json })
    }

    /// The `ETag` that a dashboard has now, without its data. One round trip to the database.
    ///
    /// # Errors
    /// As [`Platform::dashboard_data`].
    pub async fn dashboard_etag(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        request: &DashboardRequest<'_>,
    ) -> Result<String> {
        let permit = tenant.authorize::<DashboardView>()?;
        Ok(self.dashboard_plan(&Viewing::Dashboard(&permit, id), request).await?.2)
    }

    pub(crate) async fn dashboard_plan(
        &self,
        viewing: &Viewing<'_, '_>,
        request: &DashboardRequest<'_>,
    ) -> Result<(DashboardState, DashboardPlan, String)> {
        check_filters(request.filters, "/filters")?;
        // The connection is free while the rest is worked out, or waited for.
        let (state, locked) = viewing.state(self.store()).await?;
        let context = Context {
            now: self.world().now(),
            time_zone: period::time_zone(&state.time_zone, "/time_zone")?,
            week_start: state.week_start,
            range: request.range,
            compare: request.compare,
            filters: request.filters.to_vec(),
            locked,
        };
        let sources: Vec<Source<'_>> = state.datasets.iter().map(StoredDataset::source).collect();
        let plan = compile_dashboard(&state.config, &sources, &context)?;
        let etag = etag(viewing.tenant(), &state, &plan);
        Ok((state, plan, etag))
    }
}

/// How long the questions of a request took; nothing where the answer was there already.
#[derive(Debug, Default)]
pub(crate) struct Spent(AtomicU64);

impl Spent {
    fn note(&self, took: Duration) {
        self.0.store(u64::try_from(took.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn millis(&self) -> i64 {
        i64::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(i64::MAX)
    }
}

fn etag(tenant: &TenantRecord, state: &DashboardState, plan: &DashboardPlan) -> String {
    let mut hash = Sha256::new()
        .chain_update(tenant.id.uuid().as_bytes())
        .chain_update(tenant.placement.epoch.to_be_bytes())
        .chain_update(state.dashboard.id.uuid().as_bytes())
        .chain_update(state.dashboard.version.to_be_bytes())
        .chain_update(state.settings_version.to_be_bytes())
        .chain_update(plan.digest());
    for stored in &state.datasets {
        hash.update(stored.dataset.id.uuid().as_bytes());
        hash.update(stored.dataset.version.to_be_bytes());
        hash.update(stored.data_version.to_be_bytes());
    }
    hash.finalize()[..16].iter().map(|b| format!("{b:02x}")).collect()
}
