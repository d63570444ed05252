//! `insula table …`: tables that dimensions are looked up in or datasets show, as files.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use insula_model::{Scope, TableColumn, TableColumnKind};
use serde_json::json;

use super::Context;
use crate::access::{self, Access};
use crate::datasets::files::Form;
use crate::failure::{Exit, Failure};
use crate::tables;
use crate::terminal::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum TableCommand {
    /// List a tenant's tables
    List(List),
    /// Write tables as files, or one to standard output
    Export(Export),
    /// Declare tables as files say
    Apply(Apply),
    /// Put the rows of a CSV file in the place of all that a table has
    Put(Put),
}

/// Whose tables, and by what right.
#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// Slug or id; with --key the workspace's address, such as https://acme.example
    tenant: String,
    /// An API key of the tenant with data:write; better given as INSULA_KEY
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Without a key: why you look, 8 characters or more; the tenant's audit log has it
    #[arg(long, default_value = "insula table: tables as files")]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula table export acme airlines > airlines.toml
  insula table export acme airlines --rows > airlines.csv
  insula table export acme --to tables/")]
pub(crate) struct Export {
    #[command(flatten)]
    whose: Whose,
    /// One table, by name; all of them with --to
    table: Option<String>,
    /// The folder to write to, for each table a file that declares it and one with its rows; it is made if need be
    #[arg(long, value_name = "DIR", required_unless_present = "table", conflicts_with = "rows")]
    to: Option<PathBuf>,
    /// Write the rows as CSV, and not what the table is made of
    #[arg(long)]
    rows: bool,
    /// How files that declare tables are written
    #[arg(long, value_enum, default_value = "toml")]
    form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula table apply acme airlines.toml --dry-run
  insula table apply acme airlines.toml airports.toml

A file is about the table of its name; one that is not there is made, without rows. A column that the file does not list is
gone, with its values, unless something is looked up in it.")]
pub(crate) struct Apply {
    #[command(flatten)]
    whose: Whose,
    /// *.toml or *.json files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula table put acme airlines airlines.csv
  INSULA_KEY=isk_… insula table put https://acme.example plans plans.csv --key-column plan
  insula table put acme subscriptions subscriptions.csv --number mrr,seats --time started_on

The first line names the columns; those that the table does not have are made, as texts unless --number or --time names them. A
table that is not there is made, too. Either all rows are taken or none: what is wrong is said with its line. Times without an
offset are those of the tenant's time zone, and a date is its first moment.")]
pub(crate) struct Put {
    #[command(flatten)]
    whose: Whose,
    /// The table, by name
    table: String,
    /// The CSV file
    file: PathBuf,
    /// For a table that is not there: the name of the column that is its key; the first one unless given
    #[arg(long, value_name = "NAME")]
    key_column: Option<String>,
    /// Columns of numbers
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    number: Vec<String>,
    /// The column that says when each row is; a dataset over the table needs one
    #[arg(long, value_name = "NAME")]
    time: Option<String>,
}

impl Whose {
    async fn open(&self, cx: &Context) -> Result<Access, Failure> {
        let made = ("insula table", &[Scope::DataWrite][..]);
        access::open(cx, &self.tenant, self.key.as_deref(), &self.reason, made).await
    }
}

impl TableCommand {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(args) => args.run(cx).await,
            Self::Export(args) => args.run(cx).await,
            Self::Apply(args) => args.run(cx).await,
            Self::Put(args) => args.run(cx).await,
        }
    }
}

impl List {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let access = self.whose.open(cx).await?;
        let tables = tables::list(&access.api).await?;
        cx.out.result(&json!({ "items": tables }), |style| {
            let rows = tables.iter().map(|t| {
                let of = &t.definition;
                let column = |c: &TableColumn| match c.kind {
                    TableColumnKind::Text => c.name.clone(),
                    kind => format!("{} ({kind})", c.name),
                };
                let columns: Vec<String> = of.columns.iter().map(column).collect();
                vec![
                    style.bold(&of.name),
                    of.label.clone(),
                    t.rows.to_string(),
                    of.key.name.clone(),
                    columns.join(", "),
                ]
            });
            table(style, &["name", "label", "rows", "key", "columns"], &[2], rows.collect())
        });
        Ok(Exit::Done)
    }
}

impl Export {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let access = self.whose.open(cx).await?;
        let wanted = tables::Exported {
            named: self.table.as_deref(),
            to: self.to.as_deref(),
            rows: self.rows,
            form: self.form,
        };
        tables::export(cx, &access.api, &wanted).await
    }
}

impl Apply {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let wishes = tables::read_all(&self.files)?;
        let access = self.whose.open(cx).await?;
        tables::apply(cx, &access.api, &wishes, self.dry_run).await
    }
}

impl Put {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let access = self.whose.open(cx).await?;
        let columns = tables::Columns { key: self.key_column, numbers: self.number, time: self.time };
        tables::put(cx, &access.api, &self.table, &self.file, &columns).await
    }
}
