//! What is a tenant's own, one file per noun. Each repository borrows the transaction: reads are proved by it,
//! writes by a permit as well.

mod api_keys;
mod audit;
mod audit_chain;
mod brand_images;
mod dashboard_templates;
mod dashboard_versions;
mod dashboards;
mod dataset_needs;
mod datasets;
mod embed_keys;
mod embed_revocations;
mod embed_usage;
mod embedding;
mod events;
mod favourites;
mod idempotency;
mod invitations;
mod members;
mod outbox;
mod public_links;
mod questions;
mod rollups;
mod samples;
mod settings;
mod table_rows;
mod tables;
mod usage;

use insula_model::{Error, Result, Write, problem};
use serde::de::DeserializeOwned;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use crate::TenantTx;

pub use audit::{AuditEntry, AuditHead, AuditVerdict};
pub use audit_chain::Followed;
pub use brand_images::StoredImage;
pub use dashboards::{DashboardState, MAX_DASHBOARDS};
pub use datasets::{MAX_DATASETS, StoredDataset};
pub use embed_usage::EmbedCounted;
pub use events::{Ingested, Insertion};
pub use idempotency::Seen;
pub use members::{MemberPlace, NewMember, RemovedMember, SessionEvent};
pub use outbox::OutboxItem;
pub use questions::QuestionState;
pub use rollups::{ROLLED_FROM, ROLLUP_JOB, RollState};
pub use samples::SamplesDeleted;
pub use table_rows::Replacing;
pub use tables::StoredTable;
pub use usage::TenantUsage;

/// A value that is kept as JSON.
fn json_of<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T> {
    row.try_get::<_, Json<T>>(column)
        .map(|json| json.0)
        .map_err(|e| Error::internal(format!("stored JSON that cannot be read: {e}")))
}

/// Compares the version that somebody read with the one that there is.
pub(crate) fn expect_version(expected: Option<i64>, present: i64) -> Result<()> {
    match expected {
        Some(version) if version == present => Ok(()),
        Some(version) => Err(Error::new(
            problem::STALE,
            format!("You changed version {version}; it is at version {present} by now. Read it again."),
        )
        .now_at(present)),
        None => Err(Error::new(problem::MATCH_REQUIRED, "Send the ETag that you read as If-Match.")),
    }
}

/// Settings are the first thing that a tenant gets.
fn unseeded() -> Error {
    Error::new(problem::TENANT_NOT_READY, "This workspace is being set up. Try again in a moment.")
        .retry_after(std::time::Duration::from_secs(1))
}

impl TenantTx<'_, Write> {
    /// Waits until nobody else gives out slots, numbers or first places in this tenant, and keeps others waiting
    /// until the end of the transaction.
    async fn hold_catalogue(&mut self) -> Result<()> {
        let held = self.row("SELECT true FROM settings FOR UPDATE", &[]).await?;
        held.map(drop).ok_or_else(unseeded)
    }
}
