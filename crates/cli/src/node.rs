//! One node: the store, the product, and what runs on top, as `up`, `serve` and `worker` put it together; and how it
//! ends, in order.

use std::net::SocketAddr;
use std::time::Duration;

use insula_model::{Error, Result, World, problem};
use insula_platform::{Faults, Mailing, Platform, Settings};
use insula_server::{Bound, Options, Running, Server};
use insula_store::{ControlSpec, Store, Tasks};

use crate::config::{Config, Effective};

/// How long work in the background may take to come to an end.
const GRACE: Duration = Duration::from_secs(8);

/// What runs in this process.
#[derive(Default)]
pub(crate) struct Node {
    pub(crate) tasks: Tasks,
    platform: Option<Platform>,
    running: Option<Running>,
}

impl Node {
    /// Opens the databases.
    pub(crate) async fn open(
        &mut self,
        effective: &Effective,
        spec: ControlSpec,
        port: u16,
        world: &World,
    ) -> Result<Platform> {
        let config = &effective.config;
        let store = Store::open(spec, config.pools, world.clone(), self.tasks.clone()).await?;
        let platform = Platform::new(store, settings(config, port), Faults::none());
        self.platform = Some(platform.clone());
        Ok(platform)
    }

    /// Answers requests.
    pub(crate) async fn serve(&mut self, bound: Bound, platform: &Platform) -> Result<SocketAddr> {
        let running = bound.start(platform.clone()).await?;
        let addr = running.addr;
        self.running = Some(running);
        Ok(addr)
    }

    /// Moves operations, does jobs, keeps things true.
    pub(crate) fn work(&self, config: &Config, platform: &Platform) {
        platform.run_operations(usize::from(config.workers.operations));
        platform.run_jobs(usize::from(config.workers.jobs));
        platform.run_reconcilers();
    }

    /// Ends everything: requests first, then work in the background, then the connections. Says whether all of it came
    /// to an end by itself.
    pub(crate) async fn stop(&mut self) -> bool {
        let mut orderly = true;
        if let Some(running) = self.running.take() {
            orderly &= running.stop().await;
        }
        self.tasks.stop();
        if let Some(platform) = self.platform.take() {
            platform.embed_usage_flush().await;
            platform.store().close();
        }
        orderly & self.tasks.finish(GRACE).await
    }
}

/// The product's settings.
fn settings(config: &Config, port: u16) -> Settings {
    let server = &config.server;
    let public_port = match server.public_port {
        Some(0) => None,
        Some(port) => Some(port),
        None => {
            Some(port).filter(|port| !matches!((server.scheme.as_str(), port), ("http", 80) | ("https", 443)))
        }
    };
    let mail = &config.mail;
    let mailing = match (&mail.smtp_url, &mail.from) {
        (Some(url), Some(from)) => Mailing::Smtp { url: url.clone(), from: from.clone() },
        _ => Mailing::Kept,
    };
    Settings {
        base_domain: server.base_domain.clone(),
        scheme: server.scheme.as_str().to_owned(),
        public_port,
        console_host: console_host(config),
        default_cell: config.tenants.default_cell.clone(),
        mailing,
        worker_lease: Duration::from_secs(u64::from(config.workers.lease_seconds)),
        quarantine_days: config.tenants.quarantine_days,
        questions: config.questions,
        embeds: config.embeds,
    }
}

pub(crate) fn console_host(config: &Config) -> String {
    format!("console.{}", config.server.base_domain)
}

/// Takes the sockets, so that a port that is taken is known before anything else is done.
pub(crate) async fn bind(effective: &Effective) -> Result<Bound> {
    let config = &effective.config;
    let listen = SocketAddr::new(config.server.listen, config.server.port);
    let proxies: Option<Vec<_>> =
        config.server.trusted_proxies.iter().map(|text| text.parse().ok()).collect();
    let options = Options {
        watch: config.server.watch,
        trusted_proxies: proxies.ok_or_else(|| effective.layers.wrong("server.trusted_proxies"))?,
        connections: usize::try_from(config.limits.connections).unwrap_or(usize::MAX),
        ..Options::at(listen)
    };
    match Server::bind(options).await {
        Err(error) if taken(listen).await => Err(Error::new(
            problem::SETTINGS,
            format!(
                "Port {} on {} is taken by another program. Choose another one, for example --port {}, or --port 0 for \
                 any free one.",
                listen.port(),
                listen.ip(),
                free(listen).await
            ),
        )
        .context(error)),
        other => other,
    }
}

async fn taken(address: SocketAddr) -> bool {
    let tried = tokio::net::TcpListener::bind(address).await;
    tried.is_err_and(|e| e.kind() == std::io::ErrorKind::AddrInUse)
}

/// A free port not far away.
async fn free(address: SocketAddr) -> u16 {
    for port in (1..=20u16).filter_map(|n| address.port().checked_add(n)) {
        if tokio::net::TcpListener::bind(SocketAddr::new(address.ip(), port)).await.is_ok() {
            return port;
        }
    }
    0
}
