//! How much a tenant has: counts, and an estimate of its bytes.

use insula_model::{Mode, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::TenantTx;

/// How much a tenant has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantUsage {
    /// Events, as the datasets count them.
    pub events: i64,
    /// Datasets.
    pub datasets: i64,
    /// Dashboards.
    pub dashboards: i64,
    /// Members.
    pub members: i64,
    /// Bytes of its events with their indexes. Where tables are shared, its part of them by number of events.
    pub bytes: i64,
    /// The migration that its tables are at.
    pub schema_version: i32,
}

impl<M: Mode> TenantTx<'_, M> {
    /// How much there is. The version of the schema is not known inside a tenant: 0.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn usage(&mut self) -> Result<TenantUsage> {
        let row = self
            .row(
                "SELECT own.events, own.datasets, (SELECT count(*) FROM dashboards), (SELECT count(*) FROM members), \
                        (pg_total_relation_size(c.oid) * own.events / greatest(c.reltuples::bigint, own.events, 1))::bigint \
                   FROM (SELECT coalesce(sum(events) FILTER (WHERE NOT definition ? 'table_number'), 0)::bigint AS events, \
                                count(*) AS datasets FROM datasets) AS own, \
                        pg_class c WHERE c.oid = 'events'::regclass",
                &[],
            )
            .await?;
        Ok(row.map_or_else(TenantUsage::default, |row| TenantUsage {
            events: row.get(0),
            datasets: row.get(1),
            dashboards: row.get(2),
            members: row.get(3),
            bytes: row.get(4),
            schema_version: 0,
        }))
    }
}
