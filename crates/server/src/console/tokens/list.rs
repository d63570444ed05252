//! `GET /tokens`.

use axum::extract::State;
use insula_model::{OperatorToken, Page};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query, limit};

/// Your own tokens that have not expired, without their secrets.
#[utoipa::path(
    get, path = "/tokens", tag = "tokens", params(Paging),
    responses((status = 200, description = "A page.", body = Page<OperatorToken>))
)]
pub(super) async fn operator_token_list(
    State(app): State<App>,
    operator: Operator,
    Query(query): Query<Paging>,
) -> Answer<Page<OperatorToken>> {
    let pager = app.cursors().of("tokens", &operator.scope(), &())?;
    let after: Option<String> = pager.open(query.cursor.as_deref())?;
    let (ctx, token) = (&operator.ctx, &operator.token);
    let page = app.platform().operator_token_list(ctx, token, after.as_deref(), limit(query.limit)?).await?;
    Ok(shown(pager.sealed(page)?))
}
