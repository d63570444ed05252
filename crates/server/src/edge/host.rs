//! Where a request went: from the one host that it names to a realm. The host is compared exactly, in lower case
//! and without the port; no other header has a say. Tested below and in `tests/it/hosts.rs`.

use axum::http::request::Parts;
use axum::http::{Version, header};
use insula_model::{Error, Result, Slug, problem};
use insula_platform::Platform;

use crate::visit::Realm;

/// A host as the request names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Lower case, without port.
    pub(super) host: String,
    /// `host[:port]` in lower case, as it is in origins.
    pub(super) authority: String,
}

/// The host of a request: exactly one, and the same wherever it is said.
///
/// # Errors
/// `input.path` when it is said twice, differently or not well; `host.unknown` when it is not said.
pub(super) fn named(parts: &Parts) -> Result<Named> {
    let contrary = || Error::new(problem::PATH, "The request names its host more than once.");
    let mut headers = parts.headers.get_all(header::HOST).iter();
    let header = headers.next().map(|h| h.to_str().map_err(|_| unknown())).transpose()?;
    if headers.next().is_some() {
        return Err(contrary());
    }
    // HTTP/2 has the authority in its target; in HTTP/1.1 an absolute target is allowed and has to agree.
    let target = parts.uri.authority().map(axum::http::uri::Authority::as_str);
    let text = match (target, header) {
        (Some(target), Some(header)) if !target.eq_ignore_ascii_case(header) => return Err(contrary()),
        (Some(_), None) if parts.version < Version::HTTP_2 => return Err(unknown()),
        (Some(text), _) | (None, Some(text)) => text,
        (None, None) => return Err(unknown()),
    };
    parse(text).ok_or_else(unknown)
}

fn parse(text: &str) -> Option<Named> {
    let authority = text.to_ascii_lowercase();
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an IPv6 address are inside its brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority.as_str(), None),
    };
    let port_ok = port.is_none_or(|p| p.parse::<u16>().is_ok() && p.bytes().all(|b| b.is_ascii_digit()));
    let name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    let bracketed = host
        .strip_prefix('[')
        .and_then(|h| h.strip_suffix(']'))
        .is_some_and(|h| h.parse::<std::net::Ipv6Addr>().is_ok());
    let host_ok = (1..=253).contains(&host.len()) && (bracketed || host.bytes().all(name));
    (port_ok && host_ok).then(|| Named { host: host.to_owned(), authority: authority.clone() })
}

/// The realm of a host, and what path style puts before every path.
///
/// # Errors
/// `host.unknown`, which does not repeat the host; `not_found` for a slug in path style that is nobody's.
pub(super) async fn realm(platform: &Platform, host: &str, path: &str) -> Result<(Realm, String)> {
    let settings = platform.settings();
    if host == settings.console_host {
        return Ok((Realm::Console, String::new()));
    }
    if host == settings.base_domain {
        let Some(slug) = path_style_slug(path) else { return Ok((Realm::Base, String::new())) };
        // Not a slug and nobody's slug look the same.
        let record = match slug.parse::<Slug>() {
            Ok(slug) => platform.store().tenant_of_slug(slug.as_str()).await?,
            Err(_) => None,
        };
        return match record {
            Some(record) => Ok((Realm::Tenant(record), format!("/t/{slug}"))),
            None => Err(crate::problem::no_such_page()),
        };
    }
    match platform.store().tenant_of_host(host).await? {
        Some(record) => Ok((Realm::Tenant(record), String::new())),
        None => Err(unknown()),
    }
}

/// `acme` of `/t/acme` and `/t/acme/…`.
fn path_style_slug(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/t/")?;
    Some(rest.split_once('/').map_or(rest, |(slug, _)| slug))
}

fn unknown() -> Error {
    Error::new(problem::UNKNOWN_HOST, "This host name belongs to no workspace. Check the address.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_case_do_not_matter() {
        for text in ["Acme.LOCALHOST:8080", "acme.localhost"] {
            assert_eq!(parse(text).map(|n| n.host).as_deref(), Some("acme.localhost"), "{text}");
        }
        assert_eq!(parse("[::1]:80").map(|n| n.host).as_deref(), Some("[::1]"));
        assert_eq!(parse("[::1]").map(|n| n.host).as_deref(), Some("[::1]"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            ":80",
            "a b",
            "a@b",
            "a/b",
            "acme.localhost:",
            "a:99999",
            "a:+1",
            "аcme.localhost",
            "[::1",
            "a,b",
            "::1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn slugs_of_paths() {
        assert_eq!(path_style_slug("/t/acme"), Some("acme"));
        assert_eq!(path_style_slug("/t/acme/api/v1"), Some("acme"));
        assert_eq!(path_style_slug("/tenants"), None);
        assert_eq!(path_style_slug("/"), None);
    }
}
