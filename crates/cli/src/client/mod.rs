//! The client of the API: the same that everybody else can use, and all that the client commands have.
//!
//! What must always hold: a request that changes something carries an idempotency key, so that it is sent again after a
//! broken connection without harm; a refusal is shown as the problem that it is.

pub(crate) mod answers;
pub(crate) mod follow;
mod names;
pub(crate) mod profile;
mod send;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use insula_model::World;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::{Exit, Failure};
pub(crate) use profile::Profile;
pub(crate) use send::Reply;

/// How long a refusal that passes by itself is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Host names to addresses as browsers do it.
pub(crate) fn local_names() -> Arc<impl reqwest::dns::Resolve + 'static> {
    Arc::new(names::Names::Local)
}

/// A place of the API, and who we are there.
#[derive(Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    world: World,
    base: String,
    token: Option<String>,
    patience: Duration,
}

impl Api {
    /// The API at an address (scheme, host, port, and a path if need be, without `/api/v1`).
    pub(crate) fn new(base: &str, token: Option<String>, world: World) -> Result<Self, Failure> {
        Self::with(base, token, world, names::Names::Local)
    }

    /// The same at one network address, whatever the names resolve to.
    pub(crate) fn inside(
        base: &str,
        at: IpAddr,
        token: Option<String>,
        world: World,
    ) -> Result<Self, Failure> {
        Self::with(base, token, world, names::Names::Fixed(at))
    }

    fn with(base: &str, token: Option<String>, world: World, names: names::Names) -> Result<Self, Failure> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("insula/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(names))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(60))
            .no_proxy()
            .tls_backend_rustls()
            .build()
            .map_err(|e| {
                Failure::new(Exit::Failed, "client", "The HTTP client does not start", e.to_string())
            })?;
        Ok(Self { http, world, base: base.trim_end_matches('/').to_owned(), token, patience: PATIENCE })
    }

    /// Another place with another credential, over the same connections.
    pub(crate) fn at(&self, base: &str, token: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same, waiting longer for what passes by itself (a restart, a limit).
    pub(crate) fn patient(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// Its address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Reply, Failure> {
        self.send(Method::GET, path, |request| request.query(query)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Result<Value, Failure> {
        let key = self.world.uuid().to_string();
        let sent = self.send(Method::POST, path, |r| r.header("Idempotency-Key", &key).json(body));
        Ok(sent.await?.body)
    }

    /// Sends lines of JSON.
    pub(crate) async fn post_lines(&self, path: &str, lines: bytes::Bytes) -> Result<Value, Failure> {
        let key = self.world.uuid().to_string();
        let sent = self.send(Method::POST, path, |request| {
            request
                .header("Idempotency-Key", &key)
                .header("Content-Type", "application/x-ndjson")
                .body(lines.clone())
        });
        Ok(sent.await?.body)
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), Failure> {
        self.send(Method::DELETE, path, |request| request).await.map(drop)
    }

    /// Puts a text of some kind.
    pub(crate) async fn put_text(
        &self,
        path: &str,
        content: &str,
        text: bytes::Bytes,
    ) -> Result<Value, Failure> {
        let sent = self.send(Method::PUT, path, |r| r.header("Content-Type", content).body(text.clone()));
        Ok(sent.await?.body)
    }

    /// Changes something of which `version` was read.
    pub(crate) async fn change(
        &self,
        method: Method,
        path: &str,
        version: Option<&str>,
        body: &impl Serialize,
    ) -> Result<Value, Failure> {
        let sent = self.send(method, path, |mut request| {
            if let Some(version) = version {
                request = request.header("If-Match", version);
            }
            request.json(body)
        });
        Ok(sent.await?.body)
    }

    /// Puts bytes in place.
    pub(crate) async fn put_bytes(
        &self,
        path: &str,
        content: &str,
        bytes: &'static [u8],
    ) -> Result<(), Failure> {
        let sent = self.send(Method::PUT, path, |r| r.header("Content-Type", content).body(bytes));
        sent.await.map(drop)
    }

    /// Every item of a list, page after page, at most `most`.
    pub(crate) async fn all(
        &self,
        path: &str,
        query: &[(&str, String)],
        most: usize,
    ) -> Result<answers::List, Failure> {
        let mut list = answers::List::default();
        let mut cursor: Option<String> = None;
        loop {
            let limit = (most - list.items.len()).min(200);
            let mut query = query.to_vec();
            query.push(("limit", limit.to_string()));
            query.extend(cursor.take().map(|c| ("cursor", c)));
            let page: answers::Page = self.get(path, &query).await?.read()?;
            list.total = list.total.or(page.total);
            list.items.extend(page.items);
            match page.next_cursor {
                Some(next) if list.items.len() < most => cursor = Some(next),
                more => {
                    list.truncated = more.is_some();
                    return Ok(list);
                }
            }
        }
    }
}

/// Reads an answer of the API.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    T::deserialize(value).map_err(|e| {
        Failure::new(Exit::Failed, "answer", "The server's answer is not understood", e.to_string())
            .hint("Server and client may be of different versions: compare `insula --version` with `insula status`.")
    })
}
