//! `POST /cells`.

use axum::extract::State;
use insula_platform::CellRequest;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};
use crate::wire::Cell;

/// A cell that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CellInput {
    /// Its name: a to z, 0 to 9 and hyphens, 40 at most.
    name: String,
    /// Where it is; the same characters.
    region: String,
    /// `postgres://user:password@host:port/database` of a login that may make roles and databases. Used once and
    /// not kept.
    dsn: String,
}

/// Prepares a PostgreSQL server as a cell and adds it. Everything that it lacks is named in one refusal.
#[utoipa::path(
    post, path = "/cells", tag = "cells", request_body = CellInput,
    responses((status = 201, description = "Added.", body = Cell))
)]
pub(super) async fn cell_create(
    State(app): State<App>,
    Posted(operator, Json(input)): Posted<Operator, Json<CellInput>>,
) -> Answer<Cell> {
    let CellInput { name, region, dsn } = input;
    let made = app.platform().cell_create(&operator.ctx, &CellRequest { name, region, dsn }).await?;
    Ok(created(made.into()))
}
