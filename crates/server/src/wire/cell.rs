//! Cells.

use insula_store::CellSummary;
use serde::Serialize;
use utoipa::ToSchema;

/// A PostgreSQL server that holds tenants' data.
#[derive(Serialize, ToSchema)]
pub(crate) struct Cell {
    /// Its name.
    name: String,
    /// Where it is.
    region: String,
    /// Host and port.
    address: String,
    /// `open`, `full` or `drained`.
    status: String,
    /// How many tenants it bears.
    tenants: i64,
    /// In shared tables.
    pooled: i64,
    /// In schemas of their own.
    schema: i64,
    /// In databases of their own.
    database: i64,
    /// How many schemas it may bear.
    schema_limit: i32,
    /// How many databases it may bear.
    database_limit: i32,
}

impl From<CellSummary> for Cell {
    fn from(cell: CellSummary) -> Self {
        Self {
            tenants: cell.pooled + cell.schema + cell.database,
            name: cell.name,
            region: cell.region,
            address: cell.address,
            status: cell.state,
            pooled: cell.pooled,
            schema: cell.schema,
            database: cell.database,
            schema_limit: cell.schema_limit,
            database_limit: cell.database_limit,
        }
    }
}
