//! `Idempotency-Key`: read here, given effect in `store` in the transaction of the effect.

use axum::http::{HeaderMap, Method, Uri};
use insula_model::{Error, Result, problem};
use sha2::{Digest, Sha256};

/// The name of the header.
const HEADER: &str = "idempotency-key";

/// The key of a request.
///
/// # Errors
/// `idempotency.key`.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let mut said = headers.get_all(HEADER).iter();
    let Some(first) = said.next() else { return Ok(None) };
    let wrong = || Error::new(problem::IDEMPOTENCY_KEY, "Give one key of 8 to 128 visible ASCII characters.");
    if said.next().is_some() {
        return Err(wrong());
    }
    let text = first.to_str().map_err(|_| wrong())?;
    let visible = text.bytes().all(|b| b.is_ascii_graphic());
    if !visible || !(8..=128).contains(&text.len()) {
        return Err(wrong());
    }
    Ok(Some(text.to_owned()))
}

/// What the key stands for: method, address and body. Each is led by its length, so that no two requests have the
/// same text.
pub(super) fn fingerprint(method: &Method, uri: &Uri, body: &[u8]) -> [u8; 32] {
    let mut sha = Sha256::new();
    let address = uri.path_and_query().map_or("", axum::http::uri::PathAndQuery::as_str);
    for part in [method.as_str().as_bytes(), address.as_bytes(), body] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    sha.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_and_single() {
        let read = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(HEADER, value.parse().unwrap());
            }
            key(&headers)
        };
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["12345678"]).unwrap().as_deref(), Some("12345678"));
        for wrong in [&["1234567"][..], &["1234 5678"], &["12345678", "12345678"], &[""], &["1234567é"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn another_request_has_another_fingerprint() {
        let of = |method, uri: &'static str, body: &str| {
            fingerprint(&method, &Uri::from_static(uri), body.as_bytes())
        };
        let one = of(Method::POST, "/a", "x");
        assert_eq!(one, of(Method::POST, "/a", "x"));
        for other in [
            of(Method::PUT, "/a", "x"),
            of(Method::POST, "/ax", ""),
            of(Method::POST, "/a?b", "x"),
            of(Method::POST, "/a", "y"),
        ] {
            assert_ne!(one, other);
        }
    }
}
