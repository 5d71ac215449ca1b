//! What tail sampling costs and holds.
//!
//! - `throughput`: a running sampler, from a request's bytes to what is passed on, as fast as it goes.
//! - `phases`: one shard without threads: ingest, decisions, release, each by itself.
//! - `memory`: what is resident beside the wire size of what is held, and whether that grows in an hour.
//!
//! The policies are those of the users' guide, as plugins, or others.

mod memory;
mod native;
mod phases;
mod policies;
mod throughput;

use std::io::Write;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use prometheus_client::registry::Registry;
use sluice_otlp::{Payload, Request, Signal};
use sluice_plugin::{HostSettings, PluginHost, PluginMetrics};

use crate::requests::{Dimensions, Template};

pub use policies::Policies;

/// Spans of a trace in each of its two requests.
const HALF: usize = 10;
/// Traces of a request.
const TRACES: usize = 10;

/// Measures the tail sampler.
#[derive(Clone, Debug, Parser)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// A running sampler that takes requests as fast as it can
    Throughput(throughput::Options),
    /// One shard without threads: ingest, decisions and release, each by itself
    Phases(phases::Options),
    /// Resident memory beside what is held
    Memory(memory::HeldOptions),
    /// Resident memory in an hour of steady load, in simulated time
    Steady(memory::SteadyOptions),
}

/// What is asked of traces.
#[derive(Clone, Debug, Args)]
struct Asked {
    /// Which policies; several take turns
    #[arg(long, value_delimiter = ',', default_value = "guide")]
    policies: Vec<Policies>,
    /// The threshold of the latency policy in ms. At the guide's 500 the traces that are sent are all slow, and all kept
    #[arg(long, default_value_t = 500)]
    threshold_ms: u64,
    /// How often each of the policies is measured
    #[arg(long, default_value_t = 1)]
    rounds: usize,
}

/// Measures and writes what was found.
///
/// # Errors
/// When a policy cannot be loaded.
pub fn run(options: &Options, mut output: impl Write) -> Result<()> {
    match &options.what {
        What::Throughput(options) => throughput::run(options, &mut output),
        What::Phases(options) => phases::run(options, &mut output),
        What::Memory(options) => memory::held(options, &mut output),
        What::Steady(options) => memory::steady(options, &mut output),
    }
}

fn template() -> Result<Template> {
    let dimensions =
        Dimensions { spans: HALF * TRACES, spans_per_trace: HALF, resources: 1, scopes_per_resource: 1 };
    Ok(Template::build(dimensions, &mut fastrand::Rng::with_seed(7))?)
}

/// One half of each of ten traces. Another stamp makes other traces.
fn payload(template: &Template, stamp: u128) -> Result<Payload> {
    Ok(Payload::bare(Request::scan(Signal::Traces, template.stamped(stamp))?))
}

fn plugin_host() -> Result<PluginHost> {
    Ok(PluginHost::start(HostSettings::default(), PluginMetrics::register(&mut Registry::default()))?)
}
