//! The Collector's feature gates: which of them say what Sluice does anyway, and what to do instead of the others.

use crate::decode::Context;
use crate::findings::nearest::nearest;

/// A gate, and what is to be said when it is turned on, or off; nothing where Sluice does that anyway.
struct Gate {
    id: &'static str,
    on: Option<&'static str>,
    off: Option<&'static str>,
}

const TAIL_SAMPLING: Option<&str> = Some("comes with tail_sampling in a later release");

/// The gates that change something which Sluice has, too.
const GATES: &[Gate] = &[
    Gate {
        id: "component.UseLocalHostAsDefaultHost",
        on: None,
        off: Some("name the address: for example `receivers::otlp::protocols::grpc::endpoint: 0.0.0.0:4317`"),
    },
    Gate {
        id: "confmap.enableMergeAppendOption",
        on: Some("a list of a later source replaces the earlier one; list everything in the last one"),
        off: None,
    },
    Gate {
        id: "confmap.strictlyTypedInput",
        on: None,
        off: Some("a value has one type; put numbers in quotes where text is wanted"),
    },
    Gate {
        id: "confmap.unifyEnvVarExpansion",
        on: None,
        off: Some("`$NAME` is no reference; write `${env:NAME}`"),
    },
    Gate { id: "otelcol.printInitialConfig", on: Some("use `sluice config`"), off: None },
    Gate { id: "pdata.useCustomProtoEncoding", on: None, off: None },
    Gate { id: "pdata.useProtoPooling", on: None, off: None },
    Gate { id: "processor.tailsamplingprocessor.disableinvertdecisions", on: None, off: TAIL_SAMPLING },
    Gate { id: "processor.tailsamplingprocessor.metricstatcountbytessampled", on: TAIL_SAMPLING, off: None },
    Gate { id: "processor.tailsamplingprocessor.metricstatcountspanssampled", on: TAIL_SAMPLING, off: None },
    Gate { id: "processor.tailsamplingprocessor.recordpolicy", on: TAIL_SAMPLING, off: None },
    Gate { id: "processor.tailsamplingprocessor.tailstorageextension", on: TAIL_SAMPLING, off: None },
    Gate { id: "processor.tailsamplingprocessor.usetracestate", on: TAIL_SAMPLING, off: None },
    Gate {
        id: "service.AllowNoPipelines",
        on: Some("configure a pipeline in `service::pipelines`"),
        off: None,
    },
    Gate { id: "service.noopTracerProvider", on: None, off: None },
    Gate { id: "service.profilesSupport", on: Some("profiles are not served"), off: None },
    Gate { id: "telemetry.disableHighCardinalityMetrics", on: None, off: None },
    Gate {
        id: "telemetry.newPipelineTelemetry",
        on: Some("metrics are per receiver, processor and exporter, not per place in a pipeline"),
        off: None,
    },
    Gate {
        id: "telemetry.UseLocalHostAsDefaultMetricsAddress",
        on: None,
        off: Some("name the address in `service::telemetry::metrics::readers`"),
    },
];

/// Notes a warning for every gate that changes nothing here; `source` is the number of the argument.
pub(crate) fn check(gates: &[String], source: usize, context: &Context) {
    for written in gates.iter().map(|gate| gate.trim()).filter(|gate| !gate.is_empty()) {
        let (is_on, id) = match written.strip_prefix('-') {
            Some(id) => (false, id),
            None => (true, written.strip_prefix('+').unwrap_or(written)),
        };
        match GATES.iter().find(|gate| gate.id == id) {
            Some(gate) => {
                if let Some(advice) = if is_on { gate.on } else { gate.off } {
                    context.doubt(source, format!("`{written}` changes nothing: {advice}"), None);
                }
            }
            None => {
                let meant = nearest(id, GATES.iter().map(|gate| gate.id));
                context.doubt(source, format!("`{written}` changes nothing: Sluice has no such gate"), meant);
            }
        }
    }
}
