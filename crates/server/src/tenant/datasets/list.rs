//! `GET /datasets`.

use axum::extract::State;
use insula_model::{Dataset, Page};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query};

/// All datasets, by name.
#[utoipa::path(
    get, path = "/datasets", tag = "datasets", params(Paging),
    responses((status = 200, description = "All of them.", body = Page<Dataset>))
)]
pub(super) async fn dataset_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<Dataset>> {
    query.one_page()?;
    Ok(shown(app.platform().dataset_list(&caller.tenant()?).await?))
}
