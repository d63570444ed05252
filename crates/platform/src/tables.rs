//! Tables, as a tenant's people declare and fill them. What datasets look up in them or show of them is declared with the
//! datasets.

use insula_model::policy::action::{TableCreate, TableDelete, TableUpdate, TableView};
use insula_model::{Error, Page, Result, Table, TableBatch, TableChanged, TableId, TableInput, TableRowView};
use insula_store::{Replacing, Tenant};

use crate::Platform;

impl Platform {
    /// All tables, by name: at most 50, on one page.
    ///
    /// # Errors
    /// `auth.forbidden`.
    pub async fn table_list(&self, tenant: &Tenant<'_>) -> Result<Page<Table>> {
        let permit = tenant.authorize::<TableView>()?;
        let mut tx = self.store().begin(&permit).await?;
        let items: Vec<Table> = tx.tables().list().await?.into_iter().map(|t| t.table).collect();
        Ok(Page { total: Some(items.len() as u64), items, next_cursor: None })
    }

    /// One table, without its rows.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn table_view(&self, tenant: &Tenant<'_>, id: TableId) -> Result<Table> {
        let permit = tenant.authorize::<TableView>()?;
        let mut tx = self.store().begin(&permit).await?;
        Ok(tx.tables().view(id).await?.table)
    }

    /// Makes a table without rows.
    ///
    /// # Errors
    /// `input.invalid` with a pointer for everything that is wrong; `table.name`; `limit.reached`; `idempotency.reused`.
    pub async fn table_create(&self, tenant: &Tenant<'_>, input: &TableInput) -> Result<Table> {
        let permit = tenant.authorize::<TableCreate>()?;
        let id = TableId::from_uuid(self.world().uuid());
        let tx = self.store().begin(&permit).await?;
        let made = self.once(tx, async |tx| tx.tables().create(&permit, id, input).await);
        Ok(made.await?.reply())
    }

    /// Changes what is said of a table. Columns that are not listed go, with their values.
    ///
    /// # Errors
    /// `not_found`; `version.required`, `version.stale`; `input.invalid`; `table.in_use` for a column that a dataset needs;
    /// `table.not_empty` for a column that would become something else.
    pub async fn table_update(
        &self,
        tenant: &Tenant<'_>,
        id: TableId,
        version: Option<i64>,
        input: &TableInput,
    ) -> Result<Table> {
        let permit = tenant.authorize::<TableUpdate>()?;
        let mut tx = self.store().begin(&permit).await?;
        let changed = tx.tables().update(&permit, id, version, input).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Deletes a table with its rows; says how many these were.
    ///
    /// # Errors
    /// `not_found`; `table.in_use`.
    pub async fn table_delete(&self, tenant: &Tenant<'_>, id: TableId) -> Result<u64> {
        let permit = tenant.authorize::<TableDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        let rows = tx.tables().delete(&permit, id).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Rows in the order of their keys, behind the key `after`; and how many there are in all.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn table_row_list(
        &self,
        tenant: &Tenant<'_>,
        id: TableId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<(Vec<(String, TableRowView)>, u64)> {
        let permit = tenant.authorize::<TableView>()?;
        let mut tx = self.store().begin(&permit).await?;
        let page = tx.table_rows().list(id, after, limit).await?;
        let shown = page.rows.iter().map(|row| (row.key.clone(), row.view(&page.definition, &page.zone)));
        Ok((shown.collect(), page.count))
    }

    /// Puts rows in the place of all that there are: all of them, or none.
    ///
    /// # Errors
    /// `not_found`; `input.invalid` with the rows that are wrong; `table.full`.
    pub async fn table_row_replace(
        &self,
        tenant: &Tenant<'_>,
        id: TableId,
        batch: TableBatch,
    ) -> Result<TableChanged> {
        let permit = tenant.authorize::<TableUpdate>()?;
        if !batch.is_whole() {
            let why =
                "Send all `rows` that the table is to have, and no `delete`; some of them go with POST.";
            return Err(Error::invalid("/rows", "required", why));
        }
        let mut tx = self.store().begin(&permit).await?;
        let done = tx.table_rows().update(&permit, id, batch, Replacing::All).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Puts some rows in, each in the place of the one with its key, and removes some: all of that, or nothing.
    ///
    /// # Errors
    /// `not_found`; `input.invalid` with the rows that are wrong; `table.full`; `idempotency.reused`.
    pub async fn table_row_update(
        &self,
        tenant: &Tenant<'_>,
        id: TableId,
        batch: TableBatch,
    ) -> Result<TableChanged> {
        let permit = tenant.authorize::<TableUpdate>()?;
        if batch.is_empty() {
            return Err(Error::invalid("/rows", "count", "Send at least one row, or one key to delete."));
        }
        let tx = self.store().begin(&permit).await?;
        let done =
            self.once(tx, async |tx| tx.table_rows().update(&permit, id, batch, Replacing::Named).await);
        Ok(done.await?.reply())
    }
}
