//! The other side of comparisons of reading: the same text with the tenant written into it by hand, on a bare
//! connection that no wall holds back, each text prepared once.

use std::collections::HashMap;

use insula_insight::{Param, Statement};
use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::Result;
use crate::place::Place;

/// One connection.
pub(crate) struct Bare {
    client: Client,
    prepared: HashMap<String, tokio_postgres::Statement>,
}

impl Bare {
    pub(crate) async fn connect(place: &Place) -> Result<Self> {
        Ok(Self { client: place.bare(&place.names.shared).await?, prepared: HashMap::new() })
    }

    /// How many rows the statement gives for a tenant.
    pub(crate) async fn query(&mut self, sql: &str, statement: &Statement, tenant: &Uuid) -> Result<usize> {
        let mut params: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(statement.params.len() + 1);
        let mut kinds = Vec::with_capacity(statement.params.len() + 1);
        for param in &statement.params {
            let (value, kind): (&(dyn ToSql + Sync), Type) = match param {
                Param::Int4(v) => (v, Type::INT4),
                Param::Int8(v) => (v, Type::INT8),
                Param::Float8(v) => (v, Type::FLOAT8),
                Param::Float8Array(v) => (v, Type::FLOAT8_ARRAY),
                Param::Text(v) => (v, Type::TEXT),
                Param::TextArray(v) => (v, Type::TEXT_ARRAY),
                Param::Timestamptz(v) => (v, Type::TIMESTAMPTZ),
                Param::TimestamptzArray(v) => (v, Type::TIMESTAMPTZ_ARRAY),
            };
            params.push(value);
            kinds.push(kind);
        }
        params.push(tenant);
        kinds.push(Type::UUID);
        if !self.prepared.contains_key(sql) {
            let statement = self.client.prepare_typed(sql, &kinds).await?;
            self.prepared.insert(sql.to_owned(), statement);
        }
        Ok(self.client.query(&self.prepared[sql], &params).await?.len())
    }
}

/// The same text with the tenant written into it.
pub(crate) fn filtered(statement: &Statement) -> String {
    let tenant = format!("WHERE tenant_id = ${} AND ", statement.params.len() + 1);
    let mut sql = statement.sql.clone();
    for condition in ["dataset = $1", "id = $1"] {
        sql = sql.replace(&format!("WHERE {condition}"), &format!("{tenant}{condition}"));
    }
    sql
}
