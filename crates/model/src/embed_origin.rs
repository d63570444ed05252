//! Origins of pages that may frame a dashboard: exactly `scheme://host[:port]` as a browser says it, so that comparing
//! texts is comparing origins. No paths, no wildcards, no second spelling; without TLS only on the machine itself.

use crate::error::{Error, Result};

/// Checks an origin.
///
/// # Errors
/// `input.invalid` at `pointer`.
pub fn check(text: &str, pointer: &str) -> Result<()> {
    let wrong = |detail: &str| Err(Error::invalid(pointer, "origin", detail));
    let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return wrong("An origin begins with https://."),
    };
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    if !is_host(host) {
        return wrong(
            "An origin is a scheme, a host in lower case and perhaps a port, such as https://app.example: no path, no \
             wildcard.",
        );
    }
    if let Some(port) = port {
        let plain = port.bytes().all(|b| b.is_ascii_digit()) && !port.starts_with('0');
        match port.parse::<u16>() {
            Ok(number) if plain && number != if secure { 443 } else { 80 } => {}
            Ok(_) if plain => {
                return wrong("Browsers leave out the scheme's own port; leave it out here too.");
            }
            _ => return wrong("A port is a number up to 65535."),
        }
    }
    let here = host == "localhost" || host == "127.0.0.1" || host.ends_with(".localhost");
    if secure || here {
        Ok(())
    } else {
        wrong("Without TLS only localhost, *.localhost and 127.0.0.1 are origins.")
    }
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    (1..=253).contains(&host.len()) && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn exact_origins_only() {
        for origin in [
            "https://app.example",
            "https://app.example:8443",
            "http://localhost",
            "http://localhost:5173",
            "http://shop.localhost:3000",
            "http://127.0.0.1:8080",
            "https://xn--bcher-kva.example",
        ] {
            assert!(check(origin, "/origins/0").is_ok(), "{origin}");
        }
        for no in [
            "",
            "null",
            "*",
            "https://*",
            "https://*.example",
            "https://app.example/",
            "https://app.example/path",
            "https://app.example:443",
            "http://localhost:80",
            "http://app.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "HTTPS://app.example",
            "https://App.example",
            "https://app..example",
            "https://-app.example",
            "https://user@app.example",
            "https://app.example:0",
            "https://app.example:08443",
            "https://app.example:99999",
            "https://app.example 'unsafe-inline'",
            "https://app.example;script-src *",
            "https://app.example\r\nX: y",
            "https://bücher.example",
            "ftp://app.example",
            "https://",
            "app.example",
        ] {
            assert!(check(no, "/origins/0").is_err(), "{no:?}");
        }
    }
}
