//! The Collector's feature gates: accepted, and what to do instead where they ask for something.

use sluice_config::Source;

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
            "service.profileSupport",
            "no.such.gate"
        ]),
        [
            "warning: --feature-gates: `-telemetry.UseLocalHostAsDefaultMetricsAddress` changes nothing: name the \
             address in `service::telemetry::metrics::readers`",
            "warning: --feature-gates: `service.profileSupport` changes nothing: Sluice has no such gate; did you mean \
             `service.profilesSupport`?",
            "warning: --feature-gates: `no.such.gate` changes nothing: Sluice has no such gate",
        ]
    );
}
