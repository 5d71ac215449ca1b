use std::collections::HashSet;

use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

use super::{Identity, register_identity, register_process};

fn exposition() -> String {
    let mut registry = Registry::default();
    let identity = Identity {
        service_name: "sluice".to_owned(),
        service_version: "1.2.3".to_owned(),
        service_instance_id: "a-b-c".to_owned(),
    };
    register_identity(&mut registry, &identity);
    register_process(&mut registry);
    let mut page = String::new();
    text::encode(&mut page, &registry).expect("written");
    page
}

fn value(page: &str, name: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
    line.trim().parse().expect("a number")
}

/// The process shows under the names that the Collector's dashboards ask for, with believable values.
#[test]
fn the_process_is_shown_under_the_collectors_names() {
    let page = exposition();
    assert!(value(&page, "otelcol_process_uptime_seconds_total ") >= 0.0);
    assert!(value(&page, "otelcol_process_cpu_seconds_total ") >= 0.0);
    assert!(value(&page, "otelcol_process_memory_rss_bytes ") > 100_000.0);
}

/// Who runs is shown as OpenTelemetry's Prometheus exporters show it.
#[test]
fn the_target_and_the_build_are_shown() {
    let page = exposition();
    let target =
        r#"target_info{service_name="sluice",service_version="1.2.3",service_instance_id="a-b-c"} 1"#;
    assert!(page.contains(target), "{page}");
    assert!(page.contains(r#"sluice_build_info{version="1.2.3"} 1"#), "{page}");
}

/// What `promtool check metrics` asks: each family has a help text and a type, and no family comes twice.
#[test]
fn every_family_has_help_and_a_type() {
    let page = exposition();
    let mut seen = HashSet::new();
    let mut helped = HashSet::new();
    for line in page.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some("HELP"), Some(family), Some(help)) if !help.is_empty() => {
                assert!(helped.insert(family.to_owned()), "{family} twice");
            }
            (Some("#"), Some("TYPE"), Some(family), Some(_)) => {
                assert!(helped.contains(family), "{family} has no help text");
                assert!(seen.insert(family.to_owned()), "{family} twice");
            }
            (Some("#"), Some("UNIT" | "EOF"), ..) => {}
            (Some(sample), Some(_), ..) if sample != "#" => {
                let name = sample.split('{').next().unwrap_or(sample);
                let family = name.trim_end_matches("_total").trim_end_matches("_info");
                assert!(seen.contains(family), "{name} has no type");
            }
            _ => panic!("unexpected line {line:?}"),
        }
    }
    assert_eq!(seen.len(), 5);
}
