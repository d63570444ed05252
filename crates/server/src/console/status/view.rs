//! `GET /status`.

use axum::extract::State;
use insula_store::InstallationStatus;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};

/// The installation in numbers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Status {
    /// The version of Insula.
    version: &'static str,
    /// The rest.
    #[serde(flatten)]
    installation: InstallationStatus,
}

/// The installation in numbers: versions, tenants, jobs, operations.
#[utoipa::path(
    get, path = "/status", tag = "status",
    responses((status = 200, description = "The numbers.", body = Status))
)]
pub(super) async fn status_view(State(app): State<App>, operator: Operator) -> Answer<Status> {
    let installation = app.platform().status_view(&operator.ctx).await?;
    Ok(shown(Status { version: env!("CARGO_PKG_VERSION"), installation }))
}
