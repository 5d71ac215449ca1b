use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use sluice_ring::Generation;

/// An OpenTelemetry gateway that routes by WebAssembly plugins.
///
/// Runs the Collector's configuration: `sluice --config FILE` starts the gateway.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(
    after_help = "Examples:\n  sluice --config gateway.yaml\n  sluice locate --config gateway.yaml --trace-id \
    5b8aa5a2d2c872e8321cf37308d69df2"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) run: RunOptions,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts the gateway; the same as no command
    Run(RunOptions),
    /// Says which backend a key belongs to
    Locate(LocateOptions),
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// The configuration, in the Collector's YAML
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) config: Option<PathBuf>,
    /// A folder with plugins (`*.wasm`), beside those that the configuration names; may be given several times
    #[arg(long = "plugins", value_name = "DIR")]
    pub(crate) plugin_directories: Vec<PathBuf>,
}

/// Prints one line a key, in the order given: the key, a tab, the endpoint.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("keys").args(["trace_id", "key", "key_hex"]).required(true).multiple(true))]
#[command(group = ArgGroup::new("source").args(["endpoints", "config"]).required(true))]
pub(crate) struct LocateOptions {
    /// The backends, as the resolver names them: a:4317,b:4317
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) endpoints: Vec<String>,
    /// Takes backends and ring from the static resolver of a load-balancing exporter in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Which load-balancing exporter, where the file has several
    #[arg(long, value_name = "ID", requires = "config")]
    pub(crate) exporter: Option<String>,
    /// The ring's generation: 3 (Collectors since mid-2026), 2 or 1 (before v0.131) [default: 3, or the file's]
    #[arg(long, value_name = "3|2|1")]
    pub(crate) ring: Option<Generation>,
    /// A trace, by its id of 32 hexadecimal digits (spans by traceID)
    #[arg(long, value_name = "HEX")]
    pub(crate) trace_id: Vec<String>,
    /// A key, as text (`service.name=checkout|` for spans by service, `checkout` for logs and metrics)
    #[arg(long, value_name = "TEXT")]
    pub(crate) key: Vec<String>,
    /// A key, as hexadecimal bytes
    #[arg(long, value_name = "HEX")]
    pub(crate) key_hex: Vec<String>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Output {
    /// One line a key: key, tab, endpoint
    Text,
    /// One array of objects
    Json,
}
