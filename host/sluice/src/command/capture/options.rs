use std::path::PathBuf;

use clap::Args;

/// What `sluice capture` is told.
#[derive(Debug, Args)]
#[command(
    after_help = "Traces are written whole, as they are when their time has come, before any policy is asked, kept and dropped \
    alike: as length-prefixed protobuf, which `sluice replay --input` reads. The gateway must allow it with \
    `sluice::admin_capture: true`; values are redacted before they leave it.\n\nExit status: 0 when something was captured; 1 \
    when nothing was, or for an error; 2 for a wrong command line."
)]
pub(crate) struct CaptureOptions {
    /// How many traces at most
    #[arg(long, value_name = "NUMBER")]
    pub(crate) traces: u64,
    /// How many MiB of them at most
    #[arg(long, value_name = "MIB", default_value_t = 64)]
    pub(crate) max_mib: u64,
    /// How long to wait for them at most
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) seconds: u64,
    /// The file to write, which must not be there yet; else the standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Attributes whose values are replaced, wherever they are; `status.message` stands for the messages of spans' statuses, too
    #[arg(long, value_name = "KEY", num_args = 1..)]
    pub(crate) redact: Vec<String>,
    /// Replaces the values of all attributes, and the messages of spans' statuses
    #[arg(long, conflicts_with = "redact")]
    pub(crate) redact_all_attributes: bool,
    /// Attributes whose values stay even so, for example `service.name`
    #[arg(long, value_name = "KEY", num_args = 1.., requires = "redact_all_attributes")]
    pub(crate) keep: Vec<String>,
    /// Which tail_sampling processor, where the gateway has several
    #[arg(long, value_name = "ID")]
    pub(crate) processor: Option<String>,
    /// The gateway's admin endpoint
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:13134")]
    pub(crate) admin: String,
}
