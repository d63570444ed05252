//! `PUT /datasets/{name}`.

use axum::extract::State;
use insula_model::{Dataset, DatasetPut};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created, shown};
use crate::request::{Json, MaybeVersion, Sent, Text};

/// Declares a dataset: labels, units, formats. It is made when it is not there.
#[utoipa::path(
    put, path = "/datasets/{name}", tag = "datasets", request_body = DatasetPut,
    params(
        ("name" = String, Path, description = "The dataset."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read; needed when the dataset exists."),
    ),
    responses(
        (status = 200, description = "Changed.", body = Dataset),
        (status = 201, description = "Made.", body = Dataset),
    )
)]
pub(super) async fn dataset_update(
    State(app): State<App>,
    caller: Caller,
    Text(name): Text,
    MaybeVersion(version): MaybeVersion,
    Sent(Json(put)): Sent<Json<DatasetPut>>,
) -> Answer<Dataset> {
    let (dataset, made) = app.platform().dataset_update(&caller.tenant()?, &name, &put, version).await?;
    let version = dataset.version;
    Ok(if made { created(dataset) } else { shown(dataset) }.at(version))
}
