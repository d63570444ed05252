//! Serving: listeners, connections, and how they end.

mod connection;
mod idle;
mod listen;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use insula_model::{Error, Result, problem};
use insula_platform::Platform;
use insula_store::Tasks;
use tokio::net::TcpListener;

use crate::app::App;
use crate::edge::{Edge, Network};
use listen::{Answering, Listening};

/// How often metrics are tidied up.
const UPKEEP: Duration = Duration::from_secs(5);

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Another listener with `/healthz`, `/readyz` and `/metrics` only, for those who watch.
    pub watch: Option<SocketAddr>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Connections at most; further ones wait to be accepted.
    pub connections: usize,
    /// How patient it is.
    pub patience: Patience,
}

/// How long a server waits for what.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the headers of a request; also how long a connection is kept without one.
    pub headers: Duration,
    /// For a body to arrive.
    pub body: Duration,
    /// For an answer to begin.
    pub answer: Duration,
    /// For anything at all to be read or written on a connection.
    pub still: Duration,
    /// For requests that are under way when the server ends.
    pub end: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            headers: seconds(15),
            body: seconds(25),
            answer: seconds(30),
            still: seconds(45),
            end: seconds(10),
        }
    }
}

impl Options {
    /// The defaults, at an address.
    #[must_use]
    pub fn at(listen: SocketAddr) -> Self {
        Self {
            listen,
            watch: None,
            trusted_proxies: Vec::new(),
            connections: 4096,
            patience: Patience::default(),
        }
    }
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

/// Sockets that are bound, before anything is answered: the port is known, and what needs it can be configured.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    watch: Option<TcpListener>,
    options: Options,
    addr: SocketAddr,
}

/// A server that runs.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Where the ones who watch can ask.
    pub watch: Option<SocketAddr>,
    stop: Tasks,
    end: Duration,
}

impl Server {
    /// Binds the sockets.
    ///
    /// # Errors
    /// `settings.invalid` when an address cannot be listened on.
    pub async fn bind(options: Options) -> Result<Bound> {
        let listener = bind(options.listen).await?;
        let watch = match options.watch {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let addr = listener.local_addr().map_err(Error::internal)?;
        Ok(Bound { listener, watch, options, addr })
    }

    /// Binds and starts.
    ///
    /// # Errors
    /// `settings.invalid` when an address cannot be listened on; `database.down`.
    pub async fn start(platform: Platform, options: Options) -> Result<Running> {
        Self::bind(options).await?.start(platform).await
    }
}

impl Bound {
    /// Where it will listen.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Begins to answer.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn start(self, platform: Platform) -> Result<Running> {
        crate::metrics::install();
        let stop = Tasks::default();
        let app = App::new(platform, self.options.clone(), stop.clone()).await?;
        let watch = self.watch.as_ref().map(TcpListener::local_addr).transpose().map_err(Error::internal)?;
        if let Some(listener) = self.watch {
            let watching = axum::Router::from(crate::health::router()).with_state(app.clone());
            let watching = Answering::Watching(watching);
            Listening::new(listener, Arc::new(watching), 64, self.options.patience, &stop).spawn();
        }
        let edge = Arc::new(Answering::Everything(Box::new(Edge::new(app))));
        let (most, patience) = (self.options.connections, self.options.patience);
        Listening::new(self.listener, edge, most, patience, &stop).spawn();
        let tasks = stop.clone();
        stop.spawn(async move {
            while tasks.pause(UPKEEP).await {
                crate::metrics::upkeep();
            }
        });
        Ok(Running { addr: self.addr, watch, stop, end: patience.end })
    }
}

impl Running {
    /// Accepts nothing new, lets what is under way end, for as long as it was told to wait. Says whether all of it did.
    pub async fn stop(self) -> bool {
        self.stop.finish(self.end + Duration::from_secs(1)).await
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Error::new(problem::SETTINGS, format!("Cannot listen on {address}: {error}.")))
}
