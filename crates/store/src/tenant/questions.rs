//! Questions to a tenant's events: running what `insight` compiled.
//!
//! What must always hold: a statement comes from `insight` and from nowhere else; its values are bound; what comes
//! back has the types that `insight` said. Tested in `platform/tests/it/questions.rs`.

use std::borrow::Borrow;

use insula_insight::{ColumnType, Param, Rows, Statement, Value};
use insula_model::{Error, Mode, Result, WeekStart};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::datasets::{StoredDataset, Unseen};
use crate::TenantTx;
use crate::scope::Compiled;

/// What a question is asked in.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionState {
    /// The tenant's time zone.
    pub time_zone: String,
    /// The first day of its weeks.
    pub week_start: WeekStart,
    /// The dataset, if it is there for whoever asks.
    pub dataset: Option<StoredDataset>,
}

/// The events of a transaction's tenant, as questions see them.
pub struct Questions<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// Questions to its events.
    pub fn questions(&mut self) -> Questions<'_, 'op, M> {
        Questions(self)
    }
}

fn bound(param: &Param) -> (&(dyn ToSql + Sync), Type) {
    match param {
        Param::Int4(v) => (v, Type::INT4),
        Param::Int8(v) => (v, Type::INT8),
        Param::Float8(v) => (v, Type::FLOAT8),
        Param::Float8Array(v) => (v, Type::FLOAT8_ARRAY),
        Param::Text(v) => (v, Type::TEXT),
        Param::TextArray(v) => (v, Type::TEXT_ARRAY),
        Param::Timestamptz(v) => (v, Type::TIMESTAMPTZ),
        Param::TimestamptzArray(v) => (v, Type::TIMESTAMPTZ_ARRAY),
    }
}

fn values(row: &Row, columns: &[ColumnType]) -> Result<Vec<Value>> {
    let unexpected = |e| Error::internal(format!("a row of a question that cannot be read: {e}"));
    let one = |(i, kind): (usize, &ColumnType)| {
        let value = match kind {
            ColumnType::Int4 => row.try_get::<_, Option<i32>>(i)?.map(|v| Value::Int(i64::from(v))),
            ColumnType::Int8 => row.try_get::<_, Option<i64>>(i)?.map(Value::Int),
            ColumnType::Float8 => row.try_get::<_, Option<f64>>(i)?.map(Value::Float),
            ColumnType::Text => row.try_get::<_, Option<String>>(i)?.map(Value::Text),
        };
        Ok(value.unwrap_or(Value::Null))
    };
    columns.iter().enumerate().map(one).collect::<Result<_, tokio_postgres::Error>>().map_err(unexpected)
}

impl<M: Mode> Questions<'_, '_, M> {
    /// What a question to the dataset of this name is asked in.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn state(&mut self, name: &str) -> Result<QuestionState> {
        let row = self
            .0
            .row(
                "SELECT d.id, d.definition, d.version, d.events, d.updated_at, d.number, d.data_version, \
                        d.rolled, s.time_zone, s.week_start FROM settings s LEFT JOIN datasets d ON d.name = $1",
                &[&name],
            )
            .await?
            .ok_or_else(super::unseeded)?;
        let there = row.get::<_, Option<uuid::Uuid>>(0).is_some();
        Ok(QuestionState {
            time_zone: row.get(8),
            week_start: super::settings::week_start(row.get(9))?,
            dataset: there.then(|| Unseen::of(&row)).transpose()?.and_then(|d| d.seen(self.0)),
        })
    }

    /// The rows of statements that were compiled, sent together. One result for each up to the first that fails;
    /// those behind it were not run, and nothing else can be run in this transaction.
    ///
    /// # Errors
    /// `database.down`; inside the results also `timeout`.
    pub async fn run<S: Borrow<Statement>>(&mut self, statements: &[S]) -> Result<Vec<Result<Rows>>> {
        let compiled: Vec<Compiled<'_>> = statements
            .iter()
            .map(Borrow::borrow)
            .map(|s| Compiled { sql: &s.sql, params: s.params.iter().map(bound).collect() })
            .collect();
        let results = self.0.compiled(&compiled).await?;
        let read = |(result, statement): (Result<Vec<Row>>, &S)| {
            result.and_then(|rows| rows.iter().map(|row| values(row, &statement.borrow().columns)).collect())
        };
        Ok(results.into_iter().zip(statements).map(read).collect())
    }
}
