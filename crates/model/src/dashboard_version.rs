//! What a dashboard was before: each change keeps what was saved, with who saved it and when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dashboard::DashboardConfig;
use crate::error::{Error, Result};

/// Versions that are kept of one dashboard; the oldest give way.
pub const MAX_DASHBOARD_VERSIONS: usize = 100;
/// Characters of a note.
pub const MAX_NOTE_CHARS: usize = 200;

/// One version of a dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DashboardVersion {
    /// Its number: the version that the dashboard had when this was saved.
    pub version: i64,
    /// The name for people then.
    pub name: String,
    /// What it was for.
    pub description: Option<String>,
    /// Why it was saved, in the words of whoever saved it.
    pub note: Option<String>,
    /// Who saved it; absent for what was there before versions were kept.
    pub author: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// What it showed; lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<DashboardConfig>,
}

/// Which version is to be shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardRestore {
    /// Its number.
    pub version: i64,
    /// Why, up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Checks a note.
///
/// # Errors
/// `input.invalid` at `/note`.
pub fn check_note(note: Option<&str>) -> Result<()> {
    match note {
        Some(text) if text.chars().count() > MAX_NOTE_CHARS || text.contains('\0') => Err(Error::invalid(
            "/note",
            "invalid",
            format!("A note has {MAX_NOTE_CHARS} characters at most."),
        )),
        _ => Ok(()),
    }
}
