//! What asking a routing key costs per span, beside the same keys made natively.
//!
//! `cargo bench -p sluice-bench --bench plugin`. All columns are ns per span, medians, taken turn by turn in one run:
//! native, the plugin through the host, and how much of the latter the host's column extraction is.
//! What the difference means for the whole way of a request is measured by `--bin routing_path`.

mod native;

use std::hint::black_box;
use std::io::Write;
use std::slice;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use prometheus_client::registry::Registry;
use serde_json::json;
use sluice_bench::requests::{Dimensions, Template};
use sluice_otlp::columns::{Field, Intrinsic, Plan, Table, ValueType};
use sluice_otlp::{Payload, Request, Signal};
use sluice_plugin::{HostSettings, Keys, OnError, PluginHost, PluginMetrics, RoutingKey};

/// Spans of a request.
const SPANS: [usize; 4] = [10, 100, 1_000, 8_192];
/// How long each line is measured.
const TIME: Duration = Duration::from_secs(2);
/// Requests that take turns, so that branch predictors do not learn one by heart.
const TEMPLATES: usize = 16;

/// The gateway's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A routing key, the same made natively, and the columns that its first stage takes.
struct Subject {
    name: &'static str,
    native: fn(&Payload) -> Option<Keys>,
    keyed: Table,
    field: Field,
}

fn main() -> Result<()> {
    // `cargo test --benches` only wants to know that it runs.
    let is_test = std::env::args().all(|argument| argument != "--bench");
    let time = if is_test { Duration::ZERO } else { TIME };
    let metrics = PluginMetrics::register(&mut Registry::default());
    let host = PluginHost::start(HostSettings::default(), metrics)?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "| key | spans | native | plugin | of it extraction | plugin - native |")?;
    writeln!(output, "|---|---|---|---|---|---|")?;
    for subject in subjects() {
        let key = host.routing_key(subject.name, Signal::Traces, json!({}), OnError::Fallback)?;
        for spans in SPANS {
            let [native, plugin, extraction] = measure(&subject, &key, spans, time)?;
            let difference = plugin - native;
            writeln!(
                output,
                "| {} | {spans} | {native:.1} | {plugin:.1} | {extraction:.1} | {difference:.1} |",
                subject.name
            )?;
        }
    }
    Ok(())
}

fn subjects() -> [Subject; 2] {
    let service = Field::Attribute(Table::Resources, native::SERVICE_NAME.to_owned(), ValueType::Any);
    let trace_id = Field::Intrinsic(Table::Items, Intrinsic::TraceId);
    [
        Subject { name: "traceID", native: native::trace_id, keyed: Table::Items, field: trace_id },
        Subject { name: "service", native: native::service, keyed: Table::Resources, field: service },
    ]
}

/// ns per span: native, plugin, and column extraction alone.
fn measure(subject: &Subject, key: &RoutingKey, spans: usize, time: Duration) -> Result<[f64; 3]> {
    let plan = Plan::new(Signal::Traces, subject.keyed, vec![subject.field.clone()])?;
    let payloads = payloads(spans)?;
    for payload in &payloads {
        check(subject, key, payload)?;
    }
    let all = 0..u32::try_from(spans)?;
    let mut times = [const { Vec::new() }; 3];
    let begin = Instant::now();
    for payload in payloads.iter().cycle() {
        times[0].push(timed(|| (subject.native)(payload)));
        times[1].push(timed(|| key.keys(payload, 1)));
        times[2].push(timed(|| plan.extract(payload, slice::from_ref(&all), 1)));
        if begin.elapsed() >= time {
            break;
        }
    }
    Ok(times.map(|times| median(times).as_secs_f64() * 1e9 / spans as f64))
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    let result = black_box(work());
    let time = begin.elapsed();
    drop(result);
    time
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Each span is of a trace of its own, and a hundred share a resource: what an agent on a node sends.
fn payloads(spans: usize) -> Result<Vec<Payload>> {
    let resources = spans.div_ceil(100);
    let dimensions = Dimensions { spans, spans_per_trace: 1, resources, scopes_per_resource: 1 };
    let mut random = fastrand::Rng::with_seed(1);
    let payload = |_| {
        let body = Template::build(dimensions, &mut random)?.stamped(0);
        Ok(Payload::bare(Request::scan(Signal::Traces, body)?))
    };
    (0..TEMPLATES).map(payload).collect()
}

fn check(subject: &Subject, key: &RoutingKey, payload: &Payload) -> Result<()> {
    let native = (subject.native)(payload).context("a resource without service.name")?;
    let plugin = key.keys(payload, 1);
    for leaf in 0..payload.items() {
        ensure!(native.key(leaf) == plugin.key(leaf), "{}: another key for span {leaf}", subject.name);
    }
    Ok(())
}
