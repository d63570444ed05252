//! `If-Match` and `If-None-Match`: which version the caller has.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use insula_model::{Error, Result, problem};

use crate::app::App;
use crate::problem::Refusal;

/// The version that a change is based on: required.
pub(crate) struct Version(pub(crate) i64);

impl FromRequestParts<App> for Version {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        let version = version(&parts.headers)?;
        version.map(Self).ok_or_else(|| {
            Error::new(problem::MATCH_REQUIRED, "Send the ETag that you read as `If-Match`.").into()
        })
    }
}

/// The version that a change is based on, if there is one.
pub(crate) struct MaybeVersion(pub(crate) Option<i64>);

impl FromRequestParts<App> for MaybeVersion {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        Ok(Self(version(&parts.headers)?))
    }
}

/// What the caller has already: one tag, without quotes. (Lists of tags are compared at the edge.)
pub(crate) struct IfNoneMatch(pub(crate) Option<String>);

impl FromRequestParts<App> for IfNoneMatch {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        let said = one(&parts.headers, &header::IF_NONE_MATCH).unwrap_or_default();
        let tag = said
            .map(|text| text.trim_start_matches("W/"))
            .and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
        Ok(Self(tag.map(str::to_owned)))
    }
}

/// One version, `"4"`. `*`, lists and weak tags say "whatever is there", which is what `If-Match` is to prevent.
fn version(headers: &HeaderMap) -> Result<Option<i64>> {
    let stale = || Error::new(problem::STALE, "`If-Match` is not an ETag that this resource has.");
    let Some(text) = one(headers, &header::IF_MATCH).map_err(|()| stale())? else { return Ok(None) };
    let number = text
        .strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .filter(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()));
    number.and_then(|n| n.parse().ok()).map(Some).ok_or_else(stale)
}

fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(|v| v.to_str().map_err(drop)).transpose()?;
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_one_strong_number() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, text.parse().unwrap());
            version(&headers)
        };
        assert_eq!(read("\"4\"").unwrap(), Some(4));
        for text in
            ["*", "4", "W/\"4\"", "\"4\", \"5\"", "\"\"", "\"-1\"", "\"+1\"", "\"99999999999999999999\""]
        {
            assert!(read(text).unwrap_err().is(problem::STALE), "{text}");
        }
        assert_eq!(version(&HeaderMap::new()).unwrap(), None);
    }
}
