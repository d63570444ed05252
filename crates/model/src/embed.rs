//! Embedded dashboards: what a token says, what it grants, who may frame, how much it is used.
//!
//! What must always hold: an [`EmbedGrant`] is what one token or link shows and names one dashboard; it gives no right by
//! itself (`store` makes an actor of it once the credential was checked). Filters of a grant are locked: they hold in
//! every question, and a widget that cannot keep them is not answered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dashboard::DashboardConfig;
use crate::dashboard_widget::field;
use crate::dataset::{is_name, refuse};
use crate::embed_origin;
use crate::error::{Error, FieldError, Result};
use crate::ids::{ApiKeyId, DashboardId, EmbedKeyId, EmbedRevocationId, EmbedTokenId, TenantId};
use crate::period::WeekStart;
use crate::problem;
use crate::question::{Filter, MAX_FILTERS};
use crate::question_filter::check_filters;
use crate::settings::Branding;

/// For whom a token is.
pub const AUDIENCE: &str = "insula:embed";
/// Seconds that a token lives at most.
pub const MAX_TTL: i64 = 600;
/// Seconds that a token lives at least.
pub const MIN_TTL: i64 = 60;
/// Seconds that a token lives unless asked otherwise.
pub const DEFAULT_TTL: i64 = 300;
/// Seconds that the clocks of two nodes may be apart.
pub const SKEW: i64 = 30;
/// Bytes of a token at most.
pub const MAX_TOKEN_BYTES: usize = 4096;
/// Origins of a tenant's list at most.
pub const MAX_ORIGINS: usize = 50;

/// What a dashboard's configuration says about embedding it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbedRules {
    /// Dimensions that every embed has to lock with an `in` filter.
    #[serde(default)]
    pub required: Vec<String>,
}

impl EmbedRules {
    pub(crate) fn problems(&self, at: &str) -> Vec<FieldError> {
        let mut fields = Vec::new();
        if self.required.len() > MAX_FILTERS {
            fields.push(field(
                format!("{at}/required"),
                "count",
                "There are 20 required dimensions at most.",
            ));
        }
        for (i, name) in self.required.iter().enumerate().take(MAX_FILTERS) {
            if !is_name(name) {
                fields.push(field(
                    format!("{at}/required/{i}"),
                    "invalid",
                    "That is not the name of a dimension.",
                ));
            }
        }
        fields
    }

    /// That every required dimension is locked by one of these filters.
    ///
    /// # Errors
    /// `embed.row_filter`.
    pub fn met_by(&self, filters: &[Filter]) -> Result<()> {
        let locked = |name: &String| {
            filters.iter().any(
                |f| matches!(f, Filter::In { dimension, values } if dimension == name && !values.is_empty()),
            )
        };
        match self.required.iter().find(|name| !locked(name)) {
            None => Ok(()),
            Some(name) => Err(Error::new(
                problem::EMBED_ROW_FILTER,
                format!("An embed of this dashboard locks {name:?} with an `in` filter; this one does not."),
            )),
        }
    }
}

/// What is to be embedded, for whom, and for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbedTokenInput {
    /// The dashboard.
    pub dashboard: DashboardId,
    /// One of its widgets, if it is to be that one alone.
    #[serde(default)]
    pub widget: Option<String>,
    /// Who will look, as your product calls them: 1 to 128 characters. Counts as a viewer, and can be revoked.
    #[serde(default)]
    pub viewer: Option<String>,
    /// Filters that always hold. The viewer cannot change what they are about.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// The origins that may frame it, some of the workspace's list; all of the list if absent.
    #[serde(default)]
    pub origins: Option<Vec<String>>,
    /// Seconds until it ends: 60 to 600, 300 unless given.
    #[serde(default)]
    #[schema(minimum = 60, maximum = 600)]
    pub ttl_seconds: Option<i64>,
}

impl EmbedTokenInput {
    /// Checks what can be checked without the tenant's own things. Gives the seconds that it is to live.
    ///
    /// # Errors
    /// `input.invalid`.
    pub fn check(&self) -> Result<i64> {
        check_filters(&self.filters, "/filters")?;
        if let Some(viewer) = &self.viewer {
            check_viewer(viewer, "/viewer")?;
        }
        match self.ttl_seconds.unwrap_or(DEFAULT_TTL) {
            ttl @ MIN_TTL..=MAX_TTL => Ok(ttl),
            _ => Err(Error::invalid("/ttl_seconds", "range", "An embed token lives for 60 to 600 seconds.")),
        }
    }
}

/// A viewer's name as a host product gives it.
///
/// # Errors
/// `input.invalid`.
pub fn check_viewer(viewer: &str, pointer: &str) -> Result<()> {
    if (1..=128).contains(&viewer.chars().count()) && !viewer.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Error::invalid(pointer, "length", "A viewer's name has 1 to 128 characters."))
}

/// A token that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedTokenCreated {
    /// Its id: enough to revoke it.
    pub id: EmbedTokenId,
    /// The token. Give it to the viewer's browser, and to nobody else.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The address of the page to frame.
    pub url: String,
}

impl std::fmt::Debug for EmbedTokenCreated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbedTokenCreated").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a token says. None of it is secret; the signature makes it a credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedClaims {
    /// The tenant's address when it was made. Says where it came from; decides nothing.
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The tenant.
    pub tenant: TenantId,
    /// The dashboard.
    pub dashboard: DashboardId,
    /// The one widget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widget: Option<String>,
    /// Locked filters.
    pub filters: Vec<Filter>,
    /// Origins that may frame it; all of the tenant's when there are none.
    pub origins: Vec<String>,
    /// The viewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The API key or the member that made it.
    pub by: String,
    /// When it was made.
    pub iat: i64,
    /// From when it counts.
    pub nbf: i64,
    /// When it ends.
    pub exp: i64,
    /// Its id.
    pub jti: EmbedTokenId,
}

impl EmbedClaims {
    /// That it is for embedding, and that now is its time.
    ///
    /// # Errors
    /// `embed.audience`, `embed.not_yet`, `embed.expired`; `embed.signature` for one that would live longer than any
    /// that is made here.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        if self.aud != AUDIENCE {
            return Err(Error::new(problem::EMBED_AUDIENCE, "This token was not made for embedding."));
        }
        let now = now.as_second();
        // Compared as wide numbers: what a token says is anything.
        if i128::from(self.exp) - i128::from(self.iat) > i128::from(MAX_TTL) || self.nbf < self.iat {
            return Err(not_a_token());
        }
        if self.nbf > now + SKEW || self.iat > now + SKEW {
            return Err(Error::new(
                problem::EMBED_NOT_YET,
                "This token begins in the future: the clocks of the servers are apart.",
            ));
        }
        if self.exp <= now {
            return Err(Error::new(problem::EMBED_EXPIRED, "This token has ended. Ask for a new one."));
        }
        Ok(())
    }

    /// What it grants.
    #[must_use]
    pub fn grant(self) -> EmbedGrant {
        EmbedGrant {
            id: self.jti.to_string(),
            dashboard: self.dashboard,
            widget: self.widget,
            filters: self.filters,
            origins: self.origins,
            viewer: self.sub,
            expires_at: Timestamp::from_second(self.exp).ok(),
        }
    }
}

/// What is said of every text that is not a token of this tenant, whatever is wrong with it.
#[must_use]
pub fn not_a_token() -> Error {
    Error::new(problem::EMBED_SIGNATURE, "This is not an embed token of this workspace.")
}

/// What one token or public link shows.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbedGrant {
    /// The id of the token or link.
    pub id: String,
    /// The dashboard.
    pub dashboard: DashboardId,
    /// The one widget of it.
    pub widget: Option<String>,
    /// Filters that always hold.
    pub filters: Vec<Filter>,
    /// Origins that may frame it; all of the tenant's when there are none.
    pub origins: Vec<String>,
    /// Who looks, as the host product calls them.
    pub viewer: Option<String>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

impl EmbedGrant {
    /// The names that its filters lock.
    #[must_use]
    pub fn locked(&self) -> Vec<String> {
        let mut names: Vec<String> = self.filters.iter().map(|f| f.name().to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// That a viewer's filters leave alone what is locked.
    ///
    /// # Errors
    /// `embed.locked`.
    pub fn leaves_alone(&self, filters: &[Filter]) -> Result<()> {
        let locked = |name: &str| self.filters.iter().any(|f| f.name() == name);
        match filters.iter().position(|f| locked(f.name())) {
            None => Ok(()),
            Some(i) => Err(Error::new(problem::EMBED_LOCKED, "This dimension is fixed by the embed.")
                .at(format!("/filters/{i}"))),
        }
    }

    /// A dashboard as this embed shows it: whole, or with one widget alone.
    ///
    /// # Errors
    /// `embed.row_filter`; `embed.revoked` when the widget is no longer there.
    pub fn apply(&self, config: &mut DashboardConfig) -> Result<()> {
        if let Some(rules) = &config.embed {
            rules.met_by(&self.filters)?;
        }
        config.embed = None;
        if let Some(widget) = &self.widget {
            config.widgets.retain(|w| w.id == *widget);
            config.layout.retain(|place| place.widget == *widget);
            if config.widgets.is_empty() {
                return Err(Error::new(
                    problem::EMBED_REVOKED,
                    "The widget that this embed shows was removed.",
                ));
            }
        }
        Ok(())
    }
}

/// What an embed is told before its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EmbedView {
    /// The dashboard.
    pub dashboard: EmbedDashboard,
    /// Whose it is.
    pub tenant: EmbedTenant,
    /// The looks.
    pub branding: Branding,
    /// What the viewer cannot filter by.
    pub locked: Vec<String>,
    /// The origins that may frame it: the token's own, or the workspace's.
    pub origins: Vec<String>,
    /// When the token or link ends.
    pub expires_at: Option<Timestamp>,
    /// The server's present moment, so that a wrong clock can be named.
    pub now: Timestamp,
}

/// A dashboard as an embed shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EmbedDashboard {
    /// The id.
    pub id: DashboardId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it shows: only the one widget where the token says so.
    pub config: DashboardConfig,
}

/// Whose dashboard it is, as far as an embed shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedTenant {
    /// The name.
    pub name: String,
    /// The time zone of its days.
    pub time_zone: String,
    /// How numbers and dates are written.
    pub locale: String,
    /// The first day of its weeks.
    pub week_start: WeekStart,
}

/// A tenant's own list of who may frame its dashboards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Embedding {
    /// Exact origins, `https://app.example`.
    pub origins: Vec<String>,
    /// Rises with every change.
    pub version: i64,
}

/// A tenant's list as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingInput {
    /// Exact origins, `https://app.example`: 50 at most.
    pub origins: Vec<String>,
}

impl EmbeddingInput {
    /// Checks every origin.
    ///
    /// # Errors
    /// `input.invalid` with a pointer for everything that is wrong.
    pub fn check(&self) -> Result<()> {
        let mut fields = Vec::new();
        if self.origins.len() > MAX_ORIGINS {
            fields.push(field("/origins".into(), "count", "There are 50 origins at most."));
        }
        for (i, origin) in self.origins.iter().enumerate().take(MAX_ORIGINS) {
            if let Err(error) = embed_origin::check(origin, &format!("/origins/{i}")) {
                fields.extend(error.fields().iter().cloned());
            } else if self.origins[..i].contains(origin) {
                fields.push(field(format!("/origins/{i}"), "duplicate", "This origin stands twice."));
            }
        }
        refuse(fields, problem::INVALID)
    }
}

/// A key that embed tokens are signed with. Its private half is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedKey {
    /// Its id, the `kid` of the tokens.
    pub id: EmbedKeyId,
    /// Whether new tokens are signed with it.
    pub signing: bool,
    /// The public half, base64url.
    pub public_key: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when tokens signed with it count, for a key that another one has replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifies_until: Option<Timestamp>,
}

/// Which tokens end: everything minted until now that matches. Exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmbedRevocationInput {
    /// One token, by its id.
    Token(EmbedTokenId),
    /// All of one viewer.
    Viewer(String),
    /// All that one API key made.
    ApiKey(ApiKeyId),
    /// All of one dashboard.
    Dashboard(DashboardId),
    /// All of the workspace: `true`.
    All(bool),
}

impl EmbedRevocationInput {
    /// What kind it is and what it names, as they are kept.
    ///
    /// # Errors
    /// `input.invalid`.
    pub fn named(&self) -> Result<(&'static str, String)> {
        Ok(match self {
            Self::Token(id) => ("token", id.to_string()),
            Self::Viewer(viewer) => {
                check_viewer(viewer, "/viewer")?;
                ("viewer", viewer.clone())
            }
            Self::ApiKey(id) => ("api_key", id.to_string()),
            Self::Dashboard(id) => ("dashboard", id.to_string()),
            Self::All(true) => ("all", String::new()),
            Self::All(false) => {
                return Err(Error::invalid("/all", "value", "To revoke all of them, say `true`."));
            }
        })
    }
}

/// A revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedRevocation {
    /// Its id.
    pub id: EmbedRevocationId,
    /// Tokens that were made until then, and match, are refused.
    pub minted_until: Timestamp,
    /// When the last of them would have ended by itself.
    pub expires_at: Timestamp,
}

/// How much embeds were used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedUsage {
    /// A row for each day and dashboard, in that order.
    pub items: Vec<EmbedUsageDay>,
}

/// How much one dashboard was embedded on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmbedUsageDay {
    /// The day, in UTC.
    #[schema(value_type = String, example = "2026-11-28")]
    pub day: jiff::civil::Date,
    /// The dashboard.
    pub dashboard: DashboardId,
    /// How often it was opened.
    pub loads: i64,
    /// How many different viewers opened it, of those who were named.
    pub viewers: i64,
    /// Milliseconds that its questions took.
    pub query_ms: i64,
    /// How often a token of the workspace was refused.
    pub refused: i64,
}

#[cfg(test)]
#[path = "embed_tests.rs"]
mod tests;
