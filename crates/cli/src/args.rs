//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    audit, cell, completions, dashboard, dataset, embed, import, key, mail, migrate, node, openapi,
    operation, operator, table, template, tenant, up, verify,
};
use crate::config::Flag;

const EXAMPLES: &str = "\
Examples:
  insula up --demo                       a running Insula with three demo tenants
  insula tenant create umbrella --tier schema --owner owner@umbrella.test
  insula tenant list --status active --json | jq '.items[].slug'
  insula import csv flights.csv --dataset flights --tenant-column carrier --prefix nyc- \\
      --time-columns year,month,day,hour,minute --time-zone America/New_York \\
      --measure dep_delay,distance --dimension origin,dest --create-tenants

Exit codes:
  0  done
  1  tried and failed (an operation that was undone, a file that cannot be read)
  2  the command line or the configuration is wrong
  3  the API refused; the problem says why
  4  the server does not answer
  5  a part was done; the rest is listed
  6  a wall between tenants did not hold";

/// Isolated, branded analytics for every customer of a SaaS.
#[derive(Debug, Parser)]
#[command(name = "insula", version, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// One JSON document on standard output, also for a failure ({"error": …}); progress goes to standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The configuration file, instead of ./insula.toml and the user's
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The console's address [default: of the running `insula up`, or the last one of this user]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// An operator's token; better given as INSULA_TOKEN
    #[arg(long, global = true, value_name = "TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// How log lines look: text or json
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Log")]
    pub(crate) log: Option<String>,
    /// How much is logged: error, warn, info, debug, trace, or a filter
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Log")]
    pub(crate) log_level: Option<String>,
    /// Where traces go, in builds with OpenTelemetry
    #[arg(long, global = true, value_name = "URL", help_heading = "Log")]
    pub(crate) otlp_endpoint: Option<String>,
}

impl Global {
    pub(crate) fn flags(&self) -> Vec<Flag> {
        given([
            ("client.url", "--url", self.url.clone()),
            ("client.token", "--token", self.token.clone()),
            ("log.format", "--log", self.log.clone()),
            ("log.level", "--log-level", self.log_level.clone()),
            ("log.otlp_endpoint", "--otlp-endpoint", self.otlp_endpoint.clone()),
        ])
    }
}

/// The flags that were given.
pub(crate) fn given<const N: usize>(flags: [(&'static str, &'static str, Option<String>); N]) -> Vec<Flag> {
    flags.into_iter().filter_map(|(path, flag, text)| Some((path, flag, text?))).collect()
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything here: a private PostgreSQL, workers, HTTP
    Up(up::Up),
    /// Run HTTP only, on the databases of an installation
    Serve(node::Serve),
    /// Run operations, jobs and reconcilers only, on the databases of an installation
    Worker(node::Worker),
    /// Bring every database and tenant up to date, or say which are not
    Migrate(migrate::Migrate),
    /// Print the configuration with the origin of each value
    Config(ConfigArgs),
    /// Tenants: create, list, show, suspend, resume, delete
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Operations: list, show, watch, cancel, retry
    #[command(subcommand)]
    Operation(operation::Operation),
    /// Cells: list, add
    #[command(subcommand)]
    Cell(cell::Cell),
    /// API keys of tenants
    #[command(subcommand)]
    Key(key::Key),
    /// Dashboards as files: list, export, apply
    #[command(subcommand)]
    Dashboard(dashboard::DashboardCommand),
    /// Datasets as files: list, export, apply
    #[command(subcommand)]
    Dataset(dataset::DatasetCommand),
    /// Dashboards in other products' pages: tokens, origins, usage
    #[command(subcommand)]
    Embed(embed::Embed),
    /// Tables that dimensions are looked up in, as files: list, export, apply, put
    #[command(subcommand)]
    Table(table::TableCommand),
    /// Templates: dashboards that are published to many tenants
    #[command(subcommand)]
    Template(template::TemplateCommand),
    /// Operators
    #[command(subcommand)]
    Operator(operator::Operator),
    /// Mails that were written
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Bring data in
    #[command(subcommand)]
    Import(import::Import),
    /// Tenants' audit logs
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Proof that the walls between tenants stand
    #[command(subcommand)]
    Verify(verify::Verify),
    /// How the installation is
    Status,
    /// Print the API's description
    Openapi(openapi::Openapi),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print the reference of all commands
    #[command(hide = true)]
    DocsCli,
    /// Print the reference of all settings
    #[command(hide = true)]
    DocsConfig,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {}
