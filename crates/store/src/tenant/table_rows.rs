//! The rows of a tenant's tables.
//!
//! What must always hold: a replacement is all or nothing; the datasets that look something up in a table have a higher
//! `data_version` in the transaction that changes one of its rows, so that nothing made from older rows is taken for
//! current. Tested in `platform/tests/it/tables.rs`.

use std::sync::LazyLock;

use insula_model::policy::action::TableUpdate;
use insula_model::table::{MAX_TABLE_ROWS, TABLE_COLUMNS};
use insula_model::{
    Error, Mode, Result, TableBatch, TableChanged, TableDefinition, TableId, TableRow, Write, problem,
};
use serde_json::json;
use tokio_postgres::types::ToSql;

use crate::{Permit, TenantTx};

/// How many rows one statement puts in, so that none meets its time limit.
const AT_ONCE: usize = 20_000;

/// The rows of a transaction's tenant's tables.
pub struct TableRows<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The rows of tables.
    pub fn table_rows(&mut self) -> TableRows<'_, 'op, M> {
        TableRows(self)
    }
}

/// Whether rows that are not sent go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacing {
    /// All that are not sent.
    All,
    /// Those whose keys are named.
    Named,
}

/// Puts rows in whose values are others than those that are there; says how many are new and how many were there.
static PUT: LazyLock<String> = LazyLock::new(|| {
    let list = |one: &dyn Fn(usize) -> String| (1..=TABLE_COLUMNS).map(one).collect::<Vec<_>>().join(", ");
    let names = list(&|a| format!("a{a}"));
    let arrays = list(&|a| format!("${}::text[]", a + 2));
    let set = list(&|a| format!("a{a} = excluded.a{a}"));
    let (old, new) = (list(&|a| format!("t.a{a}")), list(&|a| format!("excluded.a{a}")));
    format!(
        "WITH put AS ( \
             INSERT INTO table_rows AS t (tenant_id, number, key, {names}) \
             SELECT wall.tenant(), $1, * FROM unnest($2::text[], {arrays}) \
             ON CONFLICT (tenant_id, number, key) DO UPDATE SET {set} WHERE ({old}) IS DISTINCT FROM ({new}) \
             RETURNING xmax = 0 AS new) \
         SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new) FROM put"
    )
});

/// Takes the values out of one column, for each of the columns.
static EMPTY: LazyLock<Vec<String>> = LazyLock::new(|| {
    let one = |a| format!("UPDATE table_rows SET a{a} = NULL WHERE number = $1 AND a{a} IS NOT NULL");
    (1..=TABLE_COLUMNS).map(one).collect()
});

/// The columns of some rows.
fn columns(rows: &[TableRow]) -> (Vec<&str>, Vec<Vec<Option<&str>>>) {
    let column = |slot| rows.iter().map(|r| r.values.get(slot).and_then(Option::as_deref)).collect();
    (rows.iter().map(|r| r.key.as_str()).collect(), (0..TABLE_COLUMNS).map(column).collect())
}

impl<M: Mode> TableRows<'_, '_, M> {
    /// Rows in the order of their keys, after `after`, with what the table is made of.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn list(
        &mut self,
        id: TableId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<(TableDefinition, u64, Vec<TableRow>)> {
        let there = self.0.tables().view(id).await?;
        let rows = self
            .0
            .rows(
                "SELECT key, ARRAY[a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12] FROM table_rows \
                  WHERE number = $1 AND ($2::text IS NULL OR key > $2) ORDER BY key LIMIT $3",
                &[&there.number, &after, &i64::from(limit)],
            )
            .await?;
        let rows = rows.iter().map(|row| TableRow { key: row.get(0), values: row.get(1) }).collect();
        Ok((there.table.definition, there.table.rows, rows))
    }
}

impl TableRows<'_, '_, Write> {
    /// Puts rows in, and removes others. Columns that CSV names and that the table does not have are learnt.
    ///
    /// # Errors
    /// `not_found`; `input.invalid` with the rows that are wrong; `table.full`. Nothing is to be committed then.
    pub async fn update(
        &mut self,
        permit: &Permit<'_, TableUpdate>,
        id: TableId,
        batch: TableBatch,
        replacing: Replacing,
    ) -> Result<TableChanged> {
        self.0.hold_catalogue().await?;
        let there = self.0.tables().view(id).await?;
        let (number, mut definition) = (there.number, there.table.definition);
        let sent = batch.check(&mut definition)?;
        let mut done = TableChanged { version: there.table.version, ..TableChanged::default() };
        if !sent.learnt.is_empty() {
            done.version = self.0.tables().redefine(id, &definition).await?.version;
        }
        done.removed = match replacing {
            Replacing::All => {
                let keys: Vec<&str> = sent.rows.iter().map(|r| r.key.as_str()).collect();
                // In a hash, however little the planner knows of a table that was filled a moment ago.
                let sql =
                    "DELETE FROM table_rows WHERE number = $1 AND key NOT IN (SELECT unnest($2::text[]))";
                self.0.execute(sql, &[&number, &keys]).await?
            }
            Replacing::Named => {
                let sql = "DELETE FROM table_rows WHERE number = $1 AND key = ANY ($2)";
                self.0.execute(sql, &[&number, &sent.delete]).await?
            }
        };
        for some in sent.rows.chunks(AT_ONCE) {
            let (added, changed) = self.put(number, some).await?;
            done.added += added;
            done.changed += changed;
        }
        done.rows = (there.table.rows + done.added).saturating_sub(done.removed);
        if usize::try_from(done.rows).unwrap_or(usize::MAX) > MAX_TABLE_ROWS {
            let detail = format!("The table would have {} rows, and may have 100,000.", done.rows);
            return Err(Error::new(problem::TABLE_FULL, detail).at("/rows"));
        }
        done.columns = sent.learnt;
        let said = json!({
            "name": definition.name, "rows": done.rows, "added": done.added, "changed": done.changed, "removed": done.removed
        });
        self.0.used(permit, id, &said)?;
        if done.added + done.changed + done.removed > 0 {
            let sql = "UPDATE tables SET rows = $2, updated_at = clock_timestamp() WHERE id = $1";
            let rows = i64::try_from(done.rows).unwrap_or(i64::MAX);
            self.0.execute(sql, &[&id.uuid(), &rows]).await?;
            self.0.datasets().raise_looking_up(number).await?;
        }
        Ok(done)
    }

    async fn put(&mut self, number: i32, rows: &[TableRow]) -> Result<(u64, u64)> {
        let (keys, values) = columns(rows);
        let mut params: Vec<&(dyn ToSql + Sync)> = vec![&number, &keys];
        params.extend(values.iter().map(|c| c as &(dyn ToSql + Sync)));
        let row = self.0.row(PUT.as_str(), &params).await?;
        let count = |i| row.as_ref().map_or(0, |row| u64::try_from(row.get::<_, i64>(i)).unwrap_or_default());
        Ok((count(0), count(1)))
    }

    /// Takes the values out of columns that are gone. For those who hold the catalogue.
    pub(super) async fn empty(&mut self, number: i32, slots: &[u8]) -> Result<()> {
        for slot in slots {
            let sql = EMPTY.get(usize::from(*slot).saturating_sub(1));
            let sql = sql.ok_or_else(|| Error::internal("a column with a slot that there is not"))?;
            self.0.execute(sql, &[&number]).await?;
        }
        Ok(())
    }

    /// Removes all rows of a table that is going; says how many. For those who hold the catalogue.
    pub(super) async fn clear(&mut self, number: i32) -> Result<u64> {
        self.0.execute("DELETE FROM table_rows WHERE number = $1", &[&number]).await
    }
}
