//! What a dashboard shows.
//!
//! What must always hold: an `ETag` names everything that the reply depends on (place, dashboard, settings, the
//! datasets' definitions and data, the instants that the range means now), so that the same tag is the same reply;
//! versions are read before the events, so that a reply may be newer than its tag says and never older; a widget
//! that cannot be answered holds up no other. Tested in `tests/it/dashboards.rs`.

use std::sync::Arc;

use insula_insight::{Context, DashboardPlan, Source, compile_dashboard};
use insula_model::policy::action::DashboardView;
use insula_model::{Compare, DashboardData, DashboardId, Error, Range, Result, period, problem};
use insula_store::{DashboardState, Permit, Tenant};
use sha2::{Digest, Sha256};

use crate::Platform;

/// What a request says about what it wants to see.
#[derive(Debug, Clone, Copy, Default)]
pub struct DashboardRequest<'a> {
    /// The range, if not the dashboard's.
    pub range: Option<Range>,
    /// The comparison, if not the dashboard's.
    pub compare: Option<Compare>,
    /// The `ETag` that the caller has, without quotes.
    pub known: Option<&'a str>,
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

impl Platform {
    /// What a dashboard shows. Unchanged it costs one round trip to the database, changed two.
    ///
    /// # Errors
    /// `not_found`; `input.invalid` at `/range` when the range makes no sense; `limit.busy`. What is wrong with single
    /// widgets is said in their place.
    pub async fn dashboard_data(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        request: &DashboardRequest<'_>,
    ) -> Result<DashboardReply> {
        let permit = tenant.authorize::<DashboardView>()?;
        let (state, plan, etag) = self.dashboard_plan(&permit, id, request).await?;
        if request.known == Some(etag.as_str()) {
            return Ok(DashboardReply::Unchanged { etag });
        }
        let make = async {
            let data = DashboardData {
                dashboard: id,
                version: state.dashboard.version,
                range: plan.range,
                previous: plan.previous,
                time_zone: plan.time_zone.clone(),
                widgets: plan
                    .assemble(&Box::pin(self.rows(&permit, &plan.statements, &state.datasets)).await?),
            };
            let json = serde_json::to_vec(&data).map_err(Error::internal)?;
            // What failed this time may work the next.
            let passing = data
                .widgets
                .iter()
                .filter_map(|w| w.problem.as_ref())
                .any(|p| p.code != problem::QUESTION.code);
            let bytes = json.len();
            Ok((json, if passing { None } else { Some(bytes) }))
        };
        let json = self.answers().view(tenant.record(), &etag, make).await?;
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
        Ok(self.dashboard_plan(&permit, id, request).await?.2)
    }

    pub(crate) async fn dashboard_plan(
        &self,
        permit: &Permit<'_, DashboardView>,
        id: DashboardId,
        request: &DashboardRequest<'_>,
    ) -> Result<(DashboardState, DashboardPlan, String)> {
        let mut tx = self.store().begin(permit).await?;
        let state = tx.dashboards().state(id).await?;
        // The connection is free while the rest is worked out, or waited for.
        drop(tx);
        let context = Context {
            now: self.world().now(),
            time_zone: period::time_zone(&state.time_zone, "/time_zone")?,
            week_start: state.week_start,
            range: request.range,
            compare: request.compare,
        };
        let sources: Vec<Source<'_>> = state
            .datasets
            .iter()
            .map(|d| Source { definition: &d.dataset.definition, number: d.number })
            .collect();
        let plan = compile_dashboard(&state.config, &sources, &context)?;
        let etag = etag(permit, &state, &plan);
        Ok((state, plan, etag))
    }
}

fn etag(permit: &Permit<'_, DashboardView>, state: &DashboardState, plan: &DashboardPlan) -> String {
    let tenant = permit.tenant();
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
