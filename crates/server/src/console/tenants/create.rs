//! `POST /tenants`.

use axum::extract::State;
use insula_model::{Plan, Slug, Tier};
use insula_platform::{OwnerRequest, TenantRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, accepted};
use crate::request::{Json, Posted};
use crate::wire::{Operation, Tenant};

/// A tenant that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantInput {
    /// The name in addresses.
    #[schema(value_type = Slug)]
    slug: String,
    /// The display name; the slug, unless given.
    name: Option<String>,
    /// The wall; the plan's, unless given.
    #[schema(value_type = Option<Tier>)]
    tier: Option<String>,
    /// The plan; `free` unless given.
    plan: Option<Plan>,
    /// The cell; the default one unless given.
    cell: Option<String>,
    /// Its owner.
    owner: OwnerInput,
    /// Whether it begins with sample data; it does unless it is said not to.
    #[serde(default = "yes")]
    sample_data: bool,
    /// Its time zone, an IANA name; `UTC` unless given.
    time_zone: Option<String>,
}

/// The owner of a tenant that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnerInput {
    /// The address to sign in with.
    email: String,
    /// The name; the part of the address before the `@`, unless given.
    name: Option<String>,
    /// A password; without one the owner is invited.
    password: Option<String>,
}

fn yes() -> bool {
    true
}

/// A tenant that was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct TenantAccepted {
    /// The tenant, which is being set up.
    tenant: Tenant,
    /// How far that is: follow it under `/operations/{id}/events`.
    operation: Operation,
}

/// Asks for a tenant. What can be refused is refused now; the rest is an operation that can be followed.
#[utoipa::path(
    post, path = "/tenants", tag = "tenants", request_body = TenantInput,
    responses((status = 202, description = "It is being set up.", body = TenantAccepted))
)]
pub(super) async fn tenant_create(
    State(app): State<App>,
    Posted(operator, Json(input)): Posted<Operator, Json<TenantInput>>,
) -> Answer<TenantAccepted> {
    let (platform, op) = (app.platform(), &operator.ctx);
    let slug: Slug = input.slug.parse()?;
    let tier: Option<Tier> = input.tier.as_deref().map(str::parse).transpose()?;
    let password_hash = match &input.owner.password {
        Some(password) => {
            let names = [slug.as_str(), input.name.as_deref().unwrap_or_default()];
            Some(platform.owner_password(&input.owner.email, password, &names).await?)
        }
        None => None,
    };
    let request = TenantRequest {
        slug,
        name: input.name,
        plan: input.plan.unwrap_or(Plan::Free),
        tier,
        cell: input.cell,
        owner: OwnerRequest { email: input.owner.email, name: input.owner.name, password_hash },
        sample_data: input.sample_data,
        time_zone: input.time_zone,
    };
    let id = platform.tenant_create(op, request).await?;
    let operation = platform.operation_view(op, id).await?;
    let selector = operation.tenant.map(|id| id.to_string()).unwrap_or_default();
    let (record, _) = platform.tenant_view(op, &selector).await?;
    let tenant = Tenant::listed(&app, record, std::slice::from_ref(&operation));
    Ok(accepted(TenantAccepted { tenant, operation: operation.into() }))
}
