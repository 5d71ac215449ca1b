//! What a plugin costs on the way from a request's bytes to its parts: scan, keys, ring, split.
//!
//! The same way is taken with the trace ids read natively, turn by turn in one run. The difference is what
//! the plugin costs; what share of the whole that is depends on the rest of the gateway, whose CPU time per
//! span the load benchmark measures.

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bytes::Bytes;
use clap::Parser;
use prometheus_client::registry::Registry;
use sluice_otlp::columns::BytesColumn;
use sluice_otlp::{Leaf, Payload, Request, Signal, split};
use sluice_plugin::{HostSettings, Keys, OnError, PluginHost, PluginMetrics, RoutingKey};
use sluice_ring::Generation;
use sluice_routing::Placement;

use crate::requests::{Dimensions, Template};

/// Just under the limit of most receivers, so that only large requests are cut.
const MAX_REQUEST_BYTES: usize = 4_128_768;
/// Requests that take turns, so that branch predictors do not learn one by heart.
const TEMPLATES: usize = 16;

/// Measures routing by the `traceID` plugin beside the same with trace ids read natively.
#[derive(Clone, Debug, Parser)]
pub struct Options {
    /// Spans of a request.
    #[arg(long, value_delimiter = ',', default_value = "10,100,1000,8192")]
    pub spans: Vec<usize>,
    /// Spans of a trace.
    #[arg(long, default_value_t = 1)]
    pub spans_per_trace: usize,
    /// Backends on the ring.
    #[arg(long, default_value_t = 4)]
    pub backends: usize,
    /// Seconds for each number of spans.
    #[arg(long, default_value_t = 2.0)]
    pub seconds: f64,
    /// CPU time of the whole gateway per span in ns, as the load benchmark measures it, for the share.
    #[arg(long)]
    pub gateway_ns: Option<f64>,
}

/// Measures and writes a table.
///
/// # Errors
/// If the plugin cannot be loaded, or routes otherwise than the native function.
pub fn run(options: &Options, mut output: impl Write) -> Result<()> {
    let metrics = PluginMetrics::register(&mut Registry::default());
    let host = PluginHost::start(HostSettings::default(), metrics)?;
    let key = host.routing_key("traceID", Signal::Traces, serde_json::json!({}), OnError::Fallback)?;
    let endpoints: Vec<_> = (1..=options.backends).map(|number| format!("10.0.0.{number}:4317")).collect();
    let placement = Placement::new(Generation::Three, &endpoints);

    writeln!(
        output,
        "| spans | scan + split ns/span | native key ns/span | plugin ns/span | plugin - native | of gateway |"
    )?;
    writeln!(output, "|---|---|---|---|---|---|")?;
    for &spans in &options.spans {
        let bodies = bodies(spans, options.spans_per_trace)?;
        check(&bodies, &placement, &key)?;
        let [constant, native, plugin] =
            measure(options, &bodies, &placement, &key).map(|time| time.as_secs_f64() * 1e9 / spans as f64);
        let difference = plugin - native;
        let share =
            options.gateway_ns.map_or_else(String::new, |all| format!("{:.1} %", difference / all * 100.0));
        writeln!(
            output,
            "| {spans} | {constant:.1} | {native:.1} | {plugin:.1} | {difference:.1} | {share} |"
        )?;
    }
    Ok(())
}

fn bodies(spans: usize, spans_per_trace: usize) -> Result<Vec<Bytes>> {
    let resources = spans.div_ceil(100);
    let dimensions = Dimensions { spans, spans_per_trace, resources, scopes_per_resource: 1 };
    let mut random = fastrand::Rng::with_seed(1);
    (0..TEMPLATES).map(|_| Ok(Template::build(dimensions, &mut random)?.stamped(0))).collect()
}

/// Median times of one request: without keys, with native keys, with the plugin's.
fn measure(options: &Options, bodies: &[Bytes], placement: &Placement, key: &RoutingKey) -> [Duration; 3] {
    let mut times = [const { Vec::new() }; 3];
    let begin = Instant::now();
    for body in bodies.iter().cycle() {
        if begin.elapsed().as_secs_f64() >= options.seconds {
            break;
        }
        times[0].push(timed(|| route(body, placement, same_key)));
        times[1].push(timed(|| route(body, placement, trace_ids)));
        times[2].push(timed(|| route(body, placement, |payload| key.keys(payload, 0))));
    }
    times.map(|mut times| {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    })
}

fn timed(work: impl FnOnce() -> Result<Vec<u32>>) -> Duration {
    let begin = Instant::now();
    // Checked before: it does not fail.
    let _ = black_box(work());
    begin.elapsed()
}

/// The way of a request through the load balancer, without sockets; answers with the items of the parts.
fn route(body: &Bytes, placement: &Placement, keys: impl FnOnce(&Payload) -> Keys) -> Result<Vec<u32>> {
    let payload = Payload::bare(Request::scan(Signal::Traces, body.clone())?);
    let buckets = placement.buckets(keys(&payload));
    let split = split(&payload.request, &buckets, placement.addresses().len(), MAX_REQUEST_BYTES);
    Ok(split.parts.into_iter().map(|part| part.items).collect())
}

/// As many buckets as with keys, at no cost worth naming: leaves take turns.
fn same_key(payload: &Payload) -> Keys {
    const ROWS: u32 = 64;
    let mut keys = BytesColumn { offsets: vec![0], data: Vec::new() };
    for row in 0..ROWS {
        keys.data.extend_from_slice(&row.to_le_bytes());
        keys.offsets.push(keys.data.len() as u32);
    }
    let of_leaf = (0..payload.items() as u32).map(|leaf| leaf % ROWS).collect();
    Keys { keys, of_leaf, rejected: 0, rejection: String::new() }
}

/// The key of `traceID`, as the host could make it itself.
fn trace_ids(payload: &Payload) -> Keys {
    let (body, leaves) = (payload.request.body(), &payload.request.index().leaves);
    let mut data = Vec::with_capacity(leaves.len() * 16);
    for leaf in leaves {
        match leaf.trace_id {
            Leaf::NO_ID => data.extend_from_slice(&[0; 16]),
            at => data.extend_from_slice(&body[at as usize..at as usize + 16]),
        }
    }
    let rows = leaves.len() as u32;
    let keys = BytesColumn { offsets: (0..=rows).map(|row| row * 16).collect(), data };
    Keys { keys, of_leaf: (0..rows).collect(), rejected: 0, rejection: String::new() }
}

fn check(bodies: &[Bytes], placement: &Placement, key: &RoutingKey) -> Result<()> {
    for body in bodies {
        let native = route(body, placement, trace_ids)?;
        let plugin = route(body, placement, |payload| key.keys(payload, 0))?;
        ensure!(native == plugin, "the plugin routes otherwise than the native function");
    }
    Ok(())
}
