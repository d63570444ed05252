//! What a dashboard is drawn from, compiled; and kept, because most who look ask for what somebody asked for a moment ago.
//!
//! What must always hold: whoever looks reads the versions of everything that the dashboard is drawn from, in every
//! request; what is kept is found by them, by who sees which datasets, by all that the request and the embed say, and by
//! the minute. So a plan may be newer than its versions say and never older. Tested in `tests/it/dashboards.rs`.

use std::sync::Arc;

use insula_insight::{Context, DashboardPlan, Source, compile_dashboard};
use insula_model::policy::action::{DashboardView, EmbedView};
use insula_model::{
    DashboardConfig, DashboardId, EmbedGrant, Error, Filter, Result, Span, TenantRecord, check_filters,
    period,
};
use insula_store::{DashboardState, Permit, Store, StoredDataset};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::Platform;
use crate::cache::name;
use crate::dashboard_data::DashboardRequest;
use crate::rows::Asking;

/// A dashboard, compiled.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) state: Arc<DashboardState>,
    pub(crate) plan: DashboardPlan,
    /// Names everything that the reply depends on.
    pub(crate) etag: String,
}

/// Who looks: somebody who may see the dashboard that they name, or an embed, which names none.
pub(crate) enum Viewing<'p, 'op> {
    Dashboard(&'p Permit<'op, DashboardView>, DashboardId),
    Embed(&'p Permit<'op, EmbedView>),
}

impl Viewing<'_, '_> {
    pub(crate) fn tenant(&self) -> &TenantRecord {
        match self {
            Self::Dashboard(permit, _) => permit.tenant(),
            Self::Embed(permit) => permit.tenant(),
        }
    }

    /// By what right its questions are asked.
    pub(crate) fn asking(&self) -> Asking<'_, '_> {
        match self {
            Self::Dashboard(permit, _) => Asking::Dashboard(permit),
            Self::Embed(permit) => Asking::Embed(permit),
        }
    }

    fn grant(&self) -> Result<Option<&EmbedGrant>> {
        match self {
            Self::Dashboard(..) => Ok(None),
            Self::Embed(permit) => permit.grant().map(Some),
        }
    }

    /// The versions of all that the dashboard is drawn from, as this viewer sees it.
    async fn stamp(&self, store: &Store) -> Result<String> {
        match self {
            Self::Dashboard(permit, id) => Ok(format!("{id} {}", store.dashboard_stamp(permit, *id).await?)),
            Self::Embed(permit) => {
                let id = permit.grant()?.dashboard;
                Ok(format!("{id} {}", store.embed_stamp(permit).await?))
            }
        }
    }

    async fn read(&self, store: &Store) -> Result<DashboardState> {
        match self {
            Self::Dashboard(permit, id) => store.begin(permit).await?.dashboards().state(*id).await,
            Self::Embed(permit) => store.embedded(permit).await?.state().await,
        }
    }
}

impl Platform {
    /// The dashboard of a viewer as it is now, whatever a credential makes of it. One round trip to the database; two when
    /// it has changed since somebody looked.
    pub(crate) async fn dashboard_state(&self, viewing: &Viewing<'_, '_>) -> Result<Arc<DashboardState>> {
        let stamp = viewing.stamp(self.store()).await?;
        self.stamped(viewing, &stamp).await
    }

    async fn stamped(&self, viewing: &Viewing<'_, '_>, stamp: &str) -> Result<Arc<DashboardState>> {
        let read = async {
            let state = viewing.read(self.store()).await?;
            let bytes = weight(&state)?;
            Ok((state, Some(bytes)))
        };
        self.states().view(viewing.tenant(), stamp, read).await
    }

    /// What a viewer's request comes to.
    ///
    /// # Errors
    /// `not_found`; `input.invalid` at `/range` and `/filters`; what a credential asks for and the dashboard lacks.
    pub(crate) async fn dashboard_plan(
        &self,
        viewing: &Viewing<'_, '_>,
        request: &DashboardRequest<'_>,
    ) -> Result<Arc<Planned>> {
        check_filters(request.filters, "/filters")?;
        // The connection is free while the rest is worked out, or waited for.
        let stamp = viewing.stamp(self.store()).await?;
        let now = self.world().now();
        let minute = Timestamp::from_second(now.as_second().div_euclid(60) * 60).map_err(Error::internal)?;
        let key = key(&stamp, viewing.grant()?, request, minute);
        let plan = async {
            let state = self.stamped(viewing, &stamp).await?;
            let planned = planned(viewing, state, request, now)?;
            let bytes = 2_048 * (1 + planned.plan.len()) + planned.plan.bytes();
            // What begins or ends within this minute would be taken for something else until it is over.
            let within = |span: Span| [span.from, span.to].iter().any(|edge| cuts(*edge, minute));
            let changes = std::iter::once(planned.plan.range).chain(planned.plan.previous).any(within);
            Ok((planned, Some(bytes).filter(|_| !changes)))
        };
        self.plans().view(viewing.tenant(), &key, plan).await
    }
}

/// Whether a moment lies inside the minute that begins at another.
fn cuts(edge: Timestamp, minute: Timestamp) -> bool {
    edge > minute && edge.duration_since(minute) < SignedDuration::from_mins(1)
}

fn planned(
    viewing: &Viewing<'_, '_>,
    state: Arc<DashboardState>,
    request: &DashboardRequest<'_>,
    now: Timestamp,
) -> Result<Planned> {
    let (config, locked) = granted(viewing.grant()?, &state)?;
    let context = Context {
        now,
        time_zone: period::time_zone(&state.time_zone, "/time_zone")?,
        week_start: state.week_start,
        range: request.range,
        compare: request.compare,
        filters: request.filters.to_vec(),
        locked,
    };
    let sources: Vec<Source<'_>> = state.datasets.iter().map(StoredDataset::source).collect();
    let plan = compile_dashboard(config.as_ref().unwrap_or(&state.config), &sources, &context)?;
    let etag = etag(viewing.tenant(), &state, &plan);
    Ok(Planned { state, plan, etag })
}

/// The configuration that a credential makes of the dashboard's, and the filters that hold whatever is asked.
fn granted(
    grant: Option<&EmbedGrant>,
    state: &DashboardState,
) -> Result<(Option<DashboardConfig>, Vec<Filter>)> {
    let Some(grant) = grant else { return Ok((None, Vec::new())) };
    let mut config = state.config.clone();
    grant.apply(&mut config)?;
    Ok((Some(config), grant.filters.clone()))
}

fn key(stamp: &str, grant: Option<&EmbedGrant>, request: &DashboardRequest<'_>, minute: Timestamp) -> String {
    let granted = grant.map(|grant| (&grant.widget, &grant.filters));
    let DashboardRequest { range, compare, known: _, filters } = request;
    let said = format!("{stamp:?} {granted:?} {range:?} {compare:?} {filters:?} {minute}");
    name(Sha256::new().chain_update(said))
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
    name(hash)
}

/// About how much memory a state takes: what is read from JSON takes some times as much as its text.
fn weight(state: &DashboardState) -> Result<usize> {
    let text = |value: serde_json::Result<Vec<u8>>| value.map(|v| v.len()).map_err(Error::internal);
    let mut bytes = text(serde_json::to_vec(&state.config))?;
    for stored in &state.datasets {
        bytes += text(serde_json::to_vec(&stored.dataset))?;
    }
    Ok(1_024 + bytes * 4)
}
