//! `insula cell …`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use crate::config::env;
use crate::failure::{Exit, Failure};
use crate::terminal::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum Cell {
    /// List the PostgreSQL servers that hold tenants' data, with what they bear
    List,
    /// Prepare another PostgreSQL server as a cell
    Add(Add),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  INSULA_CELL_URL=postgres://postgres:…@10.0.0.7/postgres insula cell add eu-2 --region eu")]
pub(crate) struct Add {
    /// Its name: a-z, 0-9 and hyphens
    name: String,
    /// Where it is
    #[arg(long, default_value = "local")]
    region: String,
    /// postgres://user:password@host:port/database of a login that may make roles and databases; better given as
    /// INSULA_CELL_URL
    #[arg(long, value_name = "URL")]
    dsn: Option<String>,
}

impl Cell {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        match self {
            Self::List => {
                let list = api.all("/cells", &[], 1000).await?;
                cx.out.result(&list, |style| {
                    let text = |cell: &Value, name: &str| match cell.get(name) {
                        Some(Value::String(text)) => text.clone(),
                        Some(Value::Null) | None => String::new(),
                        Some(other) => other.to_string(),
                    };
                    let rows = list.items.iter().map(|cell| {
                        let mut row = vec![style.bold(&text(cell, "name"))];
                        row.extend(["region", "address"].map(|name| text(cell, name)));
                        row.push(style.status(&text(cell, "status")));
                        row.extend(["pooled", "schema", "database"].map(|name| text(cell, name)));
                        row
                    });
                    let head = ["cell", "region", "address", "status", "pooled", "schemas", "databases"];
                    table(style, &head, &[4, 5, 6], rows.collect())
                });
            }
            Self::Add(add) => {
                let dsn = add.dsn.or_else(|| env::var("INSULA_CELL_URL")).ok_or_else(|| {
                    Failure::usage("Say where the server is: --dsn, or better INSULA_CELL_URL.")
                })?;
                let body = json!({ "name": add.name, "region": add.region, "dsn": dsn });
                let made = api.post("/cells", &body).await?;
                cx.out.result(&made, |style| format!("Cell {} takes tenants.", style.bold(&add.name)));
            }
        }
        Ok(Exit::Done)
    }
}
