use sluice_otlp::Signal;

use crate::rejection::{Cause, Rejection};

/// The signal whose `Export` a path calls.
pub(super) fn signal_of(path: &str) -> Result<Signal, Rejection> {
    match path {
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => Ok(Signal::Traces),
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => Ok(Signal::Logs),
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => Ok(Signal::Metrics),
        _ if path.starts_with("/opentelemetry.proto.collector.profiles.") => {
            Err(Rejection::new(Cause::NoPipeline, "profiles are not supported"))
        }
        _ => Err(Rejection::new(Cause::UnknownMethod, format!("unknown method {path}"))),
    }
}
