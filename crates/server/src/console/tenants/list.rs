//! `GET /tenants`.

use axum::extract::State;
use insula_model::{Page, Plan, TenantId, TenantStatus, Tier};
use insula_store::{OperationFilter, TenantFilter, TenantSort};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Query, limit};
use crate::wire::Tenant;

/// Which tenants, in which order.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TenantQuery {
    /// In the slug or the name, or the id.
    q: Option<String>,
    /// Of this status.
    status: Option<TenantStatus>,
    /// Of this tier.
    tier: Option<Tier>,
    /// Of this plan.
    plan: Option<Plan>,
    /// In this cell.
    cell: Option<String>,
    /// By what they are sorted; `created_at` unless given.
    #[param(inline)]
    sort: Option<Sort>,
    /// From low to high, or from high to low; `desc` for `created_at` and `asc` else, unless given.
    #[param(inline)]
    order: Option<Order>,
    /// How many: 1 to 200, 50 unless given.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// By what tenants are sorted.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    /// When they were made.
    #[default]
    CreatedAt,
    /// By slug.
    Slug,
    /// By name, without regard to case.
    Name,
    /// By status.
    Status,
}

/// The direction of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// From low to high.
    Asc,
    /// From high to low.
    Desc,
}

/// Tenants.
#[utoipa::path(
    get, path = "/tenants", tag = "tenants", params(TenantQuery),
    responses((status = 200, description = "A page, with how many there are in all.", body = Page<Tenant>))
)]
pub(super) async fn tenant_list(
    State(app): State<App>,
    operator: Operator,
    Query(query): Query<TenantQuery>,
) -> Answer<Page<Tenant>> {
    let sort = query.sort.unwrap_or_default();
    let descending = query.order.map_or(matches!(sort, Sort::CreatedAt), |o| o == Order::Desc);
    let bound = (&query.q, query.status, query.tier, query.plan, &query.cell, sort, descending);
    let pager = app.cursors().of("tenants", &operator.scope(), &bound)?;
    let after: Option<(String, TenantId)> = pager.open(query.cursor.as_deref())?;
    let limit = limit(query.limit)?;
    let filter = TenantFilter {
        search: query.q.filter(|q| !q.trim().is_empty()),
        status: query.status,
        tier: query.tier,
        plan: query.plan,
        cell: query.cell,
        sort: match sort {
            Sort::CreatedAt => TenantSort::CreatedAt,
            Sort::Slug => TenantSort::Slug,
            Sort::Name => TenantSort::Name,
            Sort::Status => TenantSort::Status,
        },
        descending,
        after,
        limit,
    };
    let page = app.platform().tenant_list(&operator.ctx, &filter).await?;
    // A full page has a next one, which may turn out to be empty: cheaper than asking for one row more.
    let full = page.tenants.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = page.last.filter(|_| full);
    let under_way = OperationFilter { limit: 200, ..OperationFilter::default() };
    let under_way = app.platform().operation_list(&operator.ctx, &under_way).await?;
    let items = page.tenants.into_iter().map(|record| Tenant::listed(&app, record, &under_way)).collect();
    Ok(shown(pager.page(items, next, u64::try_from(page.total).ok())?))
}
