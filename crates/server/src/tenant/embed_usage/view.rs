//! `GET /embed-usage`.

use axum::extract::State;
use insula_model::{EmbedUsage, Error, Result};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::Query;

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Days {
    /// The first day, in UTC: `2026-11-01`.
    from: Option<String>,
    /// The first day after.
    to: Option<String>,
}

/// How much embeds were used, by day and dashboard: the last thirty days unless asked otherwise.
#[utoipa::path(
    get, path = "/embed-usage", tag = "embedding", params(Days),
    responses((status = 200, description = "Loads, viewers, time and refusals.", body = EmbedUsage))
)]
pub(super) async fn embed_usage_view(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Days>,
) -> Answer<EmbedUsage> {
    let (from, to) = (day(query.from.as_deref(), "/from")?, day(query.to.as_deref(), "/to")?);
    Ok(shown(app.platform().embed_usage_view(&caller.tenant()?, from, to).await?))
}

fn day(text: Option<&str>, pointer: &str) -> Result<Option<Date>> {
    let read = |text: &str| {
        text.parse::<Date>().map_err(|_| Error::invalid(pointer, "date", "A day is written like 2026-11-01."))
    };
    text.map(read).transpose()
}
