//! The rows of a tenant's tables.
//!
//! What must always hold: a replacement is all or nothing; the datasets over a table, and those that look something up in it, have
//! a higher `data_version` in the transaction that changes one of its rows, so that nothing made from older rows is taken for
//! current. Tested in `platform/tests/it/tables.rs` and `table_datasets.rs`.

use std::sync::LazyLock;

use insula_model::policy::action::TableUpdate;
use insula_model::table::{MAX_TABLE_ROWS, TABLE_COLUMNS, TABLE_NUMBERS};
use insula_model::{
    Error, Mode, Result, TableBatch, TableChanged, TableColumn, TableColumnKind, TableDefinition, TableId,
    TableRow, Write, period, problem,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
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

/// Rows as they are shown.
pub struct TableRowPage {
    /// What the table is made of.
    pub definition: TableDefinition,
    /// How many rows it has in all.
    pub count: u64,
    /// The time zone of its times.
    pub zone: TimeZone,
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// The columns of values, and their types: texts, numbers, the time.
static COLUMNS: LazyLock<Vec<(String, &str)>> = LazyLock::new(|| {
    let texts = (1..=TABLE_COLUMNS).map(|a| (format!("a{a}"), "text"));
    let numbers = (1..=TABLE_NUMBERS).map(|m| (format!("m{m}"), "float8"));
    texts.chain(numbers).chain([("at".to_owned(), "timestamptz")]).collect()
});

/// Something of each column of values.
fn list(one: impl Fn(usize, &str, &str) -> String) -> String {
    COLUMNS.iter().enumerate().map(|(i, (name, of))| one(i, name, of)).collect::<Vec<_>>().join(", ")
}

/// Puts rows in whose values are others than those that are there; says how many are new and how many were there.
static PUT: LazyLock<String> = LazyLock::new(|| {
    let names = list(|_, name, _| name.to_owned());
    let arrays = list(|i, _, of| format!("${}::{of}[]", i + 3));
    let set = list(|_, name, _| format!("{name} = excluded.{name}"));
    let (old, new) = (list(|_, name, _| format!("t.{name}")), list(|_, name, _| format!("excluded.{name}")));
    format!(
        "WITH put AS ( \
             INSERT INTO table_rows AS t (tenant_id, number, key, {names}) \
             SELECT wall.tenant(), $1, * FROM unnest($2::text[], {arrays}) \
             ON CONFLICT (tenant_id, number, key) DO UPDATE SET {set} WHERE ({old}) IS DISTINCT FROM ({new}) \
             RETURNING xmax = 0 AS new) \
         SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new) FROM put"
    )
});

/// The values of one column of some rows: none at all where there is none, which are as many as anybody wants.
fn column<'a, T>(rows: &'a [TableRow], one: impl Fn(&'a TableRow) -> Option<T>) -> Vec<Option<T>> {
    let all: Vec<Option<T>> = rows.iter().map(one).collect();
    if all.iter().all(Option::is_none) { Vec::new() } else { all }
}

/// Takes the values out of one column, for each of [`COLUMNS`].
static EMPTY: LazyLock<Vec<String>> = LazyLock::new(|| {
    let one = |(name, _): &(String, &str)| {
        format!("UPDATE table_rows SET {name} = NULL WHERE number = $1 AND {name} IS NOT NULL")
    };
    COLUMNS.iter().map(one).collect()
});

/// Where a column stands among [`COLUMNS`].
fn place(column: &TableColumn) -> usize {
    let slot = usize::from(column.slot).saturating_sub(1);
    match column.kind {
        TableColumnKind::Text => slot,
        TableColumnKind::Number => TABLE_COLUMNS + slot,
        TableColumnKind::Time => TABLE_COLUMNS + TABLE_NUMBERS,
    }
}

impl<M: Mode> TableRows<'_, '_, M> {
    /// Rows in the order of their keys, after `after`, with what the table is made of.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn list(&mut self, id: TableId, after: Option<&str>, limit: u32) -> Result<TableRowPage> {
        let there = self.0.tables().view(id).await?;
        let rows = self
            .0
            .rows(
                "SELECT key, ARRAY[a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12], \
                        ARRAY[m1, m2, m3, m4, m5, m6, m7, m8], at FROM table_rows \
                  WHERE number = $1 AND ($2::text IS NULL OR key > $2) ORDER BY key LIMIT $3",
                &[&there.number, &after, &i64::from(limit)],
            )
            .await?;
        let row = |row: &tokio_postgres::Row| TableRow {
            key: row.get(0),
            values: row.get(1),
            numbers: row.get(2),
            at: row.get(3),
        };
        let rows = rows.iter().map(row).collect();
        let definition = there.table.definition;
        let zone = self.zone(&definition).await?;
        Ok(TableRowPage { definition, count: there.table.rows, zone, rows })
    }

    /// The time zone of a table's times: the tenant's. Who has none is not asked for it.
    async fn zone(&mut self, table: &TableDefinition) -> Result<TimeZone> {
        if table.time().is_none() {
            return Ok(TimeZone::UTC);
        }
        period::time_zone(&self.0.settings().view().await?.time_zone, "").map_err(Error::internal)
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
        let zone = self.zone(&definition).await?;
        let sent = batch.check(&mut definition, &zone)?;
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
            self.0.datasets().raise_reading(number, rows).await?;
        }
        Ok(done)
    }

    async fn put(&mut self, number: i32, rows: &[TableRow]) -> Result<(u64, u64)> {
        let keys: Vec<&str> = rows.iter().map(|r| r.key.as_str()).collect();
        let text = |slot| column(rows, move |r| r.values.get(slot).and_then(Option::as_deref));
        let texts: Vec<Vec<Option<&str>>> = (0..TABLE_COLUMNS).map(text).collect();
        let value = |slot| column(rows, move |r| r.numbers.get(slot).copied().flatten());
        let numbers: Vec<Vec<Option<f64>>> = (0..TABLE_NUMBERS).map(value).collect();
        let times: Vec<Option<Timestamp>> = column(rows, |r| r.at);
        let mut params: Vec<&(dyn ToSql + Sync)> = vec![&number, &keys];
        params.extend(texts.iter().map(|c| c as &(dyn ToSql + Sync)));
        params.extend(numbers.iter().map(|c| c as &(dyn ToSql + Sync)));
        params.push(&times);
        let row = self.0.row(PUT.as_str(), &params).await?;
        let count = |i| row.as_ref().map_or(0, |row| u64::try_from(row.get::<_, i64>(i)).unwrap_or_default());
        Ok((count(0), count(1)))
    }

    /// Takes the values out of columns that are gone. For those who hold the catalogue.
    pub(super) async fn empty(&mut self, number: i32, gone: &[TableColumn]) -> Result<()> {
        for column in gone {
            let sql = EMPTY.get(place(column));
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
