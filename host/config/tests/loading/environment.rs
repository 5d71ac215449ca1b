//! References to environment variables, as whole values and inside of others.

use sluice_config::{Config, ExporterConfig, ReceiverConfig, ResolverConfig};

use super::support;

fn loaded(endpoint: &str, path: &str, hostnames: &str) -> Config {
    let text = format!(
        "
receivers: {{otlp: {{protocols: {{grpc: {{endpoint: {endpoint}}}}}}}}}
exporters: {{file: {{path: {path}}}, load_balancing: {{resolver: {{static: {{hostnames: {hostnames}}}}}}}}}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [file, load_balancing]}}}}}}
"
    );
    support::load(&text).unwrap_or_else(|findings| panic!("{findings}")).config
}

fn path_of(path: &str) -> String {
    let config = loaded("localhost:1", path, "[a]");
    let files = config.exporters.values().find_map(|exporter| match exporter {
        ExporterConfig::File(file) => Some(file.path.display().to_string()),
        _ => None,
    });
    files.expect("a file exporter")
}

/// A reference inside a text is replaced by the variable's text; `$$` is a dollar sign.
#[test]
fn references_inside_a_text_are_replaced() {
    for (written, expected) in [
        ("'a-${env:PORT}-b'", "a-4319-b"),
        ("'a-${PORT}-b'", "a-4319-b"),
        ("'${env:PORT}${env:PORT}'", "43194319"),
        ("'${env:NOT_SET:-default}'", "default"),
        ("'${NOT_SET:-default}'", "default"),
        ("'x${env:NOT_SET:-}y'", "xy"),
        ("'${env:PORT:-default}'", "4319"),
        ("'x${env:EMPTY:-default}'", "x"),
        ("'$$'", "$"),
        ("'$${env:PORT}'", "${env:PORT}"),
        ("'$$$${env:PORT}'", "$${env:PORT}"),
        ("'$$${env:PORT}'", "$4319"),
        ("'$PORT'", "$PORT"),
        ("'${env:PORT'", "${env:PORT"),
        ("'a}b${env:PORT}'", "a}b4319"),
    ] {
        assert_eq!(path_of(written), expected, "{written}");
    }
}

/// References may stand in references, and in the values of variables.
#[test]
fn references_may_be_nested() {
    assert_eq!(path_of("'${env:NOT_SET:-${env:PORT}}'"), "4319");
    assert_eq!(path_of("'x${env:NESTED}'"), "x4319");
    assert_eq!(path_of("'${env:NOT_SET:-${env:ALSO_NOT:-c}}'"), "c");
}

/// A whole value has the type that the variable's text has in YAML; where text is wanted, it is the text.
#[test]
fn a_whole_value_has_its_own_type() {
    let config = loaded("'localhost:${env:PORT}'", "'${env:PORT}'", "'${env:HOSTS}'");
    let Some(ReceiverConfig::Otlp(otlp)) = config.receivers.values().next() else { panic!("{config:?}") };
    assert_eq!(otlp.grpc.as_ref().map(|grpc| grpc.endpoint.port), Some(4319));
    for exporter in config.exporters.values() {
        match exporter {
            ExporterConfig::File(file) => assert_eq!(file.path.to_str(), Some("4319")),
            ExporterConfig::LoadBalancing(balancer) => {
                let hostnames = vec!["a:1".to_owned(), "b:2".to_owned()];
                assert_eq!(balancer.resolver, ResolverConfig::Static { hostnames });
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Keys are never replaced, as in the Collector.
#[test]
fn keys_are_left_alone() {
    let text = "
receivers: {otlp: {protocols: {grpc: {'${env:PORT}': 1}}}}
exporters: {nop: }
service: {pipelines: {traces: {receivers: [otlp], exporters: [nop]}}}
";
    let findings = support::load(text).expect_err("an unknown key");
    assert!(findings.to_string().contains("grpc::${env:PORT}: unknown key"), "{findings}");
}
