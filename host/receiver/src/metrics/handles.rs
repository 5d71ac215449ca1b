use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use sluice_otlp::Signal;
use sluice_tls::HandshakeFailure;

use super::{Items, Labels, ReasonLabels, ReceiverMetrics};
use crate::rejection::Cause;

/// One server's series, looked up once so that a request takes no lock.
#[derive(Debug)]
pub(crate) struct Handles {
    spans: ItemHandles,
    log_records: ItemHandles,
    metric_points: ItemHandles,
    /// By [`Cause::index`].
    rejected_requests: Vec<Counter>,
    /// By the number of [`ConnectionRefusal`].
    rejected_connections: Vec<Counter>,
    pub(crate) in_flight_requests: Gauge,
    pub(crate) in_flight_bytes: Gauge,
    pub(crate) connections: Gauge,
    /// Of all servers together.
    arrivals: Arc<AtomicU64>,
}

#[derive(Debug)]
struct ItemHandles {
    accepted: Counter,
    refused: Counter,
}

/// Why a connection was closed before it could send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionRefusal {
    /// `max_connections` are open.
    Limit,
    /// It speaks TLS, and we do not.
    Tls,
    /// It speaks HTTP/1.1.
    Http1,
    /// It speaks something else.
    NotHttp2,
    /// It said nothing, or not enough, for too long.
    Silent,
    /// It went away during the TLS handshake.
    TlsClosed,
    /// Its TLS handshake took too long.
    TlsSlow,
    /// We speak TLS, and it does not.
    Plaintext,
    /// It has no certificate, or none that we trust.
    ClientCertificate,
    /// It does not trust our certificate, or does not like something else of us.
    TlsRefused,
    /// Its TLS handshake failed otherwise.
    TlsFailed,
}

impl ConnectionRefusal {
    pub(crate) const ALL: [Self; 11] = [
        Self::Limit,
        Self::Tls,
        Self::Http1,
        Self::NotHttp2,
        Self::Silent,
        Self::TlsClosed,
        Self::TlsSlow,
        Self::Plaintext,
        Self::ClientCertificate,
        Self::TlsRefused,
        Self::TlsFailed,
    ];

    /// Why a handshake failed.
    pub(crate) const fn of_handshake(failure: HandshakeFailure) -> Self {
        match failure {
            HandshakeFailure::Closed => Self::TlsClosed,
            HandshakeFailure::Slow => Self::TlsSlow,
            HandshakeFailure::Plaintext => Self::Plaintext,
            HandshakeFailure::ClientCertificate => Self::ClientCertificate,
            HandshakeFailure::RefusedByClient => Self::TlsRefused,
            HandshakeFailure::Other => Self::TlsFailed,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Tls => "tls",
            Self::Http1 => "http1",
            Self::NotHttp2 => "not_http2",
            Self::Silent => "silent",
            Self::TlsClosed => "tls_closed",
            Self::TlsSlow => "tls_slow",
            Self::Plaintext => "plaintext",
            Self::ClientCertificate => "client_certificate",
            Self::TlsRefused => "tls_refused",
            Self::TlsFailed => "tls_failed",
        }
    }
}

impl ReceiverMetrics {
    /// The series of one server.
    pub(crate) fn handles(&self, receiver: &str, transport: &'static str) -> Handles {
        let labels = Labels { receiver: receiver.to_owned(), transport };
        let reason = |reason| ReasonLabels { receiver: receiver.to_owned(), transport, reason };
        let requests = |cause: &Cause| counter(&self.rejected_requests, &reason(cause.as_str()));
        let connections =
            |cause: &ConnectionRefusal| counter(&self.rejected_connections, &reason(cause.as_str()));
        Handles {
            spans: ItemHandles::new(&self.spans, &labels),
            log_records: ItemHandles::new(&self.log_records, &labels),
            metric_points: ItemHandles::new(&self.metric_points, &labels),
            rejected_requests: Cause::ALL.iter().map(requests).collect(),
            rejected_connections: ConnectionRefusal::ALL.iter().map(connections).collect(),
            in_flight_requests: self.in_flight_requests.get_or_create(&labels).clone(),
            in_flight_bytes: self.in_flight_bytes.get_or_create(&labels).clone(),
            connections: self.connections.get_or_create(&labels).clone(),
            arrivals: Arc::clone(&self.arrivals),
        }
    }
}

impl Handles {
    /// A request has come.
    pub(crate) fn arrive(&self) {
        self.arrivals.fetch_add(1, Ordering::Relaxed);
        self.in_flight_requests.inc();
    }

    /// Counts what became of a request's items.
    pub(crate) fn count_items(&self, signal: Signal, accepted: u64, refused: u64) {
        let items = match signal {
            Signal::Traces => &self.spans,
            Signal::Logs => &self.log_records,
            Signal::Metrics => &self.metric_points,
        };
        items.accepted.inc_by(accepted);
        if refused > 0 {
            items.refused.inc_by(refused);
        }
    }

    /// Counts a request that is answered with an error.
    pub(crate) fn count_rejected(&self, cause: Cause) {
        if let Some(counter) = self.rejected_requests.get(cause.index()) {
            counter.inc();
        }
    }

    /// Counts a connection that could not send a request.
    pub(crate) fn count_refused(&self, refusal: ConnectionRefusal) {
        if let Some(counter) = self.rejected_connections.get(refusal as usize) {
            counter.inc();
        }
    }
}

impl ItemHandles {
    fn new(items: &Items, labels: &Labels) -> Self {
        Self { accepted: counter(&items.accepted, labels), refused: counter(&items.refused, labels) }
    }
}

fn counter<S>(family: &prometheus_client::metrics::family::Family<S, Counter>, labels: &S) -> Counter
where
    S: Clone + std::hash::Hash + Eq,
{
    family.get_or_create(labels).clone()
}
