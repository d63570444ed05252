//! What a dashboard shows, widget by widget, as each is ready.
//!
//! What must always hold: the lines say what [`Platform::dashboard_data`] says; nothing is refused any more once the
//! head was sent: what fails then is a problem of the widgets that need it; who does not read on ends the work. Tested
//! in `server/tests/it/lines.rs`.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use insula_model::policy::action::DashboardView;
use insula_model::{DashboardHead, DashboardId, Error, Result};
use insula_store::Tenant;
use serde::Serialize;
use tokio::sync::mpsc::Sender;

use crate::Platform;
use crate::dashboard_data::DashboardRequest;
use crate::dashboard_plans::{Planned, Viewing};
use crate::rows::{Asking, Fetched};

/// A dashboard of which is known what it will be made from.
#[derive(Debug)]
pub struct DashboardOpen(Arc<Planned>);

impl DashboardOpen {
    /// Its `ETag`, without quotes.
    #[must_use]
    pub fn etag(&self) -> &str {
        &self.0.etag
    }
}

/// What came of opening a dashboard.
#[derive(Debug)]
pub enum DashboardOpening {
    /// The caller has it.
    Unchanged {
        /// Its `ETag`, without quotes.
        etag: String,
    },
    /// This is to be worked out.
    Open(DashboardOpen),
}

#[derive(Serialize)]
struct Done {
    done: bool,
}

impl Platform {
    /// Opens a dashboard: one round trip to the database.
    ///
    /// # Errors
    /// As [`Platform::dashboard_data`], except `limit.busy`.
    pub async fn dashboard_open(
        &self,
        tenant: &Tenant<'_>,
        id: DashboardId,
        request: &DashboardRequest<'_>,
    ) -> Result<DashboardOpening> {
        let permit = tenant.authorize::<DashboardView>()?;
        let planned = self.dashboard_plan(&Viewing::Dashboard(&permit, id), request).await?;
        Ok(if request.known == Some(planned.etag.as_str()) {
            DashboardOpening::Unchanged { etag: planned.etag.clone() }
        } else {
            DashboardOpening::Open(DashboardOpen(planned))
        })
    }

    /// Sends the lines of a dashboard, each with its end, and returns when the last was sent or nobody reads them.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn dashboard_lines(
        &self,
        tenant: &Tenant<'_>,
        open: &DashboardOpen,
        lines: &Sender<Vec<u8>>,
    ) -> Result<()> {
        let permit = tenant.authorize::<DashboardView>()?;
        let (asking, Planned { etag, state, plan }) = (Asking::Dashboard(&permit), &*open.0);
        let head = DashboardHead {
            dashboard: state.dashboard.id,
            version: state.dashboard.version,
            range: plan.range,
            previous: plan.previous,
            time_zone: plan.time_zone.clone(),
            etag: etag.clone(),
        };
        if !send(lines, &head).await? {
            return Ok(());
        }
        let work: Vec<_> = plan
            .statements
            .iter()
            .enumerate()
            .map(|(i, statement)| {
                let (statement, asking) = (std::slice::from_ref(statement), &asking);
                Box::pin(async move {
                    let rows = Box::pin(self.rows(asking, statement, &state.datasets)).await;
                    (
                        i,
                        rows.and_then(|mut rows| {
                            rows.pop().unwrap_or_else(|| Err(Error::internal("no rows")))
                        }),
                    )
                })
            })
            .collect();
        // Not more at once than the queue would let through: those of one dashboard need not wait in it.
        let at_once = self.settings().questions.tenant_slots.max(1) as usize;
        let mut working = stream::iter(work).buffer_unordered(at_once);
        let mut found: Vec<Option<Fetched>> = vec![None; plan.statements.len()];
        let mut left: Vec<usize> = (0..plan.len()).collect();
        loop {
            let mut rest = Vec::with_capacity(left.len());
            for index in left {
                match plan.widget(index, &found) {
                    None => rest.push(index),
                    Some(widget) => {
                        if !send(lines, &widget).await? {
                            return Ok(());
                        }
                    }
                }
            }
            left = rest;
            let Some((i, rows)) = working.next().await else { break };
            found[i] = Some(rows);
        }
        send(lines, &Done { done: true }).await.map(drop)
    }
}

/// Says whether somebody still reads.
async fn send(lines: &Sender<Vec<u8>>, value: &impl Serialize) -> Result<bool> {
    let mut line = serde_json::to_vec(value).map_err(Error::internal)?;
    line.push(b'\n');
    Ok(lines.send(line).await.is_ok())
}
