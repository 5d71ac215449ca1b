//! Requests to send, lanes to send them on, and what was counted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use prost::Message;
use sluice_exporter::{
    Client, ClientSettings, Compression, ExporterMetrics, GiveUp, HandBack, Lane, LaneName, LaneSettings,
    QueueSettings, RetrySettings,
};
use sluice_otlp::{Part, Signal};
use sluice_tls::{Alpn, ClientTls};

/// A request of spans with these names.
pub(crate) fn spans<S: AsRef<str>>(names: &[S]) -> Bytes {
    let spans = names
        .iter()
        .enumerate()
        .map(|(number, name)| Span {
            trace_id: vec![7; 16],
            span_id: (number as u64).to_be_bytes().to_vec(),
            name: name.as_ref().to_owned(),
            ..Span::default()
        })
        .collect();
    let scope = ScopeSpans { spans, ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec().into()
}

/// The names of the spans in a request.
pub(crate) fn names(body: &[u8]) -> Vec<String> {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let resources = request.resource_spans.into_iter();
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect()
}

pub(crate) fn trace_part<S: AsRef<str>>(names: &[S]) -> Part {
    let items = u32::try_from(names.len()).unwrap();
    Part { bucket: 0, signal: Signal::Traces, body: spans(names), items, metadata: None, sender: None }
}

/// A part of one span.
pub(crate) fn part(name: &str) -> Part {
    trace_part(&[name])
}

pub(crate) fn log_part(records: usize) -> Part {
    let log_records = vec![LogRecord { severity_text: "INFO".to_owned(), ..LogRecord::default() }; records];
    let scope = ScopeLogs { log_records, ..ScopeLogs::default() };
    let resource = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
    let body = ExportLogsServiceRequest { resource_logs: vec![resource] }.encode_to_vec().into();
    Part { bucket: 0, signal: Signal::Logs, body, items: records as u32, metadata: None, sender: None }
}

/// Plain text, no compression, no patience needed.
pub(crate) fn client_settings() -> ClientSettings {
    ClientSettings { compression: Compression::None, ..ClientSettings::new(ClientTls::insecure(&[Alpn::H2])) }
}

/// Retries that tests can wait for.
pub(crate) fn quick_retry() -> RetrySettings {
    RetrySettings {
        initial_interval: Duration::from_millis(5),
        max_interval: Duration::from_millis(20),
        max_elapsed_time: Duration::ZERO,
        ..RetrySettings::default()
    }
}

pub(crate) fn queued() -> LaneSettings {
    LaneSettings { retry: quick_retry(), ..LaneSettings::default() }
}

pub(crate) fn with_queue(change: impl FnOnce(&mut QueueSettings)) -> LaneSettings {
    let mut queue = QueueSettings::default();
    change(&mut queue);
    LaneSettings { queue: Some(queue), ..queued() }
}

pub(crate) fn direct() -> LaneSettings {
    LaneSettings { queue: None, ..queued() }
}

/// A lane with what it counts and what it hands back.
pub(crate) struct Rig {
    pub(crate) lane: Arc<Lane>,
    registry: Registry,
    pub(crate) handed_back: Arc<Mutex<Vec<(Part, GiveUp)>>>,
}

impl Rig {
    pub(crate) fn new(endpoint: &str, settings: LaneSettings) -> Self {
        let mut registry = Registry::default();
        let metrics = ExporterMetrics::register(&mut registry);
        let handed_back = Arc::new(Mutex::new(Vec::new()));
        let hand_back: HandBack = {
            let handed_back = Arc::clone(&handed_back);
            Arc::new(move |parts, why| {
                handed_back.lock().unwrap().extend(parts.into_iter().map(|part| (part, why.clone())));
            })
        };
        let client = Client::grpc(endpoint, &client_settings()).unwrap();
        let name = LaneName { exporter: "test".to_owned(), endpoint: endpoint.to_owned() };
        let lane = Lane::start(name, client, Arc::new(settings), metrics, hand_back);
        Self { lane, registry, handed_back }
    }

    /// Sends a part that must be taken.
    pub(crate) async fn send(&self, part: Part) {
        self.lane.send(part, None).await.unwrap();
    }

    pub(crate) fn handed_back(&self) -> Vec<(Part, GiveUp)> {
        self.handed_back.lock().unwrap().clone()
    }

    pub(crate) fn handed_back_items(&self) -> u64 {
        self.handed_back().iter().map(|(part, _)| u64::from(part.items)).sum()
    }

    pub(crate) fn counted(&self) -> Counted {
        Counted::of(&self.registry)
    }
}

/// A scrape, by series: `sent_spans` or `send_failed_spans reason`.
#[derive(Debug)]
pub(crate) struct Counted(BTreeMap<String, i64>);

impl Counted {
    pub(crate) fn of(registry: &Registry) -> Self {
        let mut text = String::new();
        encode(&mut text, registry).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("otelcol_exporter_"));
        Self(lines.map(Self::line).collect())
    }

    fn line(line: &str) -> (String, i64) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap().trim_end_matches("_total");
        let reason = series.split("reason=\"").nth(1).map(|rest| rest.split('"').next().unwrap());
        let key = reason.map_or_else(|| name.to_owned(), |reason| format!("{name} {reason}"));
        (key, value.parse().unwrap())
    }

    pub(crate) fn get(&self, key: &str) -> i64 {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// All that begins with that name, reasons added up.
    pub(crate) fn sum(&self, name: &str) -> i64 {
        self.0.iter().filter(|(key, _)| key.starts_with(name)).map(|(_, value)| value).sum()
    }
}

/// Waits until something holds; a test that waits in vain fails.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Far enough away that no test gets there.
pub(crate) fn later() -> Instant {
    Instant::now() + Duration::from_secs(120)
}

/// Where servers start that come back at the same port: an address of their own, so that no other test takes the
/// port meanwhile.
pub(crate) const RESTARTS: &str = "127.0.0.2:0";
