//! `POST /tenants/{tenant}/api-keys`.

use std::sync::Arc;

use axum::extract::State;
use insula_model::{ApiKeyCreated, ApiKeyInput, Scope};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted, Text};

/// A key to make in a tenant, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantApiKeyInput {
    /// What it is for: 1 to 80 characters.
    name: String,
    /// What it may do: at least one scope.
    scopes: Vec<Scope>,
    /// Until when it can be used.
    expires_at: Option<Timestamp>,
    /// Why an operator makes it: 8 to 500 characters. The tenant sees it in its audit log.
    reason: String,
}

/// Makes an API key of a tenant. Its secret is in this reply and nowhere else.
#[utoipa::path(
    post, path = "/tenants/{tenant}/api-keys", tag = "tenants", request_body = TenantApiKeyInput,
    params(("tenant" = String, Path, description = "Its id or its slug.")),
    responses((status = 201, description = "Made.", body = ApiKeyCreated))
)]
pub(in crate::console) async fn tenant_api_key_create(
    State(app): State<App>,
    Text(selector): Text,
    Posted(operator, Json(input)): Posted<Operator, Json<TenantApiKeyInput>>,
) -> Answer<ApiKeyCreated> {
    let (record, _) = app.platform().tenant_view(&operator.ctx, &selector).await?;
    let TenantApiKeyInput { name, scopes, expires_at, reason } = input;
    let ctx = operator.ctx.with_reason(&reason)?;
    let tenant = app.platform().store().tenant(&ctx, Arc::new(record))?;
    let input = ApiKeyInput { name, scopes, expires_at };
    Ok(created(app.platform().api_key_create(&tenant, &input).await?))
}
