use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::heads::Heads;
use super::progress::Progress;
use super::service::{Service, Site};
use crate::connection::{
    Http2Settings, MAX_HEADER_BYTES, Opening, Peer, Protocol, Spoken, Stalled, after, drive_http2,
    http2_builder, linger, log_end, refused,
};
use crate::metrics::ConnectionRefusal;
use crate::rejection::Cause;
use crate::settings::HttpSettings;
use crate::shared::Shared;

/// How long a client may say nothing where no key bounds it: what it speaks must be known.
const OPENING_TIMEOUT: Duration = Duration::from_secs(60);

/// HTTP/2's share of the settings, which the Collector has no keys for over HTTP.
const HTTP2: Http2Settings = Http2Settings {
    max_concurrent_streams: 1024,
    read_buffer_size: 64 * 1024,
    write_buffer_size: 32 * 1024,
    keepalive_time: Duration::from_secs(60),
    keepalive_timeout: Duration::from_secs(20),
    date_header: true,
};

/// OTLP/HTTP on connections.
#[derive(Debug)]
pub(crate) struct Http {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    site: Arc<Site>,
    read_header_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
}

impl Http {
    pub(crate) fn new(settings: &HttpSettings, shared: Arc<Shared>) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .keep_alive(settings.keep_alives_enabled)
            // A client that has said all may still listen.
            .half_close(true)
            .max_header_size(MAX_HEADER_BYTES as usize)
            // `Progress` does it.
            .header_read_timeout(None);
        Self {
            http1,
            http2: http2_builder(&HTTP2),
            site: Arc::new(Site::new(settings, shared)),
            read_header_timeout: settings.read_header_timeout,
            write_timeout: settings.write_timeout,
            idle_timeout: settings.idle_timeout,
        }
    }

    async fn serve_http1<IO>(&self, stream: IO, peer: Arc<Peer>, shutdown: &CancellationToken)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let progress = Arc::new(Progress::new());
        let service = Service { site: self.site.clone(), peer: peer.clone(), progress: progress.clone() };
        let stream = TokioIo::new(Heads::new(stream, peer.clone(), progress.clone()));
        let mut connection = self.http1.serve_connection(stream, service);
        let mut late = pin!(after(self.read_header_timeout, |limit| progress.head_is_late(limit)));
        let mut closing = pin!(self.closing(&peer, shutdown));
        let mut is_closing = false;
        loop {
            tokio::select! {
                ended = poll_fn(|context| connection.poll_without_shutdown(context)) => {
                    self.count_broken(&ended);
                    log_end(peer.address, ended);
                    break;
                }
                () = &mut late => {
                    self.site.shared.metrics.count_rejected(Cause::SlowClient);
                    tracing::debug!(peer = %peer.address, "the head of a request did not arrive in time");
                    break;
                }
                _ = &mut closing, if !is_closing => {
                    is_closing = true;
                    // An idle connection ends now, one with a request after it.
                    std::pin::Pin::new(&mut connection).graceful_shutdown();
                }
            }
        }
        let mut stream = connection.into_parts().io.into_inner();
        if progress.is_unread() {
            linger(&mut stream).await;
        }
    }

    /// Waits until nothing new should be taken; answers with how long the end may take. What an idle connection
    /// still has are answers that its client does not take: over HTTP/2 it need not, for as long as it likes.
    async fn closing(&self, peer: &Peer, shutdown: &CancellationToken) -> Option<Duration> {
        tokio::select! {
            () = shutdown.cancelled() => None,
            () = after(self.idle_timeout, |limit| peer.activity.idle_for(limit)) => self.write_timeout,
        }
    }

    /// Requests that hyper has answered by itself, or could not: they never came to the service.
    fn count_broken(&self, ended: &Result<(), hyper::Error>) {
        let Err(error) = ended else { return };
        if error.is_parse_too_large() {
            self.site.shared.metrics.count_rejected(Cause::HeadersTooLarge);
        } else if error.is_parse() {
            self.site.shared.metrics.count_rejected(Cause::Malformed);
        }
    }
}

impl Protocol for Http {
    fn shared(&self) -> &Arc<Shared> {
        &self.site.shared
    }

    async fn serve<IO>(&self, mut stream: IO, peer: Arc<Peer>, shutdown: &CancellationToken)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let limits = [self.read_header_timeout, self.idle_timeout];
        let limit = limits.into_iter().flatten().min().unwrap_or(OPENING_TIMEOUT);
        let opening = Opening::read(&mut stream, limit).await;
        let spoken = opening.spoken();
        let stream = Stalled::new(opening.replay(stream), self.write_timeout);
        match spoken {
            Spoken::Http2 => {
                let progress = Arc::new(Progress::new());
                let service = Service { site: self.site.clone(), peer: peer.clone(), progress };
                let connection = self.http2.serve_connection(TokioIo::new(stream), service);
                drive_http2(connection, self.closing(&peer, shutdown), &peer).await;
            }
            // hyper says what is wrong with what is no HTTP.
            Spoken::Http1 | Spoken::Other => self.serve_http1(stream, peer, shutdown).await,
            Spoken::Tls => refused(self.shared(), peer.address, ConnectionRefusal::Tls),
            Spoken::Nothing => refused(self.shared(), peer.address, ConnectionRefusal::Silent),
        }
    }
}
