//! `insula dashboard …`: dashboards as files, to keep them in git.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use insula_model::{Dashboard, Scope};

use super::Context;
use crate::access::{self, Access};
use crate::client::read;
use crate::dashboards::{self, Wish};
use crate::failure::{Exit, Failure};
use crate::terminal::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum DashboardCommand {
    /// List a tenant's dashboards
    List(List),
    /// Write dashboards as files, or one to standard output
    Export(Export),
    /// Make and change dashboards as files say
    Apply(Apply),
}

/// Whose dashboards, and by what right.
#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// Slug or id; with --key the workspace's address, such as https://acme.example
    tenant: String,
    /// An API key of the tenant with dashboards:read (and dashboards:write to apply); better given as INSULA_KEY
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Without a key: why you look, 8 characters or more; the tenant's audit log has it
    #[arg(long, default_value = "insula dashboard: dashboards as files")]
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
  insula dashboard export acme Overview > overview.json
  insula dashboard export acme --to dashboards/ --reason 'backup before the migration'
  INSULA_KEY=isk_… insula dashboard export https://acme.example --to dashboards/

A file has the name, the description and the configuration, in one order and one form, so that a difference between two
files is a difference between two dashboards. What it may have in it: /docs/schemas/dashboard.json at every address.")]
pub(crate) struct Export {
    #[command(flatten)]
    whose: Whose,
    /// One dashboard, by name or id; all of them with --to
    dashboard: Option<String>,
    /// The folder to write to, one file for each; it is made if need be
    #[arg(long, value_name = "DIR", required_unless_present = "dashboard")]
    to: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula dashboard apply acme dashboards/ --dry-run
  insula dashboard apply acme overview.json sales.json --note 'weekly release'

A file is about the dashboard of its name, or of --id; one that is not there is made. What was changed in the workspace
since its last `apply` is a conflict and stays, unless --force is given: then the file counts, and what it replaces is in
the dashboard's history.

Exit code 1: nothing was changed, because of conflicts or files that are wrong. Exit code 5: a part was applied.")]
pub(crate) struct Apply {
    #[command(flatten)]
    whose: Whose,
    /// Files, or folders of *.json files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The dashboard of the one file, by id, whatever it is called
    #[arg(long)]
    id: Option<String>,
    /// Say what would change and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Overwrite what was changed in the workspace meanwhile
    #[arg(long)]
    force: bool,
    /// What the versions are noted with
    #[arg(long, default_value = dashboards::NOTE)]
    note: String,
}

impl Whose {
    async fn open(&self, cx: &Context, writes: bool) -> Result<Access, Failure> {
        let all = [Scope::DashboardsRead, Scope::DashboardsWrite];
        let scopes = if writes { &all[..] } else { &all[..1] };
        let made = ("insula dashboard", scopes);
        access::open(cx, &self.tenant, self.key.as_deref(), &self.reason, made).await
    }
}

impl DashboardCommand {
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
        let access = self.whose.open(cx, false).await?;
        let list = access.api.all("/dashboards", &[], 1000).await?;
        let dashboards: Vec<Dashboard> = list.items.iter().map(read).collect::<Result<_, _>>()?;
        cx.out.result(&list, |style| {
            let rows = dashboards.iter().map(|d| {
                let first = if d.default { "opens first" } else { "" };
                vec![
                    d.id.to_string(),
                    style.bold(&d.name),
                    d.version.to_string(),
                    d.updated_at.to_string(),
                    first.to_owned(),
                ]
            });
            table(style, &["id", "name", "version", "changed", ""], &[2], rows.collect())
        });
        Ok(Exit::Done)
    }
}

impl Export {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let access = self.whose.open(cx, false).await?;
        dashboards::export(cx, &access.api, self.dashboard.as_deref(), self.to.as_deref()).await
    }
}

impl Apply {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let wishes: Vec<Wish> = dashboards::files::read_all(&self.files)?;
        if self.id.is_some() && wishes.len() != 1 {
            return Err(Failure::usage("--id says which dashboard one file is about: give one file."));
        }
        let access = self.whose.open(cx, !self.dry_run).await?;
        let order = dashboards::Order {
            wishes,
            id: self.id,
            dry_run: self.dry_run,
            force: self.force,
            note: self.note,
        };
        dashboards::apply(cx, &access.api, order).await
    }
}
