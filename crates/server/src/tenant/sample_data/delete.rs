//! `DELETE /sample-data`.

use axum::extract::State;
use insula_store::SamplesDeleted;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};

/// Removes the sample data: its datasets, their events, and the dashboards that show them.
#[utoipa::path(
    delete, path = "/sample-data", tag = "datasets",
    responses((status = 200, description = "What was removed.", body = SamplesDeleted))
)]
pub(super) async fn sample_delete(State(app): State<App>, caller: Caller) -> Answer<SamplesDeleted> {
    Ok(shown(app.platform().sample_delete(&caller.tenant()?).await?))
}
