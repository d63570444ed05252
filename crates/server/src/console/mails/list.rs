//! `GET /mails`.

use axum::extract::State;
use insula_model::{MailId, Page};
use jiff::Timestamp;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query, limit};
use crate::wire::{Mail, next};

/// Mails, the newest first. Where no SMTP server is configured they are kept here, to be read by operators.
#[utoipa::path(
    get, path = "/mails", tag = "mails", params(Paging),
    responses((status = 200, description = "A page.", body = Page<Mail>))
)]
pub(super) async fn mail_list(
    State(app): State<App>,
    operator: Operator,
    Query(query): Query<Paging>,
) -> Answer<Page<Mail>> {
    let pager = app.cursors().of("mails", &operator.scope(), &())?;
    let after: Option<(Timestamp, MailId)> = pager.open(query.cursor.as_deref())?;
    let limit = limit(query.limit)?;
    let mut mails = app.platform().mail_list(&operator.ctx, after, limit + 1).await?;
    let next = next(&mut mails, limit, |mail| (mail.created_at, mail.id));
    Ok(shown(pager.page(mails.into_iter().map(Mail::from).collect(), next, None)?))
}
