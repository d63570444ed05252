//! `GET /datasets/{name}`.

use axum::extract::State;
use insula_model::Dataset;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::Text;

/// One dataset with its measures and dimensions.
#[utoipa::path(
    get, path = "/datasets/{name}", tag = "datasets",
    params(("name" = String, Path, description = "The dataset.")),
    responses((status = 200, description = "The dataset.", body = Dataset,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn dataset_view(
    State(app): State<App>,
    caller: Caller,
    Text(name): Text,
) -> Answer<Dataset> {
    let dataset = app.platform().dataset_view(&caller.tenant()?, &name).await?;
    let version = dataset.version;
    Ok(shown(dataset).at(version))
}
