use std::fmt;

/// The kinds of telemetry that OTLP carries and Sluice serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Spans, in an `ExportTraceServiceRequest`.
    Traces,
    /// Log records, in an `ExportLogsServiceRequest`.
    Logs,
    /// Data points, in an `ExportMetricsServiceRequest`.
    Metrics,
}

impl Signal {
    /// All signals, in the order of the Collector's documentation.
    pub const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// The name of a pipeline's signal in the Collector's configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
