//! One spelling for every address. Whatever has a second one (`//`, `/./`, `%2e`, `%2f`, `;x`, `\`, NUL) is
//! refused before routing, so that no two layers can read one path differently. Tested below and in
//! `tests/it/paths.rs`.

use insula_model::{Error, Result, problem};

/// Bytes of a path and its query at most.
const LONGEST: usize = 8 * 1024;

/// Checks path and query as they came on the wire.
///
/// # Errors
/// `input.path`.
pub(super) fn check(path: &str, query: Option<&str>) -> Result<()> {
    let refuse = |why: &str| Err(Error::new(problem::PATH, why));
    if path.len() + query.map_or(0, str::len) > LONGEST {
        return refuse("The address is longer than 8 KB.");
    }
    if !path.starts_with('/') {
        return refuse("A path begins with a slash.");
    }
    if path.contains(['\\', ';']) {
        return refuse("A path has no backslash and no semicolon.");
    }
    for segment in path[1..].split('/') {
        if segment == "." || segment == ".." {
            return refuse("A path has no `.` or `..` segments.");
        }
    }
    if path.contains("//") {
        return refuse("A path has no empty segments.");
    }
    let Some(decoded) = decode(path) else {
        return refuse("A percent sign is followed by two hexadecimal digits.");
    };
    if !decoded.escaped.iter().all(|b| needs_escape(*b)) {
        return refuse("Only characters that have to be percent-encoded are, and no control characters.");
    }
    if std::str::from_utf8(&decoded.bytes).is_err() {
        return refuse("A path is UTF-8.");
    }
    match query.map(decode) {
        Some(None) => refuse("A percent sign is followed by two hexadecimal digits."),
        Some(Some(query)) if query.escaped.iter().any(u8::is_ascii_control) => {
            refuse("A query has no control characters.")
        }
        _ => Ok(()),
    }
}

struct Decoded {
    bytes: Vec<u8>,
    /// Those of `bytes` that were written as `%XX`.
    escaped: Vec<u8>,
}

fn decode(text: &str) -> Option<Decoded> {
    let (mut bytes, mut escaped) = (Vec::with_capacity(text.len()), Vec::new());
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        if b == b'%' {
            let (high, low) = (hex(rest.next()?)?, hex(rest.next()?)?);
            bytes.push(high * 16 + low);
            escaped.push(high * 16 + low);
        } else {
            bytes.push(b);
        }
    }
    Some(Decoded { bytes, escaped })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// Whether a byte may be written as `%XX` in a path: only what cannot stand there plainly, and nothing that
/// separates or ends.
fn needs_escape(byte: u8) -> bool {
    let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !unreserved && !byte.is_ascii_control() && !matches!(byte, b'/' | b'\\' | b'%' | b';')
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn plain_addresses_pass() {
        for path in ["/", "/api/v1/tenants", "/t/acme/", "/api/v1/datasets/a%20b", "/d%C3%A9", "/x:y@z"] {
            assert!(check(path, Some("q=a%26b&x=%C3%A9")).is_ok(), "{path}");
        }
    }

    #[test]
    fn second_spellings_do_not() {
        for path in [
            "//api/v1",
            "/api//v1",
            "/api/v1//",
            "/api/./v1",
            "/t/b/../a",
            "/..",
            "/api/%2e%2e/v1",
            "/t/b%2f..%2fa",
            "/t/b%2Fa",
            "/t/b%5ca",
            "/t/b\\a",
            "/t/b%00",
            "/t/b;a=1",
            "/t/b..;/a",
            "/t/b%3ba",
            "/%61pi/v1",
            "/api/v%31",
            "/a%252e",
            "/a%",
            "/a%2",
            "/a%zz",
            "/%ff%fe",
            "/%0d%0aSet-Cookie:x",
            "",
            "api",
        ] {
            assert!(check(path, None).is_err(), "{path}");
        }
        assert!(check("/", Some("q=%00")).is_err());
        assert!(check("/", Some("q=%0d%0a")).is_err());
        assert!(check("/", Some("q=%x")).is_err());
        assert!(check(&format!("/{}", "a".repeat(9000)), None).is_err());
    }
}
