//! What in a cell carries the mark of this installation: schemas, databases and roles that are named after a tenant's
//! id. Whether that tenant exists, only the control plane knows (`control/orphans.rs`).

use insula_model::Result;

use super::{APP, Cell, OWNER};
use crate::failure::failure;
use crate::migrate::batch;
use crate::name::Name;

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum StrayKind {
    Schema,
    Database,
    Role,
}

impl StrayKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Database => "database",
            Self::Role => "role",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "schema" => Self::Schema,
            "database" => Self::Database,
            _ => Self::Role,
        }
    }
}

/// The mark on a role: roles belong to the whole server, on which there may be other installations.
pub(super) fn role_mark(shared_database: &str) -> String {
    format!("insula: a tenant of {shared_database}")
}

impl Cell {
    /// Everything that is named after a tenant's id and was made by this installation.
    pub(crate) async fn marked(&self) -> Result<Vec<(StrayKind, String)>> {
        let admin = self.lend_admin().await?;
        let rows = admin
            .client
            .query(
                "SELECT 'schema', nspname::text FROM pg_namespace \
                  WHERE nspname ~ '^t_[0-9a-z]{26}$' AND pg_get_userbyid(nspowner) = $1 \
                 UNION ALL \
                 SELECT 'database', datname::text FROM pg_database WHERE starts_with(datname, $2) \
                    AND substr(datname, length($2) + 1) ~ '^t_[0-9a-z]{26}$' \
                 UNION ALL \
                 SELECT 'role', r.rolname::text FROM pg_roles r JOIN pg_shdescription d \
                     ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass AND d.description = $3 \
                  WHERE r.rolname ~ '^t_[0-9a-z]{26}$'",
                &[&OWNER, &self.spec.database_prefix, &role_mark(&self.spec.shared_database)],
            )
            .await
            .map_err(|e| failure(&e))?;
        Ok(rows.iter().map(|row| (StrayKind::parse(row.get(0)), row.get(1))).collect())
    }

    /// Keeps the application from reaching it, or lets it in again. Nothing in it changes.
    pub(crate) async fn set_apart(&self, kind: StrayKind, name: &str, apart: bool) -> Result<()> {
        let name = Name::new(name)?;
        let as_owner = format!("SET LOCAL ROLE {OWNER};");
        let sql = match (kind, apart) {
            // Its role has the same name, and may be gone.
            (StrayKind::Schema, _) => {
                let change = if apart { "REVOKE ALL ON SCHEMA" } else { "GRANT USAGE ON SCHEMA" };
                let side = if apart { "FROM" } else { "TO" };
                format!(
                    "{as_owner} DO $do$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN \
                     {change} {name} {side} {name}; END IF; END $do$;"
                )
            }
            (StrayKind::Database, true) => {
                format!("{as_owner} REVOKE CONNECT ON DATABASE {name} FROM {APP};")
            }
            (StrayKind::Database, false) => format!("{as_owner} GRANT CONNECT ON DATABASE {name} TO {APP};"),
            (StrayKind::Role, true) => format!("REVOKE {name} FROM {APP};"),
            (StrayKind::Role, false) => format!("GRANT {name} TO {APP};"),
        };
        let admin = self.lend_admin().await?;
        batch(&admin.client, &format!("BEGIN; {sql} COMMIT;")).await.map_err(|e| failure(&e))?;
        if kind == StrayKind::Database && apart {
            self.forget_database(name.as_str());
        }
        Ok(())
    }
}
