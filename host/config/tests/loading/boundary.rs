//! Which components there are, and what is said of each.

use std::collections::BTreeSet;
use std::fs;

use sluice_config::{Boundary, components};

use super::support;

/// What is said of a component in a configuration that is good without it.
fn findings(section: &str, kind: &str) -> String {
    let component = format!("{kind}/x: {{}}");
    let block = |name: &str, own: &str| match (name == section, own) {
        (true, "") => format!("{name}: {{{component}}}\n"),
        (true, own) => format!("{name}: {{{own}, {component}}}\n"),
        (false, own) => format!("{name}: {{{own}}}\n"),
    };
    let text = [
        block("receivers", "otlp: {protocols: {grpc: {}}}"),
        block("processors", ""),
        block("exporters", "nop: "),
        block("extensions", ""),
        block("connectors", ""),
        "service: {pipelines: {traces: {receivers: [otlp], exporters: [nop]}}}\n".to_owned(),
    ];
    support::check(&[support::text("f.yaml", &text.concat())]).findings.to_string()
}

/// Every component of the contrib distribution is known, under its present and its older name.
#[test]
fn every_component_of_the_contrib_distribution_is_known() {
    let list = fs::read_to_string(support::data("contrib-components.txt")).expect("the list");
    let mut count = 0;
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let (section, kinds) = line.split_once(": ").expect("a section");
        for kind in kinds.split(' ') {
            count += 1;
            let findings = findings(section, kind);
            assert!(!findings.contains("unknown"), "{section} {kind}: {findings}");
        }
    }
    assert!(count > 200, "{count}");
}

/// What is said of a component is what the table says of it.
#[test]
fn every_component_is_treated_as_the_table_says() {
    for known in components() {
        let findings = findings(known.section, known.kind);
        let path = format!("{}::{}/x: ", known.section, known.kind);
        let (severity, expected) = match known.boundary {
            Boundary::Served => continue,
            Boundary::Later => ("error", "is not served yet".to_owned()),
            Boundary::Inert(reason) => ("warning", format!("changes nothing: {reason}")),
            Boundary::Outside(place) => ("error", format!("is outside of Sluice: {place}")),
        };
        let line = findings.lines().find(|line| line.contains(&path));
        let line = line.unwrap_or_else(|| panic!("nothing is said of {path}: {findings}"));
        assert!(line.starts_with(severity) && line.contains(&expected), "{line}");
    }
}

/// No component is listed twice, and none is a name that the Collector would not take.
#[test]
fn the_table_is_in_order() {
    let mut names = BTreeSet::new();
    for known in components() {
        assert!(names.insert((known.section, known.kind)), "{} is listed twice", known.kind);
        let is_name = known.kind.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        assert!(is_name, "{}", known.kind);
    }
}
