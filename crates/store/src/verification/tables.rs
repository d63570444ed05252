//! The tables of a tenant as its own role sees them, and what is in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use insula_model::policy::operator_action::IsolationVerify;
use insula_model::{Error, Result, TenantRecord};

use crate::{Loot, OperatorPermit, Store};

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as PostgreSQL writes it.
    pub kind: String,
}

/// A table that a tenant has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// `SELECT`, `INSERT`, `UPDATE`, `DELETE`: what the tenant's role may do with it.
    pub privileges: Vec<String>,
    /// The columns of its primary key.
    pub key: Vec<String>,
}

impl Table {
    /// Whether the tenant's role may do this with it.
    #[must_use]
    pub fn may(&self, privilege: &str) -> bool {
        self.privileges.iter().any(|p| p == privilege)
    }

    /// The first column of a type, other than the tenant's.
    #[must_use]
    pub fn first(&self, kind: &str) -> Option<&str> {
        self.columns.iter().find(|c| c.kind == kind && c.name != "tenant_id").map(|c| c.name.as_str())
    }
}

/// What each table adds up to: rows and a hash over all of them.
pub type Digest = BTreeMap<String, (i64, String)>;

const TABLES: &str = "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), \
       (SELECT string_agg(p, ',') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p \
         WHERE has_table_privilege(c.oid, p)), \
       coalesce((SELECT array_position(i.indkey::int2[], a.attnum) FROM pg_index i \
                  WHERE i.indrelid = c.oid AND i.indisprimary), -1) \
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname, a.attnum";

impl Store {
    /// The tables of a throw-away tenant.
    ///
    /// # Errors
    /// `internal` for any other tenant; `database.down`.
    pub async fn tables_for_verification(
        &self,
        operator: &OperatorPermit<'_, IsolationVerify>,
        tenant: &Arc<TenantRecord>,
    ) -> Result<Vec<Table>> {
        let loot = good(self.attack_for_verification(operator, tenant, TABLES, false).await?)?;
        let mut tables: Vec<Table> = Vec::new();
        for row in loot.rows {
            let mut cells = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || cells.next().unwrap_or_default();
            let (name, column, kind, privileges, place) = (next(), next(), next(), next(), next());
            if tables.last().is_none_or(|t| t.name != name) {
                let privileges = privileges.split(',').filter(|p| !p.is_empty()).map(str::to_owned).collect();
                tables.push(Table { name, columns: Vec::new(), privileges, key: Vec::new() });
            }
            if let Some(table) = tables.last_mut() {
                if place != "-1" {
                    table.key.push(column.clone());
                }
                table.columns.push(Column { name: column, kind });
            }
        }
        Ok(tables)
    }

    /// What a throw-away tenant's data adds up to, seen by itself.
    ///
    /// # Errors
    /// `internal` for any other tenant; `database.down`.
    pub async fn digest_for_verification(
        &self,
        operator: &OperatorPermit<'_, IsolationVerify>,
        tenant: &Arc<TenantRecord>,
        tables: &[Table],
    ) -> Result<Digest> {
        let each: Vec<String> = tables.iter().filter(|t| t.may("SELECT")).map(adding_up).collect();
        let loot = self.attack_for_verification(operator, tenant, &each.join(" UNION ALL "), false).await?;
        let digest = good(loot)?.rows.into_iter().map(|row| {
            let mut cells = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || cells.next().unwrap_or_default();
            let (name, count, hash) = (next(), next(), next());
            (name, (count.parse().unwrap_or(-1), hash))
        });
        Ok(digest.collect())
    }
}

/// When somebody was last here is noted whenever they look: it says nothing about what there is.
const NOTED: [&str; 2] = ["last_seen_at", "last_used_at"];

fn adding_up(table: &Table) -> String {
    let columns: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    let columns: Vec<&str> = columns.into_iter().filter(|c| !NOTED.contains(c)).collect();
    format!(
        "SELECT '{name}', count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') \
           FROM (SELECT {} FROM {name}) t",
        columns.join(", "),
        name = table.name,
    )
}

/// The rows of a statement that is no attack.
fn good(loot: Loot) -> Result<Loot> {
    match loot.refusal {
        Some(refusal) => Err(Error::internal(refusal.words)),
        None => Ok(loot),
    }
}
