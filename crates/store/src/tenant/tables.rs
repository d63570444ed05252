//! A tenant's tables, which dimensions are looked up in, and whose rows may be those of a dataset. Their rows are in `table_rows`.
//!
//! What must always hold: whoever changes a table, its rows or what is looked up in it holds the catalogue, so that they take
//! turns; a number is given once and never again; neither a table nor a column goes while a dataset has it or looks something
//! up in it. Tested in `platform/tests/it/tables.rs` and `table_datasets.rs`.

use insula_model::policy::action::{TableCreate, TableDelete, TableUpdate};
use insula_model::table::MAX_TABLES;
use insula_model::{
    Error, Mode, Result, Table, TableDefinition, TableId, TableInput, TableSource, Write, problem,
};
use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::dataset_needs::Needed;
use super::{expect_version, json_of};
use crate::{Permit, TenantTx};

/// A table with its number.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredTable {
    /// The table.
    pub table: Table,
    /// The number of its rows.
    pub number: i32,
}

/// The tables of a transaction's tenant.
pub struct Tables<'t, 'op, M: Mode>(pub(super) &'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The tables.
    pub fn tables(&mut self) -> Tables<'_, 'op, M> {
        Tables(self)
    }
}

/// From id, definition, version, rows, time of the change and number.
fn stored(row: &Row) -> Result<StoredTable> {
    let table = Table {
        id: TableId::from_uuid(row.get(0)),
        definition: json_of(row, 1)?,
        version: row.get(2),
        rows: u64::try_from(row.get::<_, i64>(3)).unwrap_or_default(),
        updated_at: row.get(4),
    };
    Ok(StoredTable { table, number: row.get(5) })
}

pub(super) fn absent(id: TableId) -> Error {
    Error::not_found("table", id)
}

impl<M: Mode> Tables<'_, '_, M> {
    /// All of them, by name; at most [`MAX_TABLES`].
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self) -> Result<Vec<StoredTable>> {
        let sql = "SELECT id, definition, version, rows, updated_at, number FROM tables ORDER BY name";
        self.0.rows(sql, &[]).await?.iter().map(stored).collect()
    }

    /// All of them, as datasets find them.
    pub(super) async fn sources(&mut self) -> Result<Vec<TableSource>> {
        let all = self.list().await?;
        Ok(all
            .into_iter()
            .map(|t| TableSource { number: t.number, definition: t.table.definition })
            .collect())
    }

    /// One of them.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn view(&mut self, id: TableId) -> Result<StoredTable> {
        let sql = "SELECT id, definition, version, rows, updated_at, number FROM tables WHERE id = $1";
        let row = self.0.row(sql, &[&id.uuid()]).await?;
        row.as_ref().map(stored).transpose()?.ok_or_else(|| absent(id))
    }
}

impl Tables<'_, '_, Write> {
    /// Makes a table without rows.
    ///
    /// # Errors
    /// `table.name` when there is one of the name; `limit.reached`; `input.invalid`.
    pub async fn create(
        &mut self,
        permit: &Permit<'_, TableCreate>,
        id: TableId,
        input: &TableInput,
    ) -> Result<Table> {
        let definition = input.make()?;
        self.0.hold_catalogue().await?;
        let all = self.list().await?;
        if all.iter().any(|t| t.table.definition.name == definition.name) {
            let detail = format!("There is a table {:?} already.", definition.name);
            return Err(Error::new(problem::TABLE_NAME, detail).at("/name"));
        }
        if all.len() >= MAX_TABLES {
            return Err(Error::new(problem::LIMIT, format!("A workspace has {MAX_TABLES} tables at most.")));
        }
        let row = self
            .0
            .row(
                "WITH given AS (UPDATE settings SET table_numbers = table_numbers + 1 RETURNING table_numbers) \
                 INSERT INTO tables (tenant_id, id, number, name, definition) \
                 SELECT wall.tenant(), $1, table_numbers, $2, $3 FROM given \
                 RETURNING id, definition, version, rows, updated_at, number",
                &[&id.uuid(), &definition.name, &Json(&definition)],
            )
            .await?;
        let made = row.as_ref().map(stored).transpose()?.ok_or_else(super::unseeded)?;
        self.0.used(permit, id, &json!({ "name": definition.name }))?;
        Ok(made.table)
    }

    /// Changes what is said of a table. Columns that are not listed go, with their values.
    ///
    /// # Errors
    /// `not_found`; `version.required`, `version.stale`; `table.in_use`, `table.not_empty`; `input.invalid`.
    pub async fn update(
        &mut self,
        permit: &Permit<'_, TableUpdate>,
        id: TableId,
        version: Option<i64>,
        input: &TableInput,
    ) -> Result<Table> {
        self.0.hold_catalogue().await?;
        let there = self.view(id).await?;
        expect_version(version, there.table.version)?;
        let mut definition = there.table.definition;
        let before = definition.clone();
        let gone = input.apply(&mut definition)?;
        for column in &gone {
            self.0.datasets().need_nothing(there.number, Needed::Column(column)).await?;
        }
        if before.key.name != definition.key.name {
            self.0.datasets().need_nothing(there.number, Needed::Key).await?;
        }
        if there.table.rows > 0 {
            before.keeps_rows(&definition)?;
        }
        // The slots may be given again.
        self.0.table_rows().empty(there.number, &gone).await?;
        let changed = self.redefine(id, &definition).await?;
        let names: Vec<&str> = gone.iter().map(|c| c.name.as_str()).collect();
        let said = json!({ "name": definition.name, "version": changed.version, "removed": names });
        self.0.used(permit, id, &said)?;
        Ok(changed)
    }

    /// Writes a changed definition. For those who hold the catalogue.
    pub(super) async fn redefine(&mut self, id: TableId, definition: &TableDefinition) -> Result<Table> {
        let row = self
            .0
            .row(
                "UPDATE tables SET definition = $2, version = version + 1, updated_at = clock_timestamp() WHERE id = $1 \
                 RETURNING id, definition, version, rows, updated_at, number",
                &[&id.uuid(), &Json(definition)],
            )
            .await?;
        row.as_ref().map(stored).transpose()?.map(|t| t.table).ok_or_else(|| absent(id))
    }

    /// Deletes a table with its rows; says how many these were.
    ///
    /// # Errors
    /// `not_found`; `table.in_use`.
    pub async fn delete(&mut self, permit: &Permit<'_, TableDelete>, id: TableId) -> Result<u64> {
        self.0.hold_catalogue().await?;
        let there = self.view(id).await?;
        self.0.datasets().need_nothing(there.number, Needed::Table).await?;
        let rows = self.0.table_rows().clear(there.number).await?;
        self.0.execute("DELETE FROM tables WHERE id = $1", &[&id.uuid()]).await?;
        self.0.used(permit, id, &json!({ "name": there.table.definition.name, "rows": rows }))?;
        Ok(rows)
    }
}
