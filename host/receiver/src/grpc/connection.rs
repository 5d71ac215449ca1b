use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::service::Service;
use crate::connection::{
    Http2Settings, Opening, Peer, Protocol, Spoken, after, drive_http2, http2_builder, linger, refused,
};
use crate::metrics::ConnectionRefusal;
use crate::settings::{GrpcSettings, ServerParameters};
use crate::shared::Shared;

/// How long a client may take to say that it speaks HTTP/2.
const PREFACE_TIMEOUT: Duration = Duration::from_secs(10);

/// A person with curl, or an OTLP/HTTP client at the wrong port, is told so.
const HTTP1_ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\
    content-length: 71\r\n\r\nthis port speaks OTLP/gRPC (HTTP/2); OTLP/HTTP has a port of its own\r\n\n";

/// How long a client may take to take that answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// OTLP/gRPC on connections.
#[derive(Debug)]
pub(crate) struct Grpc {
    http2: http2::Builder<TokioExecutor>,
    keepalive: ServerParameters,
    shared: Arc<Shared>,
}

impl Grpc {
    pub(crate) fn new(settings: &GrpcSettings, shared: Arc<Shared>) -> Self {
        let http2 = http2_builder(&Http2Settings {
            max_concurrent_streams: settings.max_concurrent_streams,
            read_buffer_size: settings.read_buffer_size,
            write_buffer_size: settings.write_buffer_size,
            keepalive_time: settings.keepalive.time,
            keepalive_timeout: settings.keepalive.timeout,
            date_header: false,
        });
        Self { http2, keepalive: settings.keepalive.clone(), shared }
    }

    /// Waits until the connection should be closed; answers with how long that may take.
    async fn closing(&self, peer: &Peer, shutdown: &CancellationToken) -> Option<Duration> {
        tokio::select! {
            () = shutdown.cancelled() => None,
            () = after(self.keepalive.max_connection_idle, |idle| peer.activity.idle_for(idle)) => None,
            () = after(self.keepalive.max_connection_age, sleep) => self.keepalive.max_connection_age_grace,
        }
    }
}

impl Protocol for Grpc {
    fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    async fn serve<IO>(&self, mut stream: IO, peer: Arc<Peer>, shutdown: &CancellationToken)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let opening = Opening::read(&mut stream, PREFACE_TIMEOUT).await;
        let refusal = match opening.spoken() {
            Spoken::Http2 => {
                let service = Service { shared: self.shared.clone(), peer: peer.clone() };
                let stream = TokioIo::new(opening.replay(stream));
                let connection = self.http2.serve_connection(stream, service);
                return drive_http2(connection, self.closing(&peer, shutdown), &peer).await;
            }
            Spoken::Http1 => {
                // The connection is closed whether or not the client hears it.
                let _ = timeout(ANSWER_TIMEOUT, stream.write_all(HTTP1_ANSWER)).await;
                linger(&mut stream).await;
                ConnectionRefusal::Http1
            }
            Spoken::Tls => ConnectionRefusal::Tls,
            Spoken::Other => ConnectionRefusal::NotHttp2,
            Spoken::Nothing => ConnectionRefusal::Silent,
        };
        refused(&self.shared, peer.address, refusal);
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
