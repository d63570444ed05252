//! The sections of the configuration, one struct each. Every field is described in [`super::setting`].

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use insula_platform::{EmbedLimits, QuestionLimits};
use insula_store::Sizes;
use serde::{Deserialize, Serialize};

/// Everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) data: Data,
    pub(crate) server: Server,
    pub(crate) database: Database,
    pub(crate) pools: Sizes,
    pub(crate) questions: QuestionLimits,
    pub(crate) embeds: EmbedLimits,
    pub(crate) tenants: Tenants,
    pub(crate) workers: Workers,
    pub(crate) mail: Mail,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    pub(crate) client: Client,
}

/// Where an installation keeps its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Data {
    pub(crate) dir: PathBuf,
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: PathBuf::from("./.insula") }
    }
}

/// `http` or `https`, as people see it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scheme {
    #[default]
    Http,
    Https,
}

impl Scheme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Server {
    pub(crate) listen: IpAddr,
    pub(crate) port: u16,
    pub(crate) base_domain: String,
    pub(crate) scheme: Scheme,
    pub(crate) public_port: Option<u16>,
    pub(crate) watch: Option<SocketAddr>,
    pub(crate) trusted_proxies: Vec<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8080,
            base_domain: "localhost".to_owned(),
            scheme: Scheme::Http,
            public_port: None,
            watch: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// PostgreSQL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    pub(crate) url: Option<String>,
    pub(crate) control_file: Option<PathBuf>,
    pub(crate) control_url: Option<String>,
    pub(crate) admin_url: Option<String>,
    pub(crate) programs: Option<PathBuf>,
    pub(crate) port: Option<u16>,
}

/// New and deleted tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tenants {
    pub(crate) default_cell: String,
    pub(crate) region: String,
    pub(crate) quarantine_days: u16,
}

impl Default for Tenants {
    fn default() -> Self {
        Self { default_cell: "local".to_owned(), region: "local".to_owned(), quarantine_days: 30 }
    }
}

/// Work in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Workers {
    pub(crate) operations: u8,
    pub(crate) jobs: u8,
    pub(crate) lease_seconds: u16,
}

impl Default for Workers {
    fn default() -> Self {
        Self { operations: 2, jobs: 2, lease_seconds: 15 }
    }
}

/// How mail leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mail {
    pub(crate) smtp_url: Option<String>,
    pub(crate) from: Option<String>,
}

/// How much is too much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    pub(crate) connections: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 4096 }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Text.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The log of `up`, `serve` and `worker`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) level: Option<String>,
    pub(crate) otlp_endpoint: Option<String>,
}

/// What the client commands talk to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Client {
    pub(crate) url: Option<String>,
    pub(crate) token: Option<String>,
}
