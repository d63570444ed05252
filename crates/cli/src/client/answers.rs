//! The parts of the API's answers that the client looks at. What it does not know it leaves alone, so that a newer server
//! can say more.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Problem;

/// One page of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    #[serde(default)]
    pub(crate) next_cursor: Option<String>,
    #[serde(default)]
    pub(crate) total: Option<u64>,
}

/// Several pages.
#[derive(Debug, Default, Serialize)]
pub(crate) struct List {
    pub(crate) items: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<u64>,
    /// Whether there are more.
    pub(crate) truncated: bool,
}

/// A tenant.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) plan: String,
    pub(crate) placement: Placement,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) created_at: String,
    #[serde(default)]
    pub(crate) purge_at: Option<String>,
    #[serde(default)]
    pub(crate) operation: Option<Operation>,
}

/// Where it lives.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Placement {
    pub(crate) cell: String,
    pub(crate) tier: String,
    #[serde(default)]
    pub(crate) database: String,
    #[serde(default)]
    pub(crate) schema: String,
}

/// An operation.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) tenant: Option<TenantName>,
    #[serde(default)]
    pub(crate) steps: Vec<Step>,
    #[serde(default)]
    pub(crate) attempt: u32,
    #[serde(default)]
    pub(crate) error: Option<Problem>,
    #[serde(default)]
    pub(crate) created_at: String,
    #[serde(default)]
    pub(crate) ms: Option<u64>,
}

impl Operation {
    /// Whether nothing more will happen by itself.
    pub(crate) fn ended(&self) -> bool {
        matches!(self.status.as_str(), "succeeded" | "failed" | "cancelled" | "stuck")
    }

    pub(crate) fn slug(&self) -> &str {
        self.tenant.as_ref().map_or("", |t| t.slug.as_str())
    }
}

/// The tenant of an operation.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TenantName {
    #[serde(default)]
    pub(crate) slug: String,
}

/// A step of an operation.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Step {
    pub(crate) label: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) ms: Option<u64>,
}
