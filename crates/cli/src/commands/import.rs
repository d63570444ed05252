//! `insula import csv`: the flags.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use insula_model::{Plan, Tier};

use super::Context;
use super::tenant::{plan, tier};
use crate::failure::{Exit, Failure};
use crate::import::{self, Making, Order, Wanted, WantedTime};

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Bring the rows of a CSV file in, as events of one tenant or of many
    Csv(Csv),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula import csv flights.csv --dataset flights --tenant-column carrier --prefix nyc- --create-tenants \\
      --time-columns year,month,day,hour,minute --time-zone America/New_York \\
      --measure dep_delay,arr_delay,air_time,distance --dimension origin,dest
  insula import csv sales.csv --dataset sales --tenant acme --time-column sold_at --measure 'amount=Net Amount' \\
      --dimension country

Stopped, for whatever reason, the same command goes on where it was. Sent again, nothing is counted twice: an event's id
is made of the file's digest and the row's number. Rows that cannot be taken are in FILE.rejected.csv, with the reason.

Exit code 5: everything else is in, and some rows were kept aside.")]
pub(crate) struct Csv {
    /// The file; its first row names the columns
    file: PathBuf,
    /// The dataset that rows become events of
    #[arg(long)]
    dataset: String,
    /// Every row is of this tenant: its slug
    #[arg(
        long,
        value_name = "SLUG",
        conflicts_with = "tenant_column",
        required_unless_present = "tenant_column"
    )]
    tenant: Option<String>,
    /// The column that says whose row it is; its values become slugs
    #[arg(long, value_name = "COLUMN")]
    tenant_column: Option<String>,
    /// What the slugs of --tenant-column begin with, such as nyc-
    #[arg(long, default_value = "", requires = "tenant_column")]
    prefix: String,
    /// The column of the time: an instant with an offset, a local date or date and time, or seconds since 1970
    #[arg(long, visible_alias = "time", value_name = "COLUMN", required_unless_present = "time_columns")]
    time_column: Option<String>,
    /// The columns of year, month, day and, if there are such, hour, minute, second, in this order
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', conflicts_with = "time_column")]
    time_columns: Vec<String>,
    /// The time zone of local times
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    time_zone: String,
    /// Columns with numbers: COLUMN or name=COLUMN
    #[arg(long = "measure", value_name = "COLUMNS", value_delimiter = ',')]
    measures: Vec<String>,
    /// Columns with texts: COLUMN or name=COLUMN
    #[arg(long = "dimension", value_name = "COLUMNS", value_delimiter = ',')]
    dimensions: Vec<String>,
    /// Texts that mean "no value" where a number should be, besides nothing at all
    #[arg(long, value_name = "TEXTS", value_delimiter = ',', default_value = "NA,NaN,nan,NULL,null,\\N")]
    missing: Vec<String>,
    /// What stands between two fields
    #[arg(long, default_value = ",", value_name = "CHARACTER")]
    delimiter: String,
    /// Make tenants that are not there; each gets an owner with a password
    #[arg(long)]
    create_tenants: bool,
    /// The tier of tenants that are made: pooled, schema or database
    #[arg(long, value_parser = tier, requires = "create_tenants")]
    tier: Option<Tier>,
    /// The plan of tenants that are made: free, growth or enterprise
    #[arg(long, value_parser = plan, requires = "create_tenants")]
    plan: Option<Plan>,
    /// Tenants that are made begin with sample metrics as well
    #[arg(long, requires = "create_tenants")]
    sample: bool,
    /// Make no dashboard of the dataset
    #[arg(long)]
    no_dashboard: bool,
    /// Batches under way at once
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=32))]
    parallel: u8,
    /// Begin with the first row, also where a former run was stopped
    #[arg(long)]
    restart: bool,
}

impl Import {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let Self::Csv(args) = self;
        let delimiter = match args.delimiter.as_str() {
            "\\t" | "tab" => b'\t',
            text => *text
                .as_bytes()
                .first()
                .filter(|b| text.len() == 1 && b.is_ascii())
                .ok_or_else(|| Failure::usage("--delimiter is one ASCII character, or `tab`."))?,
        };
        let time = match args.time_column {
            Some(column) => WantedTime::Column(column),
            None => WantedTime::Parts(args.time_columns),
        };
        if args.measures.is_empty() && args.dimensions.is_empty() {
            return Err(Failure::usage(
                "Name at least one --measure or --dimension, or events would be empty.",
            ));
        }
        let time_zone = args.time_zone.clone();
        let order = Order {
            file: args.file,
            delimiter,
            wanted: Wanted {
                dataset: args.dataset,
                tenant: args.tenant_column,
                time,
                time_zone: args.time_zone,
                measures: args.measures,
                dimensions: args.dimensions,
                missing: args.missing,
            },
            tenant: args.tenant,
            prefix: args.prefix,
            making: args.create_tenants.then(|| Making {
                tier: args.tier.map(|t| t.to_string()),
                plan: args.plan.map(|p| p.to_string()),
                sample: args.sample,
                time_zone,
            }),
            dashboard: !args.no_dashboard,
            at_once: usize::from(args.parallel),
            restart: args.restart,
        };
        import::run(cx, order).await
    }
}
