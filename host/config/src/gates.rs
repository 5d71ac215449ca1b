//! The Collector's feature gates: which of them say what Sluice does anyway, and what to do instead of the others.

use crate::components::section::boundary::PROCESSORS;
use crate::decode::Context;
use crate::findings::nearest::nearest;
use crate::source::Source;
use crate::types::id::ComponentId;
use crate::yaml::value::Value;

/// A gate, and what is to be said when it is turned on, or off; nothing where Sluice does that anyway.
struct Gate {
    id: &'static str,
    on: Option<&'static str>,
    off: Option<&'static str>,
}

/// Of gates that only show metrics which cost nothing here.
const COUNTED: Option<&str> = Some("what policies sampled is always counted in spans and bytes, too");

/// The gates that stand for a key of tail_sampling.
const KEYS: [(&str, &str); 2] = [
    ("processor.tailsamplingprocessor.recordpolicy", "record_policy"),
    ("processor.tailsamplingprocessor.usetracestate", "use_tracestate"),
];

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
    Gate {
        id: "processor.tailsamplingprocessor.disableinvertdecisions",
        on: None,
        off: Some("a policy with `invert_match` votes like any other, as in the Collector since v0.156"),
    },
    Gate { id: "processor.tailsamplingprocessor.metricstatcountbytessampled", on: None, off: COUNTED },
    Gate { id: "processor.tailsamplingprocessor.metricstatcountspanssampled", on: None, off: COUNTED },
    Gate { id: "processor.tailsamplingprocessor.recordpolicy", on: None, off: None },
    Gate {
        id: "processor.tailsamplingprocessor.tailstorageextension",
        on: Some("traces are held in memory; bound it with `max_memory_mib` of tail_sampling"),
        off: None,
    },
    Gate { id: "processor.tailsamplingprocessor.usetracestate", on: None, off: None },
    Gate {
        id: "service.AllowNoPipelines",
        on: Some("configure a pipeline in `service::pipelines`"),
        off: None,
    },
    Gate { id: "service.disableOpenCensusBridge", on: None, off: None },
    Gate { id: "service.noopTracerProvider", on: None, off: None },
    Gate { id: "service.profilesSupport", on: Some("profiles are not served"), off: None },
    Gate { id: "telemetry.disableHighCardinalityMetrics", on: None, off: None },
    Gate {
        id: "telemetry.newPipelineTelemetry",
        on: Some("metrics are per receiver, processor and exporter, not per place in a pipeline"),
        off: None,
    },
    Gate { id: "telemetry.useOtelForInternalMetrics", on: None, off: None },
    Gate { id: "telemetry.useOtelWithSDKConfigurationForInternalTelemetry", on: None, off: None },
    Gate {
        id: "telemetry.UseLocalHostAsDefaultMetricsAddress",
        on: None,
        off: Some("name the address in `service::telemetry::metrics::readers`"),
    },
];

/// Notes a warning for every gate that changes nothing here; `source` is the number of the argument.
pub(crate) fn check(gates: &[String], source: usize, context: &Context) {
    for (written, is_on, id) in gates.iter().filter_map(|gate| parse(gate)) {
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

/// Turns on what stands for a gate in every tail_sampling that does not say itself whether it is on.
pub(crate) fn apply(source: &Source, document: &mut Value) {
    let Source::FeatureGates(gates) = source else { return };
    let on = gates.iter().filter_map(|gate| parse(gate)).filter(|(_, is_on, _)| *is_on);
    for (_, _, id) in on {
        let Some((_, key)) = KEYS.iter().find(|(gate, _)| *gate == id) else { continue };
        let Value::Map(top) = document.resolved_mut() else { return };
        let section = top.iter_mut().find(|(name, _)| name == PROCESSORS.name);
        let Some(Value::Map(processors)) = section.map(|(_, section)| section.resolved_mut()) else { return };
        for (name, processor) in processors {
            if ComponentId::parse(name).is_ok_and(|id| id.kind() == "tail_sampling") {
                turn_on(processor.resolved_mut(), key);
            }
        }
    }
}

fn turn_on(block: &mut Value, key: &str) {
    if matches!(block, Value::Null) {
        *block = Value::Map(Vec::new());
    }
    let Value::Map(entries) = block else { return };
    match entries.iter_mut().find(|(name, _)| name == key) {
        Some((_, value)) if matches!(value.resolved(), Value::Null) => *value = Value::Bool(true),
        Some(_) => {}
        None => entries.push((key.to_owned(), Value::Bool(true))),
    }
}

/// A gate as it was written, whether it is to be on, and its id.
fn parse(written: &str) -> Option<(&str, bool, &str)> {
    let written = written.trim();
    let (is_on, id) = match written.strip_prefix('-') {
        Some(id) => (false, id),
        None => (true, written.strip_prefix('+').unwrap_or(written)),
    };
    (!written.is_empty()).then_some((written, is_on, id))
}
