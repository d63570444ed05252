//! A template: a dashboard that the operator publishes to many tenants at once. Tenants see it as one of their
//! dashboards; what they change is theirs and stays ([`crate::dashboard_merge`]).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dashboard::{DashboardConfig, DashboardInput};
use crate::dashboard_merge::MergeConflict;
use crate::error::{Error, Result};
use crate::ids::{DashboardId, TemplateId};
use crate::tenant::Plan;

/// Templates of one installation, without those that were withdrawn.
pub const MAX_TEMPLATES: usize = 100;
/// Tenants that a template names one by one.
pub const MAX_NAMED: usize = 1_000;

/// Who sees a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum TemplateTarget {
    /// Every tenant, also those that come later.
    All,
    /// The tenants of a plan.
    Plan {
        /// The plan.
        plan: Plan,
    },
    /// These tenants.
    Tenants {
        /// By slug or id, 1 to 1,000.
        tenants: Vec<String>,
    },
}

/// A template as operators see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Template {
    /// The id.
    pub id: TemplateId,
    /// The name for people; no two templates have the same.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Rises with every change.
    pub version: i64,
    /// Who sees it.
    pub target: TemplateTarget,
    /// When this version was published.
    pub published_at: Timestamp,
    /// How many tenants may have changes of their own, those included that took them back; where it was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<i64>,
    /// What it shows; lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<DashboardConfig>,
}

/// A version of a template, as it was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TemplateVersion {
    /// Its number.
    pub version: i64,
    /// The name for people then.
    pub name: String,
    /// What it was for.
    pub description: Option<String>,
    /// Who saw it.
    pub target: TemplateTarget,
    /// Who published it.
    pub author: String,
    /// When.
    pub published_at: Timestamp,
    /// What it showed; lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<DashboardConfig>,
}

/// What an operator publishes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateInput {
    /// The name for people, 1 to 80 characters.
    pub name: String,
    /// What it is for, up to 500 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// What it shows.
    pub config: DashboardConfig,
    /// Who sees it.
    pub target: TemplateTarget,
}

impl TemplateInput {
    /// The dashboard that it is.
    #[must_use]
    pub fn dashboard(&self) -> DashboardInput {
        let Self { name, description, config, .. } = self.clone();
        DashboardInput { name, description, config, note: None }
    }

    /// Checks everything that can be checked without the tenants.
    ///
    /// # Errors
    /// `input.invalid` with a pointer for everything that is wrong.
    pub fn check(&self) -> Result<()> {
        self.dashboard().check()?;
        match &self.target {
            TemplateTarget::Tenants { tenants } if tenants.is_empty() || tenants.len() > MAX_NAMED => {
                let detail =
                    format!("A template names 1 to {MAX_NAMED} tenants; use a plan, or all of them.");
                Err(Error::invalid("/target/tenants", "count", detail))
            }
            _ => Ok(()),
        }
    }
}

impl TemplateId {
    /// The dashboard that it is in every tenant.
    #[must_use]
    pub fn dashboard(self) -> DashboardId {
        DashboardId::from_uuid(self.uuid())
    }
}

/// What a dashboard has of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DashboardTemplate {
    /// The template's version.
    pub version: i64,
    /// Whether the workspace has changes of its own.
    pub changed: bool,
    /// What the template and the workspace both changed. The workspace's is shown, until it saves again.
    pub conflicts: Vec<MergeConflict>,
}

/// What one tenant changed of a template that does not go together with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TemplateConflicts {
    /// The tenant.
    pub tenant: crate::ids::TenantId,
    /// Its slug.
    pub slug: crate::slug::Slug,
    /// Whether it has changes at all.
    pub changed: bool,
    /// Where both changed the same.
    pub conflicts: Vec<MergeConflict>,
}
