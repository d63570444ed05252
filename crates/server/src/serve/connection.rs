//! One connection, from its first byte to its last. Plain HTTP/1.1 and HTTP/2. TLS enters here: whoever accepts a
//! handshake wraps the stream before [`talk`] and says so.

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::Patience;
use super::idle::Idle;
use super::listen::Answering;
use crate::edge::limits;

/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 64;

/// Serves a plain connection until it ends.
pub(super) fn serve(
    stream: TcpStream,
    peer: IpAddr,
    answering: Arc<Answering>,
    patience: Patience,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    // Answers are written whole; waiting for more only delays them.
    let _ = stream.set_nodelay(true);
    talk(stream, peer, false, answering, patience, graceful)
}

/// Speaks HTTP over a stream.
fn talk<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    peer: IpAddr,
    tls: bool,
    answering: Arc<Answering>,
    patience: Patience,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<S> {
    let service = service_fn(move |request: Request<Incoming>| {
        let answering = Arc::clone(&answering);
        async move { Ok::<_, Infallible>(answering.answer(request.map(Body::new), peer, tls).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.headers)
        .max_buf_size(limits::BYTES * 2)
        .max_headers(limits::MOST + 20);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(limits::BYTES * 2).unwrap_or(u32::MAX))
        .keep_alive_interval(patience.still / 3);
    let connection =
        builder.serve_connection(TokioIo::new(Idle::new(stream, patience.still)), service).into_owned();
    let connection = graceful.watch(connection);
    async move {
        // A broken connection is the caller's affair.
        if let Err(error) = connection.await {
            tracing::debug!(error, "a connection ended early");
        }
    }
}
