use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::requests::Shape;

/// Measures sluice under load: spans/s, CPU per span and memory, routing beside pass-through.
#[derive(Clone, Debug, Parser)]
pub struct Options {
    /// The binary to measure.
    #[arg(long, default_value = "target/release/sluice")]
    pub sluice: PathBuf,
    /// Shapes of requests.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "s,m,l")]
    pub shapes: Vec<Shape>,
    /// Compression towards the backends.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "none,gzip")]
    pub compression: Vec<Compression>,
    /// Switches the exporters' sending queues off, which are on by default.
    #[arg(long)]
    pub without_queue: bool,
    /// How often each arm is measured; arms take turns.
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// Seconds of load before measuring.
    #[arg(long, default_value = "2", value_parser = seconds)]
    pub warm_up: Duration,
    /// Seconds measured.
    #[arg(long, default_value = "5", value_parser = seconds)]
    pub window: Duration,
    /// Requests in flight.
    #[arg(long, default_value_t = 16)]
    pub in_flight: usize,
    /// Connections that they are spread over.
    #[arg(long, default_value_t = 4)]
    pub connections: usize,
    /// Backends that the load balancer has.
    #[arg(long, default_value_t = 4)]
    pub backends: usize,
    /// CPUs for sluice, as `taskset -c` takes them; put `taskset -c` before this program for the rest.
    #[arg(long)]
    pub sluice_cpus: Option<String>,
}

/// What sluice compresses its requests with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compression {
    /// Not at all.
    None,
    /// The Collector's default.
    Gzip,
}

impl Compression {
    /// The word in the configuration.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("{text} is not a number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
