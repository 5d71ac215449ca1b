//! A sampler as a `tail_sampling` block describes it, with the plugins as they are compiled, in simulated time.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prometheus_client::registry::Registry;
use prost::Message as _;
use sluice_config::{Config, ProcessorConfig, Source, TailSampling};
use sluice_otlp::{Payload, Request, Signal};
use sluice_plugin::{Cache, HostSettings, Limits, PluginHost, PluginMetrics};
use sluice_sampling::{Explained, Held, Moment, SamplingMetrics, SteppedSampler};

/// 2024-01-01, in ns since the Unix epoch: a second begins.
pub(crate) const EPOCH: u64 = 1_704_067_200_000_000_000;

/// How often a sampler looks what is due, in ms.
const TICK: u64 = 100;

/// The built-in plugins, each of which is loaded once, however many tests use it.
pub(crate) fn plugins() -> &'static PluginHost {
    static HOST: OnceLock<PluginHost> = OnceLock::new();
    HOST.get_or_init(|| host(Vec::new()))
}

/// A plugin host with these directories, under whose limits no plugin in order fails, however busy the machine.
pub(crate) fn host(directories: Vec<std::path::PathBuf>) -> PluginHost {
    let settings = HostSettings {
        directories,
        cache: Cache::Directory(Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled-plugins")),
        limits: Limits { deadline: Duration::from_secs(60), ..Limits::default() },
        poll_interval: Duration::from_millis(100),
    };
    PluginHost::start(settings, PluginMetrics::register(&mut Registry::default())).unwrap()
}

/// A `tail_sampling` block, read as the gateway reads it; what is wrong with it.
pub(crate) fn block(yaml: &str) -> Result<TailSampling, String> {
    let lines: Vec<_> = yaml.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!(
        "receivers: {{otlp: {{protocols: {{grpc: }}}}}}\nexporters: {{nop: }}\nprocessors:\n  tail_sampling:\n{}\
         service: {{pipelines: {{traces: {{receivers: [otlp], processors: [tail_sampling], exporters: [nop]}}}}}}\n",
        lines.concat()
    );
    let source = Source::Text { name: "f.yaml".to_owned(), text };
    let loaded = Config::load(&[source], &|_| None).map_err(|findings| findings.to_string())?;
    match loaded.config.processors.into_values().next() {
        Some(ProcessorConfig::TailSampling(block)) => Ok(*block),
        other => Err(format!("{other:?}")),
    }
}

/// Why a block is refused, be it by the configuration or by a plugin.
pub(crate) fn refusal(yaml: &str) -> String {
    let refused = block(yaml).and_then(|block| {
        sluice_tail_sampling::policies(&block, plugins()).map_err(|fault| format!("{fault:#}"))
    });
    refused.map(|_| ()).expect_err("a block that is refused")
}

/// A sampler, what it has let out, and what time it is there.
pub(crate) struct Simulation {
    sampler: SteppedSampler,
    registry: Registry,
    /// ms since it began.
    now: u64,
    /// By how much the wall clock was set forward, in ns.
    wall_shift: i64,
    released: Vec<Payload>,
}

impl Simulation {
    /// By a `tail_sampling` block; of one shard, unless it says otherwise.
    pub(crate) fn new(yaml: &str) -> Self {
        Self::with(yaml, plugins())
    }

    /// The same with other plugins.
    pub(crate) fn with(yaml: &str, plugins: &PluginHost) -> Self {
        let mut block = block(yaml).unwrap_or_else(|findings| panic!("{yaml}: {findings}"));
        block.num_shards = block.num_shards.or(Some(1));
        block.max_memory_mib = block.max_memory_mib.or(Some(1024));
        let policies = sluice_tail_sampling::policies(&block, plugins).unwrap();
        let settings = sluice_tail_sampling::settings(&block).unwrap();
        let mut registry = Registry::default();
        let metrics = SamplingMetrics::register(&mut registry);
        let sampler = SteppedSampler::new("tail_sampling", settings, policies, &metrics);
        Self { sampler, registry, now: 0, wall_shift: 0, released: Vec::new() }
    }

    /// Sends spans of one resource and one scope.
    pub(crate) fn send(&mut self, spans: impl IntoIterator<Item = Span>) {
        self.send_resources(vec![super::spans::resource("shop", spans)]);
    }

    /// Sends a request.
    pub(crate) fn send_resources(&mut self, resource_spans: Vec<ResourceSpans>) {
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        self.send_bytes(body).expect("a good request");
    }

    /// Sends the bytes of a request, if the scanner lets it pass; else answers what is wrong with it.
    pub(crate) fn send_bytes(&mut self, body: Vec<u8>) -> Result<(), String> {
        let request = Request::scan(Signal::Traces, body.into()).map_err(|error| error.to_string())?;
        self.sampler.ingest(&Payload::bare(request), self.moment());
        self.collect();
        Ok(())
    }

    /// Lets time pass, with a tick whenever one is due.
    pub(crate) fn pass(&mut self, millis: u64) {
        let end = self.now + millis;
        while let tick = (self.now / TICK + 1) * TICK
            && tick <= end
        {
            self.now = tick;
            self.sampler.tick(self.moment());
            self.collect();
        }
        self.now = end;
    }

    /// Lets time pass in which nobody looks, and looks then.
    pub(crate) fn stall(&mut self, millis: u64) {
        self.now += millis;
        self.sampler.tick(self.moment());
        self.collect();
    }

    /// Sets the wall clock forward, or back.
    pub(crate) fn set_clock(&mut self, seconds: i64) {
        self.wall_shift += seconds * 1_000_000_000;
    }

    pub(crate) fn shut_down(&mut self) {
        self.sampler.shut_down(self.moment());
        self.collect();
    }

    /// The spans that were let out since this was asked last.
    pub(crate) fn released(&mut self) -> Vec<Span> {
        super::spans::of_resources(self.released_requests().concat())
    }

    /// The requests that were let out since this was asked last.
    pub(crate) fn released_requests(&mut self) -> Vec<Vec<ResourceSpans>> {
        let decode = |payload: Payload| {
            ExportTraceServiceRequest::decode(&payload.request.body()[..]).expect("OTLP").resource_spans
        };
        std::mem::take(&mut self.released).into_iter().map(decode).collect()
    }

    /// How many spans were let out since this was asked last.
    pub(crate) fn released_count(&mut self) -> usize {
        std::mem::take(&mut self.released).iter().map(Payload::items).sum()
    }

    /// How many bytes were let out since spans or requests were asked for last.
    pub(crate) fn released_bytes(&self) -> usize {
        self.released.iter().map(|payload| payload.request.body().len()).sum()
    }

    /// The last decision on a trace.
    pub(crate) fn explained(&self, id: &[u8]) -> Explained {
        let id: [u8; 16] = id.try_into().expect("16 bytes");
        let found = self.sampler.explain(&id).into_iter().next();
        found.unwrap_or_else(|| panic!("{id:02x?} is not decided"))
    }

    /// All decisions that can be explained, the last one first.
    pub(crate) fn decisions(&self) -> Vec<Explained> {
        self.sampler.last_decisions(usize::MAX, false)
    }

    pub(crate) fn held(&self) -> Held {
        self.sampler.held()
    }

    /// The sum of a metric's series that have all these labels, each written `name="value"`.
    pub(crate) fn metric(&self, name: &str, labels: &[&str]) -> u64 {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        let series = |line: &&str| {
            let of_name = line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
            of_name && labels.iter().all(|label| line.contains(label))
        };
        let value = |line: &str| line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok());
        text.lines().filter(series).filter_map(value).sum::<f64>() as u64
    }

    fn moment(&self) -> Moment {
        let unix_nanos = EPOCH + self.now * 1_000_000;
        Moment {
            steady: Duration::from_millis(self.now),
            unix_nanos: unix_nanos.saturating_add_signed(self.wall_shift),
        }
    }

    fn collect(&mut self) {
        self.released.extend(self.sampler.take_released());
    }
}
