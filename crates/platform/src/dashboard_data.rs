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

use insula_model::policy::action::DashboardView;
use insula_model::{Compare, DashboardData, DashboardId, Error, Filter, Range, Result, problem};
use insula_store::Tenant;

use crate::Platform;
use crate::dashboard_plans::{Planned, Viewing};

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

impl Platform {
    /// What a dashboard shows. Unchanged it costs one round trip to the database; one more for what it is drawn from, when
    /// that has changed since somebody looked, and one for its numbers.
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
        let planned = self.dashboard_plan(viewing, request).await?;
        let Planned { state, plan, etag } = &*planned;
        if request.known == Some(etag.as_str()) {
            return Ok(DashboardReply::Unchanged { etag: etag.clone() });
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
        let json = self.answers().view(viewing.tenant(), etag, make).await?;
        Ok(DashboardReply::Data { etag: etag.clone(), json })
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
        Ok(self.dashboard_plan(&Viewing::Dashboard(&permit, id), request).await?.etag.clone())
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
