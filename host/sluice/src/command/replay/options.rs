use std::path::PathBuf;

use clap::Args;
use sluice_config::Source;

use super::budget::Percent;
use crate::command::arguments::{Output, PluginOptions, Sources};

/// What `sluice replay` is told.
#[derive(Debug, Args)]
#[command(
    after_help = "Runs the sampler with its plugins in this process, with the clock of the recording: a request arrives when its \
    latest span ended, and never before the one ahead of it. The same files always give the same output. Nothing is \
    sent.\n\nExit status: 0 when all is within the limits, or there are none; 1 for an error; 2 for a wrong command line; \
    3 when a limit (--max-...) is exceeded.\n\nExamples:\n  sluice replay --config sampler.yaml --input traces.bin \
    --explain\n  sluice replay --config new.yaml --baseline old.yaml --input traces.bin --max-lost-traces 1%"
)]
pub(crate) struct ReplayOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) plugins: PluginOptions,
    /// Recorded traces, as the `file` exporter or `sluice capture` writes them: length-prefixed protobuf, or OTLP/JSON in
    /// lines; of several files, the oldest first; `-` is the standard input
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub(crate) input: Vec<PathBuf>,
    /// Which tail_sampling processor, where the configuration has several
    #[arg(long, value_name = "ID")]
    pub(crate) processor: Option<String>,
    /// The configuration before a change (sources as those of --config): prints what changes
    #[arg(long, value_name = "FILE", value_parser = Source::parse)]
    pub(crate) baseline: Vec<Source>,
    /// Fails when more traces than this share of all are decided otherwise, for example `5%`
    #[arg(long, value_name = "PERCENT", requires = "baseline")]
    pub(crate) max_changed_traces: Option<Percent>,
    /// Fails when more traces than this share of those kept before are kept no more
    #[arg(long, value_name = "PERCENT", requires = "baseline")]
    pub(crate) max_lost_traces: Option<Percent>,
    /// Fails when the bytes that are kept grow by more than this share, for example `+10%`
    #[arg(long, value_name = "PERCENT", requires = "baseline")]
    pub(crate) max_kept_bytes: Option<Percent>,
    /// Prints each decision, with every policy's vote; with --baseline those that change, before and now
    #[arg(long)]
    pub(crate) explain: bool,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}
