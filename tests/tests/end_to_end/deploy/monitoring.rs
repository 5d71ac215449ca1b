//! Rules for Prometheus and the dashboard.

use std::collections::BTreeSet;
use std::process::Command;

use serde_yaml::Value;
use sluice_tests::certificates::Authority;
use sluice_tests::deploy::deploy;
use sluice_tests::gateway::{Gateway, project};
use sluice_tests::metrics::Page;
use sluice_tests::programs::words;
use tempfile::TempDir;

fn yaml(name: &str) -> Value {
    let text = std::fs::read_to_string(deploy("monitoring").join(name)).expect("a file");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn rules() -> Vec<Value> {
    let groups = yaml("rules.yaml")["groups"].as_sequence().expect("groups").clone();
    groups.iter().flat_map(|group| group["rules"].as_sequence().expect("rules").clone()).collect()
}

fn text<'a>(rule: &'a Value, key: &str) -> Option<&'a str> {
    rule[key].as_str()
}

/// Prometheus' own tool takes the rules, and they do what their tests say; each alert has a test in which it fires.
#[test]
fn rules_pass_their_tests() {
    for arguments in [["check", "rules", "rules.yaml"], ["test", "rules", "rules_test.yaml"]] {
        let mut command = Command::new("promtool");
        let output = command.args(arguments).current_dir(deploy("monitoring")).output();
        let output = output.expect("promtool, which `cargo xtask test` installs");
        assert!(output.status.success(), "{}", words(&output));
    }
    let tests = yaml("rules_test.yaml");
    let fired: BTreeSet<String> = tests["tests"]
        .as_sequence()
        .expect("tests")
        .iter()
        .flat_map(|test| test["alert_rule_test"].as_sequence().cloned().unwrap_or_default())
        .filter(|test| test["exp_alerts"].as_sequence().is_some_and(|alerts| !alerts.is_empty()))
        .filter_map(|test| text(&test, "alertname").map(str::to_owned))
        .collect();
    let alerts: BTreeSet<String> =
        rules().iter().filter_map(|rule| text(rule, "alert").map(str::to_owned)).collect();
    assert_eq!(fired, alerts);
}

/// The operator gets the same rules.
#[test]
fn the_operator_gets_the_same() {
    assert_eq!(yaml("prometheus-rule.yaml")["spec"]["groups"], yaml("rules.yaml")["groups"]);
}

/// Every metric in rules and dashboard is one that a gateway tells of, or that the docs list; what rules record is
/// recorded.
#[tokio::test(flavor = "multi_thread")]
async fn every_metric_is_there() {
    let folder = TempDir::new().expect("a temporary folder");
    let certified = Authority::new("test").sign("localhost");
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, certified.certificate).expect("a file");
    std::fs::write(&key, certified.key).expect("a file");
    let config = format!(
        "
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:0
        tls: {{cert_file: {}, key_file: {}}}
processors:
  memory_limiter: {{check_interval: 1s, limit_percentage: 80}}
  tail_sampling: {{policies: [{{name: all, type: always_sample}}]}}
exporters:
  load_balancing:
    sending_queue:
    resolver: {{static: {{hostnames: ['127.0.0.1:1', '127.0.0.1:2']}}}}
service:
  telemetry: {{metrics: {{address: '127.0.0.1:0'}}}}
  pipelines:
    traces: {{receivers: [otlp], processors: [memory_limiter, tail_sampling], exporters: [load_balancing]}}
",
        certificate.display(),
        key.display()
    );
    let gateway = Gateway::start(&config).await;
    let page = Page::scrape(gateway.address("metrics")).await.0;
    let families: BTreeSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let docs = documents();
    let recorded: BTreeSet<String> =
        rules().iter().filter_map(|rule| text(rule, "record").map(str::to_owned)).collect();

    let dashboard = std::fs::read_to_string(deploy("monitoring/dashboard.json")).expect("the dashboard");
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard).expect("JSON");
    let mut expressions: Vec<String> =
        rules().iter().filter_map(|rule| text(rule, "expr").map(str::to_owned)).collect();
    strings(&dashboard, &mut expressions);
    let used: BTreeSet<String> = expressions.iter().flat_map(|expression| names(expression)).collect();
    assert!(used.len() > 40, "{used:?}");
    let missing: Vec<_> = used
        .iter()
        .filter(|name| {
            !recorded.contains(*name) && !is_family(name, &families) && !is_documented(name, &docs)
        })
        .collect();
    assert!(missing.is_empty(), "no gateway has these: {missing:?}");
}

/// The guide's queries are on the dashboard, and no two panels share a number or a place.
#[test]
fn the_dashboard_has_the_guides_queries() {
    let text = std::fs::read_to_string(deploy("monitoring/dashboard.json")).expect("the dashboard");
    let dashboard: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut all = Vec::new();
    strings(&dashboard, &mut all);
    let spread = "sum by (exporter) (rate(otelcol_exporter_sent_spans_total{";
    assert!(all.iter().any(|query| query.starts_with(spread) && query.ends_with("[5m]))")));
    assert!(all.iter().any(|query| query.starts_with("label_values(otelcol_exporter_sent_spans_total")));
    let panels = dashboard["panels"].as_array().expect("panels");
    let numbers: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64()).collect();
    let places: BTreeSet<_> =
        panels.iter().map(|panel| (panel["gridPos"]["x"].as_u64(), panel["gridPos"]["y"].as_u64())).collect();
    assert!(numbers.len() == panels.len() && places.len() == panels.len());
}

/// All texts in a value.
fn strings(value: &serde_json::Value, into: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => into.push(text.clone()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
        serde_json::Value::Object(values) => values.values().for_each(|value| strings(value, into)),
        _ => {}
    }
}

/// The names of metrics in an expression.
fn names(expression: &str) -> Vec<String> {
    let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
    words
        .filter(|word| {
            word.starts_with("otelcol_")
                || word.starts_with("sluice_")
                || word.contains(":sluice_")
                || word.contains(":otelcol_")
        })
        .map(str::to_owned)
        .collect()
}

/// A family, or a series of one.
fn is_family(name: &str, families: &BTreeSet<&str>) -> bool {
    let stems = ["", "_total", "_bucket", "_sum", "_count", "_info"].map(|suffix| name.strip_suffix(suffix));
    stems.into_iter().flatten().any(|stem| families.contains(stem))
}

/// In a table of the docs, which write `_spans` for all three kinds of items.
fn is_documented(name: &str, docs: &str) -> bool {
    let spans = name.replace("_log_records", "_spans").replace("_metric_points", "_spans");
    docs.contains(&format!("`{spans}`")) || docs.contains(&format!("`{spans}{{"))
}

fn documents() -> String {
    let files = std::fs::read_dir(project().join("docs")).expect("docs/");
    let files = files.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    files.map(|path| std::fs::read_to_string(path).expect("a document")).collect()
}
