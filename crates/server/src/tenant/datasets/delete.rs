//! `DELETE /datasets/{name}`.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::Text;

/// What went with a dataset.
#[derive(Serialize, ToSchema)]
pub(crate) struct DatasetDeleted {
    /// How many events.
    events: u64,
}

/// Deletes a dataset with its events.
#[utoipa::path(
    delete, path = "/datasets/{name}", tag = "datasets",
    params(("name" = String, Path, description = "The dataset.")),
    responses((status = 200, description = "Deleted.", body = DatasetDeleted))
)]
pub(super) async fn dataset_delete(
    State(app): State<App>,
    caller: Caller,
    Text(name): Text,
) -> Answer<DatasetDeleted> {
    let events = app.platform().dataset_delete(&caller.tenant()?, &name).await?;
    Ok(shown(DatasetDeleted { events }))
}
