//! The sets of migrations that the binary carries.

use sha2::{Digest, Sha256};

/// One step.
#[derive(Debug, Clone)]
pub struct Migration {
    /// 1, 2, 3, … without gaps.
    pub version: i32,
    /// The file's name without number and ending.
    pub name: String,
    /// What it does.
    pub sql: String,
}

/// First line of a migration that PostgreSQL cannot run inside a transaction (`CREATE INDEX CONCURRENTLY`).
const ALONE: &str = "-- insula:no-transaction";

impl Migration {
    /// Whether it runs outside of a transaction. Such a step must be harmless when it runs twice.
    #[must_use]
    pub fn alone(&self) -> bool {
        self.sql.starts_with(ALONE)
    }

    pub(crate) fn checksum(&self) -> Vec<u8> {
        Sha256::digest(self.sql.as_bytes()).to_vec()
    }
}

/// An ordered list of migrations.
#[derive(Debug, Clone)]
pub struct MigrationSet {
    /// The steps in order.
    pub migrations: Vec<Migration>,
}

macro_rules! set {
    ($($file:literal),* $(,)?) => {
        MigrationSet { migrations: vec![$(Migration::of($file, include_str!(concat!("../../migrations/", $file)))),*] }
    };
}

impl Migration {
    fn of(file: &str, sql: &str) -> Self {
        let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".sql");
        let (number, name) = stem.split_once('_').unwrap_or(("0", stem));
        Self { version: number.parse().unwrap_or_default(), name: name.to_owned(), sql: sql.to_owned() }
    }
}

impl MigrationSet {
    /// Of the control database.
    #[must_use]
    pub fn control() -> Self {
        set![
            "control/0001_control.sql",
            "control/0002_watch.sql",
            "control/0003_operator_tokens.sql",
            "control/0004_operator_requests.sql",
            "control/0005_templates.sql"
        ]
    }

    /// Of each data database, once.
    #[must_use]
    pub fn wall() -> Self {
        set!["wall/0001_wall.sql"]
    }

    /// The database's own check of the walls: no migration, because only a superuser may install it, again and again.
    #[must_use]
    pub fn wall_check() -> &'static str {
        include_str!("../../migrations/superuser/wall_check.sql")
    }

    /// Of each target: the pooled schema, a tenant's schema, a tenant's database.
    #[must_use]
    pub fn tenant() -> Self {
        set![
            "tenant/0001_tenant.sql",
            "tenant/0002_embedding.sql",
            "tenant/0003_dashboard_versions.sql",
            "tenant/0004_rollups.sql",
            "tenant/0005_tables.sql",
            "tenant/0006_favourites.sql",
            "tenant/0007_table_values.sql",
        ]
    }

    /// The version of a target that has all of it.
    #[must_use]
    pub fn latest(&self) -> i32 {
        self.migrations.last().map_or(0, |m| m.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_from_one_without_gaps() {
        for set in [MigrationSet::control(), MigrationSet::wall(), MigrationSet::tenant()] {
            for (i, m) in set.migrations.iter().enumerate() {
                assert_eq!(usize::try_from(m.version), Ok(i + 1), "{}", m.name);
            }
        }
    }
}
