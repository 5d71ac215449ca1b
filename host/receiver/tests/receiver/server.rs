use std::net::SocketAddr;

use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use sluice_pipeline::SharedConsumer;
use sluice_receiver::{Consumers, GrpcSettings, HttpSettings, OtlpReceiver, ReceiverMetrics};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::soon;

/// A receiver at work.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<std::io::Result<()>>,
    transport: &'static str,
    registry: Registry,
}

/// The defaults, at a free port.
pub(crate) fn settings() -> GrpcSettings {
    GrpcSettings { endpoint: "127.0.0.1:0".to_owned(), ..GrpcSettings::default() }
}

/// The same for HTTP.
pub(crate) fn http_settings() -> HttpSettings {
    HttpSettings { endpoint: "127.0.0.1:0".to_owned(), ..HttpSettings::default() }
}

/// The same consumer for every signal.
pub(crate) fn all(consumer: SharedConsumer) -> Consumers {
    Consumers { traces: Some(consumer.clone()), logs: Some(consumer.clone()), metrics: Some(consumer) }
}

impl Server {
    pub(crate) fn start(settings: GrpcSettings, consumers: Consumers) -> Self {
        Self::serve("grpc", |metrics| {
            OtlpReceiver::bind_grpc("otlp".to_owned(), &settings, consumers, metrics).expect("a free port")
        })
    }

    pub(crate) fn start_http(settings: HttpSettings, consumers: Consumers) -> Self {
        Self::serve("http", |metrics| {
            OtlpReceiver::bind_http("otlp".to_owned(), &settings, consumers, metrics).expect("a free port")
        })
    }

    fn serve(transport: &'static str, bind: impl FnOnce(&ReceiverMetrics) -> OtlpReceiver) -> Self {
        let mut registry = Registry::default();
        let receiver = bind(&ReceiverMetrics::register(&mut registry));
        let (address, shutdown) = (receiver.local_addr(), CancellationToken::new());
        let task = tokio::spawn(receiver.serve(shutdown.clone()));
        Self { address, shutdown, task, transport, registry }
    }

    /// The value of a series, by its beginning: `otelcol_receiver_accepted_spans_total{`, or all labels.
    pub(crate) fn value(&self, series: &str) -> u64 {
        let page = self.page();
        let line = page.lines().find(|line| line.starts_with(series));
        let line = line.unwrap_or_else(|| panic!("no {series} in\n{page}"));
        value_of(line)
    }

    fn page(&self) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.registry).expect("written");
        page
    }

    /// Requests that were rejected for `reason`.
    pub(crate) fn rejected(&self, reason: &str) -> u64 {
        let transport = self.transport;
        let labels = format!(r#"{{receiver="otlp",transport="{transport}",reason="{reason}"}}"#);
        self.value(&format!("sluice_receiver_rejected_requests_total{labels}"))
    }

    /// Requests that were rejected for any reason.
    pub(crate) fn all_rejected(&self) -> u64 {
        let page = self.page();
        let lines = page.lines().filter(|line| line.starts_with("sluice_receiver_rejected_requests_total{"));
        lines.map(value_of).sum()
    }

    /// Connections that were refused for `reason`.
    pub(crate) fn refused(&self, reason: &str) -> u64 {
        let transport = self.transport;
        let labels = format!(r#"{{receiver="otlp",transport="{transport}",reason="{reason}"}}"#);
        self.value(&format!("sluice_receiver_rejected_connections_total{labels}"))
    }

    /// Accepted and refused spans.
    pub(crate) fn spans(&self) -> (u64, u64) {
        let labels = format!(r#"{{receiver="otlp",transport="{}"}}"#, self.transport);
        let accepted = self.value(&format!("otelcol_receiver_accepted_spans_total{labels}"));
        (accepted, self.value(&format!("otelcol_receiver_refused_spans_total{labels}")))
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.value("sluice_receiver_in_flight_requests{")
    }

    pub(crate) fn connections(&self) -> u64 {
        self.value("sluice_receiver_connections{")
    }

    /// Ends it gracefully.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        soon(self.task).await.expect("no panic").expect("no error");
    }
}

fn value_of(line: &str) -> u64 {
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
}
