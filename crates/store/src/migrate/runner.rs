//! Applies migrations to one target or to thousands.

use std::collections::HashMap;
use std::time::Duration;

use insula_model::{Error, Result, problem};
use tokio_postgres::Client;

use super::set::{Migration, MigrationSet};
use crate::failure::failure;
use crate::name::Name;

/// How many targets share a transaction: enough to spread the cost of a commit, few enough to hold locks briefly.
const BATCH: usize = 50;
/// How often a batch that met a lock is tried before its targets are tried one by one.
const TRIES: u32 = 5;

/// The book of migrations, in every database.
const BOOK: &str = "CREATE SCHEMA IF NOT EXISTS book; \
     CREATE TABLE IF NOT EXISTS book.migrations ( \
         target text NOT NULL, version integer NOT NULL, name text NOT NULL, checksum bytea NOT NULL, \
         applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (target, version)); \
     REVOKE ALL ON SCHEMA book FROM PUBLIC; \
     GRANT USAGE ON SCHEMA book TO insula_admin; GRANT SELECT ON book.migrations TO insula_admin;";

/// A schema that migrations are applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The schema; also its name in the book.
    pub(crate) schema: Name,
    /// The role that the migrations grant to.
    pub(crate) role: Name,
}

/// A target that could not be brought up to date. It keeps the version that it had.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TargetFailure {
    /// The database.
    pub database: String,
    /// The schema.
    pub target: String,
    /// The migration that failed.
    pub version: i32,
    /// PostgreSQL's words.
    pub message: String,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Outcome {
    /// Targets that were looked at.
    pub targets: usize,
    /// Targets that got at least one migration.
    pub changed: usize,
    /// Targets that are kept aside for a person.
    pub failed: Vec<TargetFailure>,
}

/// Makes the book if it is missing.
pub(crate) async fn ensure_book(client: &Client, owner: &Name) -> Result<()> {
    batch(
        client,
        &format!("BEGIN; SET LOCAL ROLE {owner}; SET LOCAL client_min_messages = warning; {BOOK} COMMIT;"),
    )
    .await
    .map_err(|e| failure(&e))
}

/// Runs `work` while no other runner works on this database.
pub(crate) async fn locked<T>(client: &Client, work: impl AsyncFnOnce() -> Result<T>) -> Result<T> {
    const KEY: i64 = 0x696e_7375_6c61; // "insula"
    client.execute("SELECT pg_advisory_lock($1)", &[&KEY]).await.map_err(|e| failure(&e))?;
    let result = work().await;
    client.execute("SELECT pg_advisory_unlock($1)", &[&KEY]).await.map_err(|e| failure(&e))?;
    result
}

/// The versions that the book knows of one entry, or of all tenant targets (whose names are schemas; other entries
/// begin with `+`), after checking that what was applied is what the set has.
pub(crate) async fn versions(
    client: &Client,
    set: &MigrationSet,
    one: Option<&str>,
) -> Result<HashMap<String, i32>> {
    let known: HashMap<i32, (&str, Vec<u8>)> =
        set.migrations.iter().map(|m| (m.version, (m.name.as_str(), m.checksum()))).collect();
    let rows = client
        .query(
            "SELECT target, max(version) FROM book.migrations WHERE CASE WHEN $1::text IS NULL THEN NOT starts_with(target, '+') ELSE target = $1 END GROUP BY target",
            &[&one],
        )
        .await
        .map_err(|e| failure(&e))?;
    let applied = client
        .query(
            "SELECT DISTINCT version, checksum FROM book.migrations WHERE CASE WHEN $1::text IS NULL THEN NOT starts_with(target, '+') ELSE target = $1 END",
            &[&one],
        )
        .await
        .map_err(|e| failure(&e))?;
    for row in applied {
        let (version, checksum): (i32, Vec<u8>) = (row.get(0), row.get(1));
        match known.get(&version) {
            Some((_, ours)) if *ours == checksum => {}
            Some((name, _)) => {
                return Err(Error::new(
                    problem::SETTINGS,
                    format!(
                        "Migration {version} ({name}) was applied with another text than this binary has. \
                         A migration that was applied is never changed; use the binary that belongs to this data."
                    ),
                ));
            }
            None => {
                return Err(Error::new(
                    problem::SETTINGS,
                    format!(
                        "The data is at migration {version}, which this binary does not know. Use a newer binary."
                    ),
                ));
            }
        }
    }
    Ok(rows.into_iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The statements that bring one target over one migration, to run inside a transaction as the owner.
pub(crate) fn step_sql(target: &Target, book_name: &str, migration: &Migration) -> String {
    let checksum: String = migration.checksum().iter().map(|b| format!("{b:02x}")).collect();
    format!(
        "SET LOCAL search_path = {schema}, pg_temp; SET LOCAL insula.target_role = '{role}'; {sql}\n; \
         INSERT INTO book.migrations (target, version, name, checksum) \
         VALUES ('{book_name}', {version}, '{name}', '\\x{checksum}');",
        schema = target.schema,
        role = target.role,
        sql = migration.sql,
        version = migration.version,
        name = migration.name.replace('\'', "''"),
    )
}

/// Brings one target up to date. `book_name` is what the book calls it.
pub(crate) async fn apply_one(
    client: &Client,
    owner: &Name,
    target: &Target,
    book_name: &str,
    set: &MigrationSet,
) -> Result<bool> {
    let at = versions(client, set, Some(book_name)).await?.get(book_name).copied().unwrap_or_default();
    let mut changed = false;
    for migration in set.migrations.iter().filter(|m| m.version > at) {
        single(client, owner, target, book_name, migration).await.map_err(|e| {
            failure(&e)
                .context(format!("migration {} ({}) of {book_name}", migration.version, migration.name))
        })?;
        changed = true;
    }
    Ok(changed)
}

/// Brings many targets of one database up to date: in batches, one migration after the other, each batch one
/// transaction. A batch that fails is tried again target by target, and targets that fail alone are kept aside.
pub(crate) async fn apply_many(
    client: &Client,
    owner: &Name,
    database: &str,
    targets: &[Target],
    set: &MigrationSet,
    mut progress: impl FnMut(usize),
) -> Result<Outcome> {
    let at = versions(client, set, None).await?;
    let mut outcome = Outcome { targets: targets.len(), ..Outcome::default() };
    let mut done = 0;
    let version_of = |t: &Target| at.get(t.schema.as_str()).copied().unwrap_or_default();
    let (behind, current): (Vec<&Target>, Vec<&Target>) =
        targets.iter().partition(|t| version_of(t) < set.latest());
    done += current.len();
    progress(done);
    for chunk in behind.chunks(BATCH) {
        let mut failed = std::collections::HashSet::new();
        for migration in &set.migrations {
            let due: Vec<&&Target> = chunk
                .iter()
                .filter(|t| version_of(t) < migration.version && !failed.contains(t.schema.as_str()))
                .collect();
            if due.is_empty() {
                continue;
            }
            if !migration.alone() && together(client, owner, &due, migration).await? {
                continue;
            }
            for target in due {
                if let Err(error) = single(client, owner, target, target.schema.as_str(), migration).await {
                    if error.is_closed() {
                        return Err(failure(&error));
                    }
                    failed.insert(target.schema.as_str());
                    outcome.failed.push(TargetFailure {
                        database: database.to_owned(),
                        target: target.schema.to_string(),
                        version: migration.version,
                        message: error
                            .as_db_error()
                            .map_or_else(|| error.to_string(), |e| e.message().to_owned()),
                    });
                }
            }
        }
        outcome.changed += chunk.len() - failed.len();
        done += chunk.len();
        progress(done);
    }
    Ok(outcome)
}

/// One migration for a batch of targets in one transaction. `false`: it failed and was rolled back.
async fn together(client: &Client, owner: &Name, due: &[&&Target], migration: &Migration) -> Result<bool> {
    let mut sql = opening(owner);
    for target in due {
        sql.push_str(&step_sql(target, target.schema.as_str(), migration));
    }
    sql.push_str("COMMIT;");
    for attempt in 1..=TRIES {
        match batch(client, &sql).await {
            Ok(()) => return Ok(true),
            Err(error) if error.is_closed() => return Err(failure(&error)),
            Err(error) if met_a_lock(&error) && attempt < TRIES => {
                tokio::time::sleep(Duration::from_millis(100 * u64::from(attempt))).await;
            }
            Err(_) => return Ok(false),
        }
    }
    Ok(false)
}

/// One migration for one target.
async fn single(
    client: &Client,
    owner: &Name,
    target: &Target,
    book_name: &str,
    migration: &Migration,
) -> Result<(), tokio_postgres::Error> {
    if !migration.alone() {
        return batch(
            client,
            &format!("{}{}COMMIT;", opening(owner), step_sql(target, book_name, migration)),
        )
        .await;
    }
    // Outside of a transaction each statement travels alone; the book is written after the last of them.
    client.batch_execute(&format!("SET ROLE {owner}; SET search_path = {};", target.schema)).await?;
    let mut result = drop_invalid_indexes(client, target).await;
    for statement in migration.sql.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        if result.is_err() {
            break;
        }
        result = client.batch_execute(statement).await;
    }
    if result.is_ok() {
        let checksum: String = migration.checksum().iter().map(|b| format!("{b:02x}")).collect();
        result = client
            .batch_execute(&format!(
                "INSERT INTO book.migrations (target, version, name, checksum) \
                 VALUES ('{book_name}', {}, '{}', '\\x{checksum}')",
                migration.version, migration.name
            ))
            .await;
    }
    client.batch_execute("RESET ROLE; RESET search_path;").await?;
    result
}

/// Takes away what an earlier try left when it was stopped in the middle of `CREATE INDEX CONCURRENTLY`: an index that
/// serves nobody and that `IF NOT EXISTS` would take for the real one. Nobody else builds one: the runner is alone.
async fn drop_invalid_indexes(client: &Client, target: &Target) -> Result<(), tokio_postgres::Error> {
    let sql = "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                WHERE c.relnamespace = to_regnamespace($1) AND NOT i.indisvalid AND c.relkind = 'i'";
    for row in client.query(sql, &[&target.schema.as_str()]).await? {
        let index: String = row.get(0);
        let index = index.replace('"', "\"\"");
        client
            .batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {}.\"{index}\"", target.schema))
            .await?;
        tracing::warn!(schema = %target.schema, index, "an index that was left half-made is made again");
    }
    Ok(())
}

fn opening(owner: &Name) -> String {
    format!(
        "BEGIN; SET LOCAL ROLE {owner}; SET LOCAL lock_timeout = '2s'; SET LOCAL client_min_messages = warning;"
    )
}

fn met_a_lock(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|e| matches!(e.code().code(), "55P03" | "40P01" | "40001"))
}

/// Runs a text of several statements; after an error the transaction that it began is rolled back.
pub(crate) async fn batch(client: &Client, sql: &str) -> Result<(), tokio_postgres::Error> {
    let result = client.batch_execute(sql).await;
    if result.is_err() {
        let _ = client.batch_execute("ROLLBACK").await;
    }
    result
}
