//! An embed token, or the secret of a public link: the one credential of the embed's surface, and worth nothing elsewhere.
//!
//! What must always hold: cookies are not looked at; the request is not another page's. Tested in `tests/it/embeds.rs`.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use insula_model::embed::{MAX_TOKEN_BYTES, not_a_token};
use insula_model::{Error, Result, TenantRecord, problem, public_link};
use insula_store::{OpCtx, Store, Tenant};

use super::nobody::{record, visit};
use super::{ended, several};
use crate::app::App;
use crate::edge::origin::{self, Source};
use crate::problem::Refusal;

/// Whoever shows an embed token or a public link that was checked.
pub(crate) struct Embed {
    ctx: OpCtx,
    record: Arc<TenantRecord>,
    store: Store,
}

impl FromRequestParts<App> for Embed {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let visit = visit(parts)?;
        let record = Arc::clone(record(&visit)?);
        // The frame asks from its own page. Whoever else has the token asks without a page, or not at all.
        if origin::source(&parts.headers, &visit.origin) == Source::Foreign {
            let detail = "Only the frame's own page asks here, not the page around it.";
            return Err(Error::new(problem::EMBED_ORIGIN, detail).into());
        }
        let text = bearer(&parts.headers)?;
        let ctx = app.platform().embed_context(&text, &record, visit.client, visit.request).await?;
        let _ = visit.notes.actor.set(ctx.actor().id.clone());
        Ok(Self { ctx, record, store: app.platform().store().clone() })
    }
}

impl Embed {
    /// The tenant as this embed may see it.
    ///
    /// # Errors
    /// `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub(crate) fn tenant(&self) -> Result<Tenant<'_>> {
        self.store.tenant(&self.ctx, Arc::clone(&self.record))
    }
}

/// The text of a token or link.
fn bearer(headers: &HeaderMap) -> Result<String> {
    let mut said = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = said.next() else {
        return Err(Error::new(
            problem::UNAUTHENTICATED,
            "Send an embed token, or the secret of a public link, as a bearer token.",
        ));
    };
    if said.next().is_some() {
        return Err(several());
    }
    let text = first.to_str().ok().and_then(|text| text.split_once(' '));
    let (_, token) = text.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).ok_or_else(ended)?;
    if token.starts_with(public_link::PREFIX) || token.contains('.') {
        let fits = token.len() <= MAX_TOKEN_BYTES;
        return if fits { Ok(token.to_owned()) } else { Err(not_a_token()) };
    }
    // Sessions, API keys and operators' tokens open nothing here.
    Err(ended())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Result<String, &'static str> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        bearer(&headers).map_err(|e| e.code())
    }

    #[test]
    fn one_bearer_of_the_right_kind() {
        assert_eq!(read(&["Bearer a.b.c"]).as_deref(), Ok("a.b.c"));
        assert_eq!(read(&["bearer ipl_x"]).as_deref(), Ok("ipl_x"));
        assert_eq!(read(&[]), Err("auth.required"));
        assert_eq!(read(&["Bearer a.b.c", "Bearer a.b.c"]), Err("auth.several"));
        for other in ["Basic a.b.c", "a.b.c", "Bearer", "Bearer isk_x", "Bearer ise_x", "Bearer iop_x"] {
            assert_eq!(read(&[other]), Err("auth.ended"), "{other}");
        }
        assert_eq!(read(&[&format!("Bearer {}", "a.".repeat(3_000))]), Err("embed.signature"));
    }
}
