//! What an operator configures about the product. Read from files and the environment by `cli` only.

use std::time::Duration;

use insula_model::Slug;
use serde::{Deserialize, Serialize};

use crate::cache::Bound;

/// Addresses, names and mail.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Tenants live at `{slug}.{base_domain}`.
    pub base_domain: String,
    /// `http` or `https`.
    pub scheme: String,
    /// The port that people see in addresses; none for the scheme's own.
    pub public_port: Option<u16>,
    /// The host of the operators' console.
    pub console_host: String,
    /// The cell that new tenants go to unless somebody says otherwise.
    pub default_cell: String,
    /// How mail leaves.
    pub mailing: Mailing,
    /// How long a worker that moves an operation may be silent before another takes over.
    pub worker_lease: Duration,
    /// Days until a softly deleted tenant is removed for good.
    pub quarantine_days: u16,
    /// What questions may cost, and what is kept of their answers.
    pub questions: QuestionLimits,
    /// How often tokens of embeds are made, and refused.
    pub embeds: EmbedLimits,
}

/// How often one workspace makes embed tokens, and how often one network address comes with such that are refused, on one
/// node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EmbedLimits {
    /// Tokens a second.
    pub mint_rate: u32,
    /// Tokens at once, after a pause.
    pub mint_burst: u32,
    /// Refusals a second.
    pub refusal_rate: u32,
    /// Refusals at once, after a pause.
    pub refusal_burst: u32,
}

impl Default for EmbedLimits {
    fn default() -> Self {
        Self { mint_rate: 50, mint_burst: 500, refusal_rate: 10, refusal_burst: 300 }
    }
}

/// What questions may cost on one node, and what is kept of their answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuestionLimits {
    /// Megabytes of answers that are kept in memory.
    pub cache_mb: u32,
    /// Megabytes of them that may be one tenant's.
    pub tenant_cache_mb: u32,
    /// Questions, or whole dashboards, that PostgreSQL works on at once.
    pub slots: u32,
    /// Of one tenant; a costly one counts for all of them.
    pub tenant_slots: u32,
    /// For how much of the time costly ones of one tenant are under way while others ask, in percent.
    pub costly_share: u8,
    /// Questions that wait.
    pub waiting: u32,
    /// Of one tenant.
    pub tenant_waiting: u32,
    /// How long one waits at most.
    pub waiting_seconds: u16,
}

impl Default for QuestionLimits {
    fn default() -> Self {
        Self {
            cache_mb: 128,
            tenant_cache_mb: 16,
            slots: 8,
            tenant_slots: 2,
            costly_share: 20,
            waiting: 1_000,
            tenant_waiting: 48,
            waiting_seconds: 10,
        }
    }
}

impl QuestionLimits {
    /// One half is for whole dashboards, the other for the rows that they and single questions are made from.
    pub(crate) fn bound(&self) -> Bound {
        let half = |megabytes: u32| u64::from(megabytes) << 19;
        Bound { total: half(self.cache_mb), each: half(self.tenant_cache_mb) }
    }
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum Mailing {
    /// It does not: mails are kept for operators to read in the console.
    Kept,
    /// By SMTP.
    Smtp {
        /// `smtp://user:password@host:port`, `smtps://…`.
        url: String,
        /// The sender's address.
        from: String,
    },
}

impl Settings {
    /// The host name of a slug, without a port.
    #[must_use]
    pub fn tenant_host(&self, slug: &Slug) -> String {
        format!("{}.{}", slug.as_str(), self.base_domain)
    }

    /// The address of a tenant's home.
    #[must_use]
    pub fn tenant_url(&self, slug: &Slug) -> String {
        self.url(&self.tenant_host(slug))
    }

    /// The address of the console.
    #[must_use]
    pub fn console_url(&self) -> String {
        self.url(&self.console_host)
    }

    fn url(&self, host: &str) -> String {
        match self.public_port {
            Some(port) => format!("{}://{host}:{port}", self.scheme),
            None => format!("{}://{host}", self.scheme),
        }
    }
}
