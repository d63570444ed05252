//! `POST /public-links`.

use axum::extract::State;
use insula_model::{PublicLinkCreated, PublicLinkInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Makes a link that shows a dashboard to whoever has it. Its address is in this reply and nowhere else.
#[utoipa::path(
    post, path = "/public-links", tag = "embedding", request_body = PublicLinkInput,
    responses((status = 201, description = "Made.", body = PublicLinkCreated))
)]
pub(super) async fn public_link_create(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<PublicLinkInput>>,
) -> Answer<PublicLinkCreated> {
    Ok(created(app.platform().public_link_create(&caller.tenant()?, &input).await?))
}
