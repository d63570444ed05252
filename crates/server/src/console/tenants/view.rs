//! `GET /tenants/{tenant}`.

use axum::extract::State;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::Text;
use crate::wire::Tenant;

/// One tenant, by id or slug, with what changes it now.
#[utoipa::path(
    get, path = "/tenants/{tenant}", tag = "tenants",
    params(("tenant" = String, Path, description = "Its id or its slug.")),
    responses((status = 200, description = "The tenant.", body = Tenant,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn tenant_view(
    State(app): State<App>,
    operator: Operator,
    Text(selector): Text,
) -> Answer<Tenant> {
    let (record, version) = app.platform().tenant_view(&operator.ctx, &selector).await?;
    Ok(shown(Tenant::whole(&app, &operator.ctx, record).await?).at(version))
}
