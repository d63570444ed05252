//! The installation's door, as an attacker sends requests to it: any host name in any header, at the address of the
//! console.

use std::time::Duration;

use insula_model::{Error, Result, problem};
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a request is sent again that was asked to wait.
const AGAIN: usize = 5;

/// Where requests are sent.
pub(super) struct Door {
    http: reqwest::Client,
    /// The console's address: every request goes there, whatever host it names.
    address: String,
    scheme: &'static str,
    /// `:8080`, or nothing for the scheme's own port.
    port: String,
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: String,
    /// Without the port.
    pub(super) host: String,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum By<'a> {
    /// Nobody.
    Nobody,
    /// A browser, from a page of the host itself, with these cookies.
    Cookie(&'a str),
    /// A program with a key or a token.
    Bearer(&'a str),
}

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) text: String,
}

impl Ask {
    pub(super) fn new(method: &str, host: &str, path: &str, by: By<'_>) -> Self {
        let mut headers = Vec::new();
        match by {
            By::Nobody => {}
            By::Cookie(cookie) => {
                headers.push(("cookie", cookie.to_owned()));
                headers.push(("sec-fetch-site", "same-origin".to_owned()));
            }
            By::Bearer(token) => headers.push(("authorization", format!("Bearer {token}"))),
        }
        Self { method: method.to_owned(), host: host.to_owned(), path: path.to_owned(), headers, body: None }
    }

    pub(super) fn get(host: &str, path: &str, by: By<'_>) -> Self {
        Self::new("GET", host, path, by)
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The code of the problem that it is.
    pub(super) fn code(&self) -> String {
        self.json().get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Everything that whoever asked received.
    pub(super) fn all(&self) -> String {
        let headers: String = self.headers.iter().map(|(n, v)| format!("{n}: {v}\n")).collect();
        format!("{}\n{headers}\n{}", self.status, self.text)
    }

    /// What it says about something, without what differs each time and without the name that was asked for.
    pub(super) fn about(&self, name: &str) -> (u16, usize, String) {
        let mut value = self.json();
        if let Some(object) = value.as_object_mut() {
            object.remove("instance");
        }
        (self.status, self.text.len(), value.to_string().replace(name, "IT"))
    }
}

impl Door {
    /// At the console's address, `http://console.localhost:8080`.
    pub(super) fn new(address: &str) -> Result<Self> {
        let url: reqwest::Url = address.parse().map_err(Error::internal)?;
        let http = reqwest::Client::builder()
            .user_agent(concat!("insula-verify/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(crate::client::local_names())
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .http1_only()
            .no_proxy()
            .tls_backend_rustls()
            .build()
            .map_err(Error::internal)?;
        let scheme = if url.scheme() == "https" { "https" } else { "http" };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self { http, address: address.trim_end_matches('/').to_owned(), scheme, port })
    }

    /// The origin of a host's own pages.
    pub(super) fn origin(&self, host: &str) -> String {
        format!("{}://{host}{}", self.scheme, self.port)
    }

    /// Sends a request, and sends it again when it is asked to wait.
    pub(super) async fn send(&self, ask: &Ask) -> Result<Seen> {
        let mut tried = 0;
        loop {
            let seen = self.once(ask).await?;
            tried += 1;
            let wait = seen.header("retry-after").and_then(|s| s.parse().ok());
            match wait {
                Some(seconds) if matches!(seen.status, 429 | 503) && tried < AGAIN => {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                _ => return Ok(seen),
            }
        }
    }

    async fn once(&self, ask: &Ask) -> Result<Seen> {
        let down = |error: reqwest::Error| {
            let what = format!("{} {} at {}: {error}", ask.method, ask.path, ask.host);
            Error::new(problem::TIMEOUT, "The installation's server does not answer.").context(what)
        };
        let method = Method::from_bytes(ask.method.as_bytes()).map_err(Error::internal)?;
        let mut request = self.http.request(method, format!("{}{}", self.address, ask.path));
        request = request.header("host", format!("{}{}", ask.host, self.port));
        for (name, value) in &ask.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(Error::internal)?;
            request = request.header(name, HeaderValue::from_str(value).map_err(Error::internal)?);
        }
        if let Some(body) = &ask.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.map_err(down)?;
        let status = response.status().as_u16();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(n, v)| (n.as_str().to_owned(), text(v))).collect();
        let bytes = response.bytes().await.map_err(down)?;
        Ok(Seen { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() })
    }
}
