//! `insula dataset …`: datasets as files, to keep them in git.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use insula_model::Scope;
use serde_json::json;

use super::Context;
use crate::access::{self, Access};
use crate::datasets::{self, files};
use crate::failure::{Exit, Failure};
use crate::terminal::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum DatasetCommand {
    /// List a tenant's datasets
    List(List),
    /// Write datasets as files, or one to standard output
    Export(Export),
    /// Declare datasets as files say
    Apply(Apply),
}

/// Whose datasets, and by what right.
#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// Slug or id; with --key the workspace's address, such as https://acme.example
    tenant: String,
    /// An API key of the tenant with data:read and data:write; better given as INSULA_KEY. With data:read alone there are
    /// only those datasets that every member may see
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Without a key: why you look, 8 characters or more; the tenant's audit log has it
    #[arg(long, default_value = "insula dataset: datasets as files")]
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
  insula dataset export acme flights > flights.toml
  insula dataset export acme --to datasets/ --form json
  INSULA_KEY=isk_… insula dataset export https://acme.example --to datasets/

A file has the name, what is said of the dataset and its fields, the formulas, and who may see it; never its events.")]
pub(crate) struct Export {
    #[command(flatten)]
    whose: Whose,
    /// One dataset, by name; all of them with --to
    dataset: Option<String>,
    /// The folder to write to, one file for each; it is made if need be
    #[arg(long, value_name = "DIR", required_unless_present = "dataset")]
    to: Option<PathBuf>,
    /// How files are written
    #[arg(long, value_enum, default_value = "toml")]
    form: files::Form,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula dataset apply acme datasets/ --dry-run
  insula dataset apply acme flights.toml

A file is about the dataset of its name; one that is not there is made. Measures and dimensions that the file does not list
stay as they are, because their values are stored; a measure with a formula that it does not list is gone. Who may see the
dataset stays as it is where the file does not say `visible_to`.

Exit code 1: a file is wrong, and nothing was changed. Exit code 5: a part was applied.")]
pub(crate) struct Apply {
    #[command(flatten)]
    whose: Whose,
    /// Files, or folders of *.toml and *.json files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Whose {
    /// Without data:write, datasets that not everybody may see would be missing in what is listed and written.
    async fn open(&self, cx: &Context) -> Result<Access, Failure> {
        let made = ("insula dataset", &[Scope::DataRead, Scope::DataWrite][..]);
        access::open(cx, &self.tenant, self.key.as_deref(), &self.reason, made).await
    }
}

impl DatasetCommand {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(args) => args.run(cx).await,
            Self::Export(args) => args.run(cx).await,
            Self::Apply(args) => args.run(cx).await,
        }
    }
}

impl List {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let access = self.whose.open(cx).await?;
        let datasets = datasets::list(&access.api).await?;
        cx.out.result(&json!({ "items": datasets }), |style| {
            let rows = datasets.iter().map(|d| {
                let of = &d.definition;
                vec![
                    style.bold(&of.name),
                    of.label.clone(),
                    d.events.unwrap_or_default().to_string(),
                    (of.measures.len() + of.calculated.len()).to_string(),
                    of.dimensions.len().to_string(),
                    of.visible_to.as_str().to_owned(),
                ]
            });
            let heads = ["name", "label", "events", "measures", "dimensions", "visible to"];
            table(style, &heads, &[2, 3, 4], rows.collect())
        });
        Ok(Exit::Done)
    }
}

impl Export {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let access = self.whose.open(cx).await?;
        datasets::export(cx, &access.api, self.dataset.as_deref(), self.to.as_deref(), self.form).await
    }
}

impl Apply {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let wishes = files::read_all(&self.files)?;
        let access = self.whose.open(cx).await?;
        datasets::apply(cx, &access.api, &wishes, self.dry_run).await
    }
}
