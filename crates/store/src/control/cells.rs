//! Cells in the catalogue.

use insula_model::policy::operator_action::{CellCreate, CellList};
use insula_model::{Error, Result, Tier, problem};
use serde::Serialize;
use tokio_postgres::Client;

use super::operator_requests::seen;
use crate::Store;
use crate::cell::{ADMIN, APP, Cell, CellSpec, Roles};
use crate::dial::Login;
use crate::failure::failure;
use crate::install::{Names, Server, prepare_cell};
use crate::scope::{ControlEntry, ControlTx, OperatorPermit};

/// A cell as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellSummary {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// Host and port.
    pub address: String,
    /// `open`, `full` or `drained`.
    pub state: String,
    /// How many tenants of each tier it bears now.
    pub pooled: i64,
    /// Own schemas.
    pub schema: i64,
    /// Own databases.
    pub database: i64,
    /// How many own schemas it may bear.
    pub schema_limit: i32,
    /// How many own databases it may bear.
    pub database_limit: i32,
}

/// Writes a cell into the catalogue, or what changed about it.
pub(crate) async fn record(control: &Client, spec: &CellSpec) -> Result<()> {
    let address = serde_json::to_value(&spec.address).map_err(Error::internal)?;
    let secrets = serde_json::json!({ "app": spec.app, "admin": spec.admin });
    control
        .execute(
            "INSERT INTO cells (name, region, address, secrets, shared_database, template_database, database_prefix) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO UPDATE \
                SET address = excluded.address, secrets = excluded.secrets",
            &[
                &spec.name,
                &spec.region,
                &address,
                &secrets,
                &spec.shared_database,
                &spec.template_database,
                &spec.database_prefix,
            ],
        )
        .await
        .map_err(|e| failure(&e))?;
    Ok(())
}

/// Makes sure that a cell takes one more tenant of a tier, and keeps others from taking that place until the
/// transaction ends. Tenants whose quarantine runs still have theirs.
pub(super) async fn room(tx: &mut ControlTx, cell: &str, tier: Tier) -> Result<()> {
    // The lock makes those that ask at once take turns; foreign keys to the cell do not wait for it. Pooled tenants
    // have no limit, and do not queue.
    let sql = match tier {
        Tier::Pooled => "SELECT state, NULL::int4 FROM cells WHERE name = $1",
        Tier::Schema => "SELECT state, schema_limit FROM cells WHERE name = $1 FOR NO KEY UPDATE",
        Tier::Database => "SELECT state, database_limit FROM cells WHERE name = $1 FOR NO KEY UPDATE",
    };
    let row = tx.row(sql, &[&cell]).await?;
    let row = row.ok_or_else(|| {
        Error::new(problem::CELL_UNKNOWN, format!("There is no cell {cell:?}.")).at("/cell")
    })?;
    let (state, limit): (String, Option<i32>) = (row.get(0), row.get(1));
    if state != "open" {
        let detail = format!("The cell {cell:?} is {state} and takes no new tenants. Choose another cell.");
        return Err(Error::new(problem::CELL_FULL, detail).at("/cell"));
    }
    let Some(limit) = limit else { return Ok(()) };
    let borne = tx
        .row("SELECT count(*) FROM placements WHERE cell = $1 AND tier = $2", &[&cell, &tier.as_str()])
        .await?
        .map_or(0, |row| row.get::<_, i64>(0));
    if borne < i64::from(limit) {
        return Ok(());
    }
    let detail = format!(
        "The cell {cell:?} bears {limit} tenants of the tier {tier}, and has them. Choose another tier or cell, or add \
         a cell.",
        tier = tier.as_str()
    );
    Err(Error::new(problem::CELL_FULL, detail).at("/tier"))
}

impl Store {
    pub(crate) async fn read_cells(&self) -> Result<Vec<CellSpec>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT name, region, address, secrets, shared_database, template_database, database_prefix \
                   FROM cells ORDER BY name",
                &[],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let secrets: serde_json::Value = row.get(3);
                let login = |what: &str| -> Result<Login> {
                    serde_json::from_value(secrets.get(what).cloned().unwrap_or_default())
                        .map_err(Error::internal)
                };
                Ok(CellSpec {
                    name: row.get(0),
                    region: row.get(1),
                    address: serde_json::from_value(row.get(2)).map_err(Error::internal)?,
                    app: login("app")?,
                    admin: login("admin")?,
                    shared_database: row.get(4),
                    template_database: row.get(5),
                    database_prefix: row.get(6),
                })
            })
            .collect()
    }

    /// The cells with what they bear.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn cell_list(&self, _: &OperatorPermit<'_, CellList>) -> Result<Vec<CellSummary>> {
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT c.name, c.region, (c.address ->> 'host') || ':' || (c.address ->> 'port'), c.state, \
                        count(*) FILTER (WHERE p.tier = 'pooled'), count(*) FILTER (WHERE p.tier = 'schema'), \
                        count(*) FILTER (WHERE p.tier = 'database'), c.schema_limit, c.database_limit \
                   FROM cells c LEFT JOIN placements p ON p.cell = c.name GROUP BY c.name ORDER BY c.name",
                &[],
            )
            .await?;
        Ok(rows
            .iter()
            .map(|row| CellSummary {
                name: row.get(0),
                region: row.get(1),
                address: row.get(2),
                state: row.get(3),
                pooled: row.get(4),
                schema: row.get(5),
                database: row.get(6),
                schema_limit: row.get(7),
                database_limit: row.get(8),
            })
            .collect())
    }

    /// Prepares another PostgreSQL server as a cell and adds it to the catalogue.
    ///
    /// # Errors
    /// `cell.unusable` with everything that is missing.
    pub async fn cell_create(
        &self,
        permit: &OperatorPermit<'_, CellCreate>,
        name: &str,
        region: &str,
        server: &Server,
        names: &Names,
        passwords: &Roles,
    ) -> Result<()> {
        for (text, pointer) in [(name, "/name"), (region, "/region")] {
            let ok = (1..=40).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !ok {
                return Err(Error::invalid(
                    pointer,
                    "invalid",
                    "1 to 40 of the characters a-z, 0-9 and hyphen.",
                ));
            }
        }
        let spec = CellSpec {
            name: name.to_owned(),
            region: region.to_owned(),
            address: server.address.clone(),
            app: Login { user: APP.to_owned(), password: passwords.app.clone() },
            admin: Login { user: ADMIN.to_owned(), password: passwords.admin.clone() },
            shared_database: names.shared.clone(),
            template_database: names.template.clone(),
            database_prefix: names.prefix.clone(),
        };
        let mut tx = self.control().await?;
        // One at a time, to its end: the roles belong to the server, and preparing it twice would lock the first cell out.
        tx.row("SELECT pg_advisory_xact_lock(7596)", &[]).await?;
        if seen(&mut tx, permit.op, self.inner.world.now()).await? {
            return Ok(());
        }
        let place = format!("{}:{}", spec.address.host, spec.address.port);
        let there = tx
            .rows(
                "SELECT name, (address ->> 'host') || ':' || (address ->> 'port') = $2 FROM cells \
                  WHERE name = $1 OR (address ->> 'host') || ':' || (address ->> 'port') = $2",
                &[&name, &place],
            )
            .await?;
        for row in there {
            let (other, same_place): (String, bool) = (row.get(0), row.get(1));
            if other == name {
                let detail = format!("A cell {name:?} exists already.");
                return Err(Error::new(problem::INVALID, detail).at("/name"));
            }
            if same_place {
                let detail = format!("The cell {other:?} is on this server already.");
                return Err(Error::new(problem::CELL_UNUSABLE, detail).at("/dsn"));
            }
        }
        prepare_cell(server, passwords, &spec, &self.inner.migrations, &self.inner.tasks).await?;
        let address = serde_json::to_value(&spec.address).map_err(Error::internal)?;
        let secrets = serde_json::json!({ "app": spec.app, "admin": spec.admin });
        tx.execute(
            "INSERT INTO cells (name, region, address, secrets, shared_database, template_database, database_prefix) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                &spec.name,
                &spec.region,
                &address,
                &secrets,
                &spec.shared_database,
                &spec.template_database,
                &spec.database_prefix,
            ],
        )
        .await?;
        tx.commit_with(&ControlEntry {
            action: "cell.create",
            actor: &permit.op.actor,
            subject: name.to_owned(),
            request: permit.op.request.to_string(),
            detail: serde_json::json!({ "region": region, "address": spec.address }).to_string(),
        })
        .await?;
        self.add_cell(Cell::new(spec, self.inner.sizes, &self.inner.migrations, &self.inner.tasks)?);
        Ok(())
    }
}
