//! Whether a change comes from this host's own pages. Browsers say so in `Sec-Fetch-Site` and `Origin`, which no
//! page can forge. Tested below and in `tests/it/cross_site.rs`.

use axum::http::{HeaderMap, Method, header};
use insula_model::{Error, Result, problem};

/// What a browser says about the page that a request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Said to be one of this host's own pages.
    Own,
    /// Said to be something else.
    Foreign,
    /// Nothing is said: not a browser, or a very old one.
    Unsaid,
}

/// Where a request came from.
pub(crate) fn source(headers: &HeaderMap, own: &str) -> Source {
    let mut said = Source::Unsaid;
    for origin in headers.get_all(header::ORIGIN) {
        if origin.as_bytes() != own.as_bytes() {
            return Source::Foreign;
        }
        said = Source::Own;
    }
    for site in headers.get_all("sec-fetch-site") {
        if site.as_bytes() != b"same-origin" {
            return Source::Foreign;
        }
        said = Source::Own;
    }
    said
}

/// Whether a method may change something.
pub(crate) fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Refuses changes that a foreign page caused.
///
/// # Errors
/// `auth.cross_site`.
pub(super) fn check(method: &Method, headers: &HeaderMap, own: &str) -> Result<()> {
    if changes(method) && source(headers, own) == Source::Foreign {
        return Err(refused());
    }
    Ok(())
}

/// The refusal.
pub(crate) fn refused() -> Error {
    Error::new(problem::CROSS_SITE, "This change was not asked for by one of this host's own pages.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pairs: &[(&'static str, &'static str)]) -> Source {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        source(&headers, "http://acme.localhost:8080")
    }

    #[test]
    fn only_the_very_same_origin_is_own() {
        assert_eq!(said(&[]), Source::Unsaid);
        assert_eq!(said(&[("origin", "http://acme.localhost:8080")]), Source::Own);
        assert_eq!(said(&[("sec-fetch-site", "same-origin")]), Source::Own);
        for foreign in [
            "null",
            "http://globex.localhost:8080",
            "https://acme.localhost:8080",
            "http://acme.localhost",
            "http://acme.localhost:8080.evil.test",
            "HTTP://ACME.localhost:8080",
        ] {
            assert_eq!(said(&[("origin", foreign)]), Source::Foreign, "{foreign}");
        }
        for foreign in ["same-site", "cross-site", "none", "", "same-origin, cross-site"] {
            assert_eq!(said(&[("sec-fetch-site", foreign)]), Source::Foreign, "{foreign}");
        }
        assert_eq!(
            said(&[("origin", "http://acme.localhost:8080"), ("sec-fetch-site", "cross-site")]),
            Source::Foreign
        );
    }
}
