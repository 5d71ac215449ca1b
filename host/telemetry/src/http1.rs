use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use sluice_listen::Listener;
use sluice_tls::ServerTls;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// Scrapers, probes and people: a handful at a time. More than this is a mistake or an attack.
const MAX_CONNECTIONS: usize = 64;
/// A probe's headers are some hundred bytes.
const MAX_HEADER_BYTES: usize = 16 * 1024;
/// How long the headers of a request may take.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may take as a whole, unless its server says otherwise: its one request, and reading our answer.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a shutdown waits for answers that are on their way.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves `routes` over HTTP/1.1 until `shutdown`.
///
/// One request a connection: these are rare, and no idle connection has to be looked after.
pub(crate) async fn serve(listener: Listener, routes: Router, shutdown: CancellationToken) -> io::Result<()> {
    serve_for(listener, routes, CONNECTION_TIMEOUT, shutdown).await
}

/// The same over TLS, where there is any.
pub(crate) async fn serve_secured(
    listener: Listener,
    tls: Option<ServerTls>,
    routes: Router,
    shutdown: CancellationToken,
) -> io::Result<()> {
    serve_all(listener, tls, routes, CONNECTION_TIMEOUT, shutdown).await
}

/// The same with answers that may take longer: so long may a connection take as a whole.
pub(crate) async fn serve_for(
    listener: Listener,
    routes: Router,
    time: Duration,
    shutdown: CancellationToken,
) -> io::Result<()> {
    serve_all(listener, None, routes, time, shutdown).await
}

async fn serve_all(
    listener: Listener,
    tls: Option<ServerTls>,
    routes: Router,
    time: Duration,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let connected = move |stream, peer| accept(stream, tls.clone(), peer, routes.clone(), time);
    let refused = |peer| tracing::debug!(%peer, "connection refused, too many are open");
    let serving = listener.serve(MAX_CONNECTIONS, shutdown.clone(), connected, refused);
    let overdue = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN_TIMEOUT).await;
    };
    tokio::select! {
        ended = serving => ended,
        () = overdue => Ok(()),
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

async fn accept(stream: TcpStream, tls: Option<ServerTls>, peer: SocketAddr, routes: Router, time: Duration) {
    match tls {
        None => serve_connection(stream, peer, routes, time).await,
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => serve_connection(stream, peer, routes, time).await,
            Err(error) => tracing::debug!(%peer, %error, "TLS handshake failed"),
        },
    }
}

async fn serve_connection<S>(stream: S, peer: SocketAddr, routes: Router, time: Duration)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let routes = routes.layer(Extension(Peer(peer)));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEADER_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    // What goes wrong here is the client's affair: it left, sent no HTTP, or was too slow.
    match tokio::time::timeout(time, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a request did not end well"),
        Err(_) => tracing::debug!("a request took too long"),
    }
}
