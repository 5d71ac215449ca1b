//! A load balancer, its backends, and what arrived there.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Condvar, LazyLock, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use prost::Message;
use sluice_exporter::{
    ClientSettings, Compression, ExporterMetrics, LaneSettings, QueueSettings, RetrySettings,
};
use sluice_otlp::{Payload, Request, Signal};
use sluice_pipeline::{Consumer, Reply};
use sluice_plugin::{Cache, HostSettings, Limits, OnError, PluginHost, PluginMetrics, RoutingKey};
use sluice_resolver::{Endpoints, Resolver};
use sluice_ring::{Generation, Ring};
use sluice_routing::{LoadBalancer, LoadBalancerSettings, RoutingKeys, RoutingMetrics};
use sluice_tests::backend::{Answer, Backend};
use sluice_tests::metrics::Page;
use sluice_tests::traffic::{attribute, service, span, spans_of, trace_id};
use sluice_tls::{Alpn, ClientTls};
use tokio::sync::watch;

/// Long enough for a machine that does something else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// A client that does not wait long.
pub(crate) const IMPATIENCE: Duration = Duration::from_millis(700);

/// The plugins, compiled once for all tests, and patient however busy the machine is.
static PLUGINS: LazyLock<PluginHost> = LazyLock::new(|| {
    let settings = HostSettings {
        directories: vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins-test")],
        cache: Cache::Directory(Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled-plugins")),
        limits: Limits { deadline: PATIENCE, ..Limits::default() },
        ..HostSettings::default()
    };
    PluginHost::start(settings, PluginMetrics::register(&mut Registry::default())).unwrap()
});

fn key(name: &str, signal: Signal) -> Option<Arc<RoutingKey>> {
    Some(PLUGINS.routing_key(name, signal, serde_json::json!({}), OnError::Fallback).unwrap())
}

/// The Collector's default keys.
fn default_keys() -> RoutingKeys {
    RoutingKeys {
        traces: key("traceID", Signal::Traces),
        logs: key("service", Signal::Logs),
        metrics: key("service", Signal::Metrics),
    }
}

/// All signals by service.
pub(crate) fn service_keys() -> RoutingKeys {
    RoutingKeys { traces: key("service", Signal::Traces), ..default_keys() }
}

/// Traces by the header `x-tenant`.
pub(crate) fn tenant_keys() -> RoutingKeys {
    RoutingKeys { traces: key("tenant", Signal::Traces), ..RoutingKeys::default() }
}

/// No queue and no retry at either level.
pub(crate) fn plain() -> LoadBalancerSettings {
    let lane = LaneSettings {
        queue: None,
        retry: RetrySettings::disabled(),
        timeout: PATIENCE,
        ..LaneSettings::default()
    };
    let tls = ClientTls::insecure(&[Alpn::H2]);
    LoadBalancerSettings {
        id: "loadbalancing".to_owned(),
        generation: Generation::Three,
        max_request_bytes: lane.max_request_bytes,
        lane: Arc::new(lane),
        client: ClientSettings { compression: Compression::None, ..ClientSettings::new(tls) },
        queue: None,
        retry: RetrySettings::disabled(),
        timeout: Duration::ZERO,
    }
}

/// `plain` with a queue at level 2.
pub(crate) fn queued(queue: QueueSettings, retry: RetrySettings) -> LoadBalancerSettings {
    let plain = plain();
    let lane = LaneSettings { queue: Some(queue), retry, ..(*plain.lane).clone() };
    LoadBalancerSettings { lane: Arc::new(lane), ..plain }
}

/// Retries without long waits.
pub(crate) fn quick_retry(max_elapsed_time: Duration) -> RetrySettings {
    RetrySettings {
        initial_interval: Duration::from_millis(20),
        max_interval: Duration::from_millis(100),
        max_elapsed_time,
        ..RetrySettings::default()
    }
}

/// A load balancer whose endpoints the test chooses.
pub(crate) struct Rig {
    pub(crate) balancer: Arc<LoadBalancer>,
    endpoints: watch::Sender<Option<Endpoints>>,
    registry: Registry,
}

impl Rig {
    /// Starts without endpoints.
    pub(crate) fn start(settings: LoadBalancerSettings) -> Self {
        Self::start_by(default_keys(), settings)
    }

    fn start_by(keys: RoutingKeys, settings: LoadBalancerSettings) -> Self {
        let mut registry = Registry::default();
        let (endpoints, watched) = watch::channel(None);
        let balancer = LoadBalancer::start(
            settings,
            Resolver::from_watch(watched),
            keys,
            RoutingMetrics::register(&mut registry),
            ExporterMetrics::register(&mut registry),
        );
        Self { balancer: Arc::new(balancer), endpoints, registry }
    }

    /// Starts in front of these.
    pub(crate) async fn over(settings: LoadBalancerSettings, addresses: &[SocketAddr]) -> Self {
        Self::over_by(default_keys(), settings, addresses).await
    }

    /// Starts in front of these, with other keys.
    pub(crate) async fn over_by(
        keys: RoutingKeys,
        settings: LoadBalancerSettings,
        addresses: &[SocketAddr],
    ) -> Self {
        let rig = Self::start_by(keys, settings);
        rig.set_endpoints(addresses);
        sluice_tests::wait::until("the first table", || async { rig.balancer.ready() }).await;
        rig
    }

    /// What the resolver yields from now on.
    pub(crate) fn set_endpoints(&self, addresses: &[SocketAddr]) {
        self.endpoints.send_replace(Some(texts(addresses).into()));
    }

    /// Sends as a client that waits so long.
    pub(crate) async fn send(&self, request: &impl Message, signal: Signal, patience: Duration) -> Reply {
        self.balancer.consume(payload(request, signal, Some(patience))).await
    }

    /// Sends traces as a patient client.
    pub(crate) async fn send_traces(&self, request: &ExportTraceServiceRequest) -> Reply {
        self.send(request, Signal::Traces, PATIENCE).await
    }

    /// Waits until one request is at its backend, so that what is sent next waits behind it.
    pub(crate) async fn first_is_under_way(&self) {
        let under_way = || async { self.counted("otelcol_exporter_in_flight_requests", &[]) == 1.0 };
        sluice_tests::wait::until("a request to be under way", under_way).await;
    }

    /// All metrics.
    pub(crate) fn page(&self) -> Page {
        let mut text = String::new();
        encode(&mut text, &self.registry).unwrap();
        Page(text)
    }

    /// The sum of a counter's series with these labels.
    pub(crate) fn counted(&self, name: &str, labels: &[&str]) -> f64 {
        self.page().sum(name, labels)
    }
}

/// A scanned request with a deadline.
pub(crate) fn payload(request: &impl Message, signal: Signal, patience: Option<Duration>) -> Payload {
    let request = Request::scan(signal, request.encode_to_vec().into()).unwrap();
    Payload { deadline: patience.map(|patience| Instant::now() + patience), ..Payload::bare(request) }
}

fn texts(addresses: &[SocketAddr]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

/// Where the ring puts a key.
pub(crate) fn owner(addresses: &[SocketAddr], key: &[u8]) -> SocketAddr {
    addresses[Ring::new(Generation::Three, &texts(addresses)).locate(key).unwrap()]
}

/// A request of as many spans, each a trace of its own that the ring puts at `wanted`.
pub(crate) fn traces_for(
    addresses: &[SocketAddr],
    wanted: SocketAddr,
    spans: usize,
) -> ExportTraceServiceRequest {
    let ids = std::iter::repeat_with(trace_id).filter(|id| owner(addresses, id) == wanted);
    let spans = ids.take(spans).map(|id| span(&id, "GET /")).collect();
    let scope = opentelemetry_proto::tonic::trace::v1::ScopeSpans { spans, ..Default::default() };
    let resource = opentelemetry_proto::tonic::trace::v1::ResourceSpans {
        resource: Some(service("shop")),
        scope_spans: vec![scope],
        ..Default::default()
    };
    ExportTraceServiceRequest { resource_spans: vec![resource] }
}

/// A span that alone has so many bytes.
pub(crate) fn large_span(bytes: usize) -> opentelemetry_proto::tonic::trace::v1::Span {
    let mut span = span(&trace_id(), "large");
    span.attributes.push(attribute("text", &"x".repeat(bytes)));
    span
}

/// As many backends that accept everything.
pub(crate) async fn backends(count: usize) -> Vec<Backend> {
    let mut backends = Vec::new();
    for _ in 0..count {
        backends.push(Backend::start().await);
    }
    backends
}

/// A backend that answers as `answer` says.
pub(crate) async fn backend(answer: Answer) -> Backend {
    Backend::start_on(SocketAddr::from(([127, 0, 0, 1], 0)), answer).await
}

/// Where they listen.
pub(crate) fn addresses(backends: &[Backend]) -> Vec<SocketAddr> {
    backends.iter().map(Backend::address).collect()
}

/// Every span that arrived, with its headers, and how often.
pub(crate) fn arrived(backends: &[Backend]) -> BTreeMap<Vec<u8>, usize> {
    spans_of(&backends.iter().flat_map(Backend::traces).collect::<Vec<_>>())
}

/// Where nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    Backend::start().await.kill()
}

/// Keeps requests waiting until it is opened.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// Lets everything pass from now on.
    pub(crate) fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    /// A backend's answer: OK, once the gate is open.
    pub(crate) fn answer(&self) -> Answer {
        let gate = self.clone();
        Arc::new(move |_| {
            let (open, changed) = &*gate.0;
            drop(changed.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
            Ok(bytes::Bytes::new())
        })
    }
}

/// Opens when a test ends early, so that the backend's thread ends too.
impl Drop for Gate {
    fn drop(&mut self) {
        self.open();
    }
}
