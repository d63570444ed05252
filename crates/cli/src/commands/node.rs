//! `insula serve` and `insula worker`: the roles of `insula up`, apart, for several nodes on the same databases.

use std::path::PathBuf;

use clap::Args;
use insula_model::{Error, Result, problem};
use insula_store::{ControlSpec, parse_url};

use super::Context;
use crate::args::given;
use crate::config::Effective;
use crate::failure::{Exit, Failure};
use crate::node::{self, Node};
use crate::up::home::control_file;
use crate::up::signals::Signals;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula serve --data /var/lib/insula --port 8081      another node beside a running `insula up`
  INSULA_DATABASE_CONTROL_FILE=/etc/insula/control.json insula serve --listen 0.0.0.0 --base-domain insula.example")]
pub(crate) struct Serve {
    #[command(flatten)]
    place: Where,
    /// The port of HTTP; 0 picks a free one [default: 8080]
    #[arg(long)]
    port: Option<String>,
    /// Where HTTP listens [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Tenants live at {slug}.{base domain} [default: localhost]
    #[arg(long, value_name = "DOMAIN")]
    base_domain: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Worker {
    #[command(flatten)]
    place: Where,
    /// Tenants live at {slug}.{base domain} [default: localhost]
    #[arg(long, value_name = "DOMAIN")]
    base_domain: Option<String>,
    /// The port in the addresses that tenants get [default: 8080]
    #[arg(long)]
    public_port: Option<String>,
}

/// Which installation.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// The data directory of an installation that `insula up` made; its databases must be running
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

impl Where {
    pub(crate) fn flag(&self) -> Option<String> {
        self.data.as_ref().map(|dir| dir.display().to_string())
    }
}

/// How the control database is reached: as the configuration says, else by the data directory.
pub(crate) fn control(effective: &Effective) -> Result<ControlSpec> {
    let database = &effective.config.database;
    if let (Some(control), Some(admin)) = (&database.control_url, &database.admin_url) {
        let (address, login, name) =
            parse_url(control).map_err(|_| effective.layers.wrong("database.control_url"))?;
        let (_, admin, _) = parse_url(admin).map_err(|_| effective.layers.wrong("database.admin_url"))?;
        return Ok(ControlSpec { address, login, admin, database: name });
    }
    let file =
        database.control_file.clone().unwrap_or_else(|| effective.config.data.dir.join("control.json"));
    if !file.exists() {
        return Err(Error::new(
            problem::SETTINGS,
            format!(
                "{} is not there. Name an installation: --data DIR of an `insula up`, database.control_file (a copy of \
                 its control.json), or database.control_url with database.admin_url.",
                file.display()
            ),
        ));
    }
    control_file(&file)
}

impl Serve {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let effective = cx.configuration(given([
            ("data.dir", "--data", self.place.flag()),
            ("server.port", "--port", self.port),
            ("server.listen", "--listen", self.listen),
            ("server.base_domain", "--base-domain", self.base_domain),
        ]))?;
        let _logging = crate::logging::start(&effective.config, &cx.out, "info")?;
        let mut signals = Signals::listen()?;
        let spec = control(&effective)?;
        let bound = node::bind(&effective).await?;
        let mut node = Node::default();
        let begin = async {
            let platform = node.open(&effective, spec, bound.addr().port(), &cx.world).await?;
            let addr = node.serve(bound, &platform).await?;
            let url = platform.settings().console_url();
            tracing::info!(%addr, %url, "serving");
            cx.out.result(&serde_json::json!({ "listen": addr, "console_url": url }), |_| {
                format!("Serving {url} on {addr}.")
            });
            Ok::<_, Failure>(())
        };
        let begun = begin.await;
        if begun.is_ok() {
            signals.next().await;
        }
        end(node, signals, begun).await
    }
}

impl Worker {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let effective = cx.configuration(given([
            ("data.dir", "--data", self.place.flag()),
            ("server.base_domain", "--base-domain", self.base_domain),
            ("server.public_port", "--public-port", self.public_port),
        ]))?;
        let _logging = crate::logging::start(&effective.config, &cx.out, "info")?;
        let mut signals = Signals::listen()?;
        let spec = control(&effective)?;
        let mut node = Node::default();
        let begun = node.open(&effective, spec, effective.config.server.port, &cx.world).await;
        let begun = match begun {
            Ok(platform) => {
                node.work(&effective.config, &platform);
                tracing::info!("working");
                cx.out.result(&serde_json::json!({ "working": true }), |_| "Working.".to_owned());
                signals.next().await;
                Ok(())
            }
            Err(error) => Err(error.into()),
        };
        end(node, signals, begun).await
    }
}

/// Ends in order; a second signal ends at once.
async fn end(mut node: Node, mut signals: Signals, begun: Result<(), Failure>) -> Result<Exit, Failure> {
    tokio::select! {
        orderly = node.stop() => tracing::info!(orderly, "stopped"),
        () = signals.next() => return Ok(Exit::Failed),
    }
    begun.map(|()| Exit::Done)
}
