use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use sluice_config::{Source, parse_duration};
use sluice_ring::Generation;

use super::capture::CaptureOptions;
use super::replay::ReplayOptions;

/// An OpenTelemetry gateway that routes by WebAssembly plugins.
///
/// Runs the Collector's configuration: `sluice --config FILE` starts the gateway.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(
    after_help = "Examples:\n  sluice --config gateway.yaml\n  sluice validate --config gateway.yaml --strict\n  \
    sluice --config gateway.yaml --config site.yaml --set processors.batch.timeout=1s\n  sluice locate --config \
    gateway.yaml --trace-id 5b8aa5a2d2c872e8321cf37308d69df2"
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
    /// Says everything that is wrong, doubtful or could be better in a configuration
    ///
    /// Prints one finding a line: severity, file and line, key, what is wrong, and what was probably meant. Ends with
    /// status 0 when there is no error. Needs no network, no cluster and no secrets.
    Validate(ValidateOptions),
    /// Parts any Collector's configuration into the half that Sluice runs and the one that stays outside
    ///
    /// Writes sluice.yaml, before.yaml (for the Collectors that send OTLP to Sluice) and after.yaml (for those that Sluice
    /// sends OTLP to), as far as there is anything for them, and prints where each component went, why, and what changes.
    /// Ends with status 0 when Sluice can run its half as it is. Needs no network, no cluster and no secrets.
    Migrate(MigrateOptions),
    /// Prints the configuration in effect: sources merged, references replaced, defaults written out, secrets hidden
    Config(ConfigOptions),
    /// Lists the Collector's components: served, without effect, or outside, and where those have their place
    Components(ComponentsOptions),
    /// Says which backend a key belongs to
    ///
    /// Prints one line a key, in the order given: the key, a tab, the endpoint.
    Locate(LocateOptions),
    /// Says what the tail sampler of a running gateway decided, and what each policy said
    ///
    /// Prints decisions, the last one first: what became of the trace, the policy that is credited, what brought the
    /// decision about, and each policy's vote with its reason.
    Explain(ExplainOptions),
    /// Says what a tail sampler would have kept of recorded traces, and what a change of its configuration would change
    Replay(ReplayOptions),
    /// Takes traces from a running tail sampler as it decides them, to be replayed
    Capture(CaptureOptions),
    /// Says whether a running gateway is live, by its exit status: a container's health check
    ///
    /// Asks the extension health_check. Ends with status 0 when the answer is 200, and prints what is the matter else.
    Health(HealthOptions),
    /// Takes a running gateway out of service, and waits until nobody sends to it: a container's preStop
    ///
    /// The gateway becomes unready and serves on; what ends it is SIGTERM. Waits until no request has come for a while and
    /// no traces are held, or the time is over; both are status 0.
    Drain(DrainOptions),
    /// Prints the backends that the resolvers see from here, the part of the keys that each has, and the records or slices
    /// that they come of
    ///
    /// Of DNS names and Kubernetes Services it prints each record or endpoint, with what becomes of it. Ends with status 0 when
    /// each resolver sees a backend.
    Resolve(ResolveOptions),
    /// Checks what usually goes wrong with two tiers: permissions, names, backends, queues and retries, certificates
    ///
    /// Run it where the gateway runs: it asks the same name servers and the same API server, what we are permitted included, and
    /// connects to every backend and server that exporters send to, without sending anything. Ends with status 0 when all of it
    /// can work.
    Doctor(DoctorOptions),
    /// Prints the completions of a shell, for example into ~/.local/share/bash-completion/completions/sluice
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Prints the manual page, for example into /usr/local/share/man/man1/sluice.1
    Man,
}

/// Where the configuration comes from.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    /// The configuration, in the Collector's YAML: a file, or `file:PATH`, `env:NAME` or `yaml:TEXT`; of several,
    /// later ones are merged over earlier ones [default: /conf/config.yaml, where there is one]
    #[arg(long, value_name = "FILE", value_parser = Source::parse)]
    pub(crate) config: Vec<Source>,
    /// Sets one key over all that the files say, for example `processors.batch.timeout=2s`; may be given several
    /// times
    #[arg(long, value_name = "KEY=VALUE", value_parser = Source::set)]
    pub(crate) set: Vec<Source>,
    /// The Collector's feature gates, as a list of `gate`, `+gate` or `-gate`; a warning says what to do instead
    #[arg(long, value_name = "LIST", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) feature_gates: Vec<String>,
}

impl Sources {
    /// All of them, in the order in which they are merged.
    pub(crate) fn all(&self) -> Vec<Source> {
        let mut sources: Vec<_> = self.config.iter().chain(&self.set).cloned().collect();
        if !self.feature_gates.is_empty() {
            sources.push(Source::FeatureGates(self.feature_gates.clone()));
        }
        sources
    }
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) plugins: PluginOptions,
}

/// Where plugins come from.
#[derive(Debug, Args)]
pub(crate) struct PluginOptions {
    /// A folder with plugins (`*.wasm`), beside those that the configuration names; may be given several times
    #[arg(long = "plugins", value_name = "DIR", env = "SLUICE_PLUGINS", value_delimiter = ':')]
    pub(crate) directories: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) plugins: PluginOptions,
    /// Ends with status 1 when there are warnings, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
}

#[derive(Debug, Args)]
pub(crate) struct MigrateOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// The folder for the halves; nothing in it is written over
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: PathBuf,
    /// How to print what was done
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct HealthOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// Where the extension listens, instead of what the configuration says [default: localhost:13133]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "config")]
    pub(crate) address: Option<String>,
    /// Asks whether it is ready instead
    #[arg(long)]
    pub(crate) ready: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DrainOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// The gateway's admin endpoint, instead of what the configuration says [default: localhost:13134]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "config")]
    pub(crate) admin: Option<String>,
    /// How long to wait at most
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    pub(crate) timeout: Duration,
    /// How long no request may come for it to be over: as long as senders need to hear of it
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = parse_duration)]
    pub(crate) quiet: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct ResolveOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// Which load-balancing exporter, else all of them
    #[arg(long, value_name = "ID")]
    pub(crate) exporter: Option<String>,
    /// How long to wait for a resolver's first list
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_duration)]
    pub(crate) timeout: Duration,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorOptions {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) plugins: PluginOptions,
    /// How long to wait for an answer about permissions, and for a resolver's first list
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_duration)]
    pub(crate) timeout: Duration,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainOptions {
    /// The trace, as 32 hexadecimal digits; else the last decisions
    pub(crate) trace_id: Option<String>,
    /// How many decisions at most
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) last: usize,
    /// Only decisions that kept nothing
    #[arg(long)]
    pub(crate) dropped: bool,
    /// The gateway's admin endpoint
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:13134")]
    pub(crate) admin: String,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct ComponentsOptions {
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("keys").args(["trace_id", "key", "key_hex"]).required(true).multiple(true))]
#[command(group = ArgGroup::new("backends").args(["endpoints", "config"]))]
pub(crate) struct LocateOptions {
    /// The backends, as the resolver names them: a:4317,b:4317
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) endpoints: Vec<String>,
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// Which load-balancing exporter, where the configuration has several
    #[arg(long, value_name = "ID", conflicts_with = "endpoints")]
    pub(crate) exporter: Option<String>,
    /// The ring: 3 (Collectors since mid-2026), 2, 1 (before v0.131) or balanced [default: 3, or the file's]
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
    /// Lines for people and their tools
    Text,
    /// JSON
    Json,
}
