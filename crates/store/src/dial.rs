//! Making connections: the only place that dials PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use insula_model::{Error, Result, problem};
use serde::{Deserialize, Serialize};
use tokio_postgres::{Client, Config, NoTls};

use crate::failure::failure;
use crate::tasks::Tasks;

/// How long a connection attempt may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Where a PostgreSQL server listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// A host name or address, or the directory of a Unix socket.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether the connection is encrypted and the server's certificate checked.
    #[serde(default)]
    pub tls: bool,
}

/// Who connects.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The PostgreSQL role.
    pub user: String,
    /// Its password.
    pub password: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Login({})", self.user)
    }
}

/// A database URL taken apart: `postgres://user:password@host:port/database?sslmode=require`.
///
/// # Errors
/// `settings.invalid` when it is not one, or has several hosts.
pub fn parse_url(url: &str) -> Result<(Address, Login, String)> {
    let bad = |why: &str| Error::new(problem::SETTINGS, format!("The database URL {why}."));
    let config: Config = url.parse().map_err(|_| bad("is not of the form postgres://user@host/database"))?;
    let host = match config.get_hosts() {
        [tokio_postgres::config::Host::Tcp(host)] => host.clone(),
        [tokio_postgres::config::Host::Unix(dir)] => dir.to_string_lossy().into_owned(),
        [] => "127.0.0.1".to_owned(),
        _ => return Err(bad("names several hosts; name one")),
    };
    let user = config.get_user().ok_or_else(|| bad("names no user"))?.to_owned();
    let password = String::from_utf8_lossy(config.get_password().unwrap_or_default()).into_owned();
    let database = config.get_dbname().unwrap_or(&user).to_owned();
    let tls = matches!(config.get_ssl_mode(), tokio_postgres::config::SslMode::Require);
    let port = config.get_ports().first().copied().unwrap_or(5432);
    Ok((Address { host, port, tls }, Login { user, password }, database))
}

/// Connects. The connection's driver runs among `tasks` until the client is dropped.
///
/// # Errors
/// `database.down` when the server does not answer or refuses.
pub(crate) async fn dial(
    address: &Address,
    login: &Login,
    database: &str,
    application: &str,
    tasks: &Tasks,
) -> Result<Client> {
    dial_listening(address, login, database, application, tasks, |_| {}).await
}

/// As [`dial`], and drops `kept` when the connection is closed.
pub(crate) async fn dial_keeping(
    kept: impl Send + Sync + 'static,
    address: &Address,
    login: &Login,
    database: &str,
    application: &str,
    tasks: &Tasks,
) -> Result<Client> {
    let heard = move |_| {
        let _until_the_end = &kept;
    };
    dial_listening(address, login, database, application, tasks, heard).await
}

/// As [`dial`], and hands every notification to `heard`.
pub(crate) async fn dial_listening(
    address: &Address,
    login: &Login,
    database: &str,
    application: &str,
    tasks: &Tasks,
    heard: impl FnMut(tokio_postgres::Notification) + Send + 'static,
) -> Result<Client> {
    let mut config = Config::new();
    config
        .host(&address.host)
        .port(address.port)
        .user(&login.user)
        .password(&login.password)
        .dbname(database)
        .application_name(application)
        .connect_timeout(CONNECT)
        .tcp_user_timeout(Duration::from_secs(20))
        .keepalives_idle(Duration::from_secs(15));
    #[expect(clippy::disallowed_methods, reason = "the one place that connects")]
    if address.tls {
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
        let (client, connection) = config.connect(tls()?).await.map_err(|e| failure(&e))?;
        drive(connection, tasks, heard);
        Ok(client)
    } else {
        config.ssl_mode(tokio_postgres::config::SslMode::Disable);
        let (client, connection) = config.connect(NoTls).await.map_err(|e| failure(&e))?;
        drive(connection, tasks, heard);
        Ok(client)
    }
}

fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    tasks: &Tasks,
    mut heard: impl FnMut(tokio_postgres::Notification) + Send + 'static,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    tasks.spawn(async move {
        loop {
            match std::future::poll_fn(|cx| connection.poll_message(cx)).await {
                Some(Ok(tokio_postgres::AsyncMessage::Notification(n))) => heard(n),
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    tracing::debug!(%error, "a database connection ended");
                    break;
                }
                None => break,
            }
        }
    });
}

fn tls() -> Result<tokio_postgres_rustls::MakeRustlsConnect> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        roots.add(certificate).map_err(Error::internal)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(tokio_postgres_rustls::MakeRustlsConnect::new(config))
}
