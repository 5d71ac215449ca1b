//! The Collector's feature gates: accepted, and what to do instead where they ask for something.

use sluice_config::{ProcessorConfig, Source};

use super::support::{check, text};

const PLAIN: &str = "receivers: {otlp: {protocols: {grpc: }}}\nexporters: {nop: }\n\
                     service: {pipelines: {traces: {receivers: [otlp], exporters: [nop]}}}\n";

fn warnings(gates: &[&str]) -> Vec<String> {
    let gates = Source::FeatureGates(gates.iter().map(|gate| (*gate).to_owned()).collect());
    let checked = check(&[text("f.yaml", PLAIN), gates]);
    assert!(checked.config.is_some(), "{}", checked.findings);
    checked.findings.iter().map(ToString::to_string).collect()
}

/// Gates for what Sluice does anyway pass without a word.
#[test]
fn gates_that_change_nothing_pass() {
    assert_eq!(
        warnings(&[
            "confmap.strictlyTypedInput",
            "+component.UseLocalHostAsDefaultHost",
            "-service.profilesSupport",
            "telemetry.useOtelForInternalMetrics",
            "processor.tailsamplingprocessor.metricstatcountspanssampled",
            "+processor.tailsamplingprocessor.metricstatcountbytessampled",
            ""
        ]),
        Vec::<String>::new()
    );
}

/// A gate that asks for more says which key does it; an unknown one warns, and names the nearest.
#[test]
fn other_gates_warn() {
    assert_eq!(
        warnings(&[
            "-telemetry.UseLocalHostAsDefaultMetricsAddress",
            "-processor.tailsamplingprocessor.metricstatcountspanssampled",
            "service.profileSupport",
            "no.such.gate"
        ]),
        [
            "warning: --feature-gates: `-telemetry.UseLocalHostAsDefaultMetricsAddress` changes nothing: name the \
             address in `service::telemetry::metrics::readers`",
            "warning: --feature-gates: `-processor.tailsamplingprocessor.metricstatcountspanssampled` changes nothing: \
             what policies sampled is always counted in spans and bytes, too",
            "warning: --feature-gates: `service.profileSupport` changes nothing: Sluice has no such gate; did you mean \
             `service.profilesSupport`?",
            "warning: --feature-gates: `no.such.gate` changes nothing: Sluice has no such gate",
        ]
    );
}

/// Two gates stand for keys of tail_sampling: in every block that does not have the key, and as `sluice config` shows.
#[test]
fn gates_stand_for_keys_of_tail_sampling() {
    let all = "policies: [{name: all, type: always_sample}]";
    let yaml = PLAIN.replace(
        "receivers: [otlp]",
        "receivers: [otlp], processors: [tail_sampling, tail_sampling/b, batch]",
    ) + &format!(
        "processors:\n  batch:\n  tail_sampling: {{{all}}}\n  tail_sampling/b: {{record_policy: false, use_tracestate: , {all}}}\n"
    );
    let switches = |gates: &[&str]| {
        let gates = Source::FeatureGates(gates.iter().map(|gate| (*gate).to_owned()).collect());
        let checked = check(&[text("f.yaml", &yaml), gates]);
        assert!(checked.findings.is_empty(), "{}", checked.findings);
        let again = check(&[text("effective", &checked.effective().expect("a configuration"))]);
        let [now, again] = [&checked, &again].map(|checked| {
            let config = checked.config.as_ref().unwrap_or_else(|| panic!("{}", checked.findings));
            let samplings = config.processors.values().filter_map(|processor| match processor {
                ProcessorConfig::TailSampling(sampling) => Some(sampling),
                _ => None,
            });
            samplings.map(|sampling| (sampling.record_policy, sampling.use_tracestate)).collect::<Vec<_>>()
        });
        assert_eq!(now, again);
        now
    };
    let record = "processor.tailsamplingprocessor.recordpolicy";
    let trace_state = "+processor.tailsamplingprocessor.usetracestate";
    assert_eq!(switches(&[]), [(false, false), (false, false)]);
    assert_eq!(switches(&[record]), [(true, false), (false, false)]);
    assert_eq!(switches(&[record, trace_state]), [(true, true), (false, true)]);
    assert_eq!(
        switches(&["-processor.tailsamplingprocessor.recordpolicy"]),
        [(false, false), (false, false)]
    );
}
