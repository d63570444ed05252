//! `insula up`: the flags.

use std::path::PathBuf;

use clap::Args;

use super::Context;
use crate::args::given;
use crate::failure::{Exit, Failure};
use crate::up::{self, Wishes};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula up --demo                         three demo tenants in three tiers
  insula up --data /var/lib/insula --port 80 --base-domain insula.example
  insula up --database-url postgres://postgres:…@db.example/postgres
  insula up --operator-email me@example.com --tenant acme --port 0 </dev/null")]
pub(crate) struct Up {
    /// Where the installation keeps its files [default: ./.insula]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The port of HTTP; 0 picks a free one [default: 8080]
    #[arg(long)]
    port: Option<String>,
    /// Where HTTP listens [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Tenants live at {slug}.{base domain} [default: localhost]
    #[arg(long, value_name = "DOMAIN")]
    base_domain: Option<String>,
    /// A PostgreSQL server that you run, instead of a private one: a login that may make roles and databases
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Give the installation on that server new passwords, when its data directory is lost
    #[arg(long, requires = "database_url")]
    take_over: bool,
    /// Make three demo tenants with data
    #[arg(long)]
    demo: bool,
    /// The first operator's e-mail, instead of being asked
    #[arg(long, value_name = "EMAIL", help_heading = "First start")]
    operator_email: Option<String>,
    /// The first operator's password; better given as INSULA_OPERATOR_PASSWORD
    #[arg(long, value_name = "PASSWORD", help_heading = "First start")]
    operator_password: Option<String>,
    /// The slug of a first tenant, instead of being asked
    #[arg(long, value_name = "SLUG", help_heading = "First start")]
    tenant: Option<String>,
}

impl Up {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let flags = given([
            ("data.dir", "--data", self.data.map(|d| d.display().to_string())),
            ("server.port", "--port", self.port),
            ("server.listen", "--listen", self.listen),
            ("server.base_domain", "--base-domain", self.base_domain),
            ("database.url", "--database-url", self.database_url),
        ]);
        let effective = cx.configuration(flags)?;
        let operator_password =
            self.operator_password.or_else(|| crate::config::env::var("INSULA_OPERATOR_PASSWORD"));
        let wishes = Wishes {
            demo: self.demo,
            operator_email: self.operator_email,
            operator_password,
            tenant: self.tenant,
            take_over: self.take_over,
        };
        up::run(cx, &effective, wishes).await
    }
}
