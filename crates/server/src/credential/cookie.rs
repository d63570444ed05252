//! The session cookies. Host-only always; `__Host-` wherever browsers keep it, which they do over TLS and on
//! `localhost`.

use axum::http::{HeaderMap, HeaderValue, header};
use insula_model::{Error, Result};

use super::{is_token, several};
use crate::visit::{Realm, Visit};

/// A session cookie of one realm at one address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    name: &'static str,
    path: String,
    secure: bool,
}

impl Cookie {
    /// The cookie of the realm that was visited.
    pub(crate) fn of(visit: &Visit) -> Self {
        let prefixed = visit.keeps_secure_cookies();
        let operators = matches!(visit.realm, Realm::Console);
        // A cookie below a path cannot have the prefix: its path would have to be the root.
        let name = match (operators, visit.base.is_empty(), prefixed) {
            (true, _, true) => "__Host-insula_operator",
            (true, _, false) => "insula_operator",
            (false, true, true) => "__Host-insula",
            (false, true, false) => "insula",
            (false, false, _) => "insula_t",
        };
        let path = if visit.base.is_empty() { "/".to_owned() } else { visit.base.clone() };
        Self { name, path, secure: prefixed }
    }

    /// Its value in a request.
    ///
    /// # Errors
    /// `auth.several` when it is there twice; `auth.ended` when it is no token.
    pub(super) fn read(&self, headers: &HeaderMap) -> Result<Option<String>> {
        let mut found: Option<&[u8]> = None;
        for line in headers.get_all(header::COOKIE) {
            for pair in line.as_bytes().split(|b| *b == b';') {
                let pair = pair.trim_ascii();
                let Some(at) = pair.iter().position(|b| *b == b'=') else { continue };
                if &pair[..at] != self.name.as_bytes() {
                    continue;
                }
                if found.replace(&pair[at + 1..]).is_some() {
                    return Err(several());
                }
            }
        }
        let token = |bytes| std::str::from_utf8(bytes).ok().filter(|t| is_token(t)).map(str::to_owned);
        found.map(|bytes| token(bytes).ok_or_else(super::ended)).transpose()
    }

    /// The header that gives it to a browser.
    ///
    /// # Errors
    /// `internal` for a token that is none.
    pub(crate) fn set(&self, token: &str) -> Result<HeaderValue> {
        if !is_token(token) {
            return Err(Error::internal("a session's token is not fit for a cookie"));
        }
        self.header(token, "")
    }

    /// The header that takes it away.
    ///
    /// # Errors
    /// `internal`, which does not happen.
    pub(crate) fn clear(&self) -> Result<HeaderValue> {
        self.header("", "; Max-Age=0")
    }

    fn header(&self, value: &str, more: &str) -> Result<HeaderValue> {
        let Self { name, path, secure } = self;
        let secure = if *secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{more}");
        HeaderValue::from_str(&text).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie() -> Cookie {
        Cookie { name: "__Host-insula", path: "/".into(), secure: true }
    }

    fn read(lines: &[&'static str]) -> Result<Option<String>> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        cookie().read(&headers)
    }

    #[test]
    fn one_cookie_of_exactly_this_name() {
        assert_eq!(read(&["a=b; __Host-insula=ses_1; c"]).unwrap().as_deref(), Some("ses_1"));
        assert_eq!(read(&["a=b", "__Host-insula=ses_1"]).unwrap().as_deref(), Some("ses_1"));
        assert_eq!(read(&["insula=x; __host-insula=y; __Host-insula_operator=z"]).unwrap(), None);
        assert_eq!(read(&[]).unwrap(), None);
        assert!(read(&["__Host-insula=a; __Host-insula=b"]).is_err());
        assert!(read(&["__Host-insula=a", "__Host-insula=a"]).is_err());
        assert!(read(&["__Host-insula="]).is_err());
        assert!(read(&["__Host-insula=\"a\""]).is_err());
    }

    #[test]
    fn its_attributes() {
        let text = cookie().set("ses_1").unwrap();
        assert_eq!(text, "__Host-insula=ses_1; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(cookie().set("a; Domain=evil.test").is_err());
        assert!(cookie().clear().unwrap().to_str().unwrap().ends_with("Max-Age=0"));
    }
}
