//! Several sources to one configuration: what wins, and where a finding says that it is.

use std::time::Duration;

use sluice_config::{Batch, Config, ExporterConfig, ProcessorConfig, Source, Verbosity};

use super::support::{check, text};

const BASE: &str = "receivers:
  otlp: {protocols: {grpc: {endpoint: localhost:1}}}
processors:
  batch:
    timeout: 1s
    send_batch_size: 100
exporters:
  debug: {verbosity: normal}
  nop:
service:
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [debug, nop]
";

fn config(sources: &[Source]) -> Config {
    let checked = check(sources);
    checked.config.unwrap_or_else(|| panic!("{}", checked.findings))
}

fn batch(config: &Config) -> &Batch {
    match config.processors.values().next() {
        Some(ProcessorConfig::Batch(batch)) => batch,
        other => panic!("{other:?}"),
    }
}

fn set(written: &str) -> Source {
    Source::set(written).expect(written)
}

fn argument(written: &str) -> Source {
    Source::parse(written).expect(written)
}

/// Blocks are joined, a list and a word of a later source replace; `--set` comes over all.
#[test]
fn later_sources_win() {
    let later = "processors: {batch: {timeout: 2s}}\nservice: {pipelines: {traces: {exporters: [debug]}}}\n";
    let merged = config(&[text("base", BASE), text("later", later)]);
    assert_eq!((batch(&merged).timeout, batch(&merged).send_batch_size), (Duration::from_secs(2), 100));
    assert_eq!(merged.service.pipelines[0].exporters.len(), 1);
    assert_eq!(merged.service.pipelines[0].receivers.len(), 1);

    let merged = config(&[text("base", BASE), text("later", later), set("processors.batch.timeout=5s")]);
    assert_eq!(batch(&merged).timeout, Duration::from_secs(5));
    let merged = config(&[text("base", BASE), set("service.pipelines.traces.exporters=[nop]")]);
    assert_eq!(merged.service.pipelines[0].exporters[0].as_str(), "nop");
}

/// A block that a later source leaves empty is back at its defaults.
#[test]
fn an_empty_block_replaces() {
    let merged = config(&[text("base", BASE), text("later", "processors: {batch: }")]);
    assert_eq!(*batch(&merged), Batch::default());
}

/// YAML on the command line, with the paths of the Collector; and YAML in a variable.
#[test]
fn sources_need_not_be_files() {
    let merged = config(&[text("base", BASE), argument("yaml:exporters::debug::verbosity: detailed")]);
    let verbosities = merged.exporters.values().filter_map(|exporter| match exporter {
        ExporterConfig::Debug(debug) => Some(debug.verbosity),
        _ => None,
    });
    assert_eq!(verbosities.collect::<Vec<_>>(), [Verbosity::Detailed]);
    let merged = config(&[text("base", BASE), argument("env:OVERLAY")]);
    assert_eq!(batch(&merged).timeout, Duration::from_secs(3));
    let findings = check(&[text("base", BASE), argument("env:NOT_SET")]).findings.to_string();
    assert_eq!(findings, "error: env:NOT_SET: environment variable `NOT_SET` is not set");
}

/// References are replaced after merging, so one that was written over is not looked up.
#[test]
fn references_are_replaced_after_merging() {
    let base = BASE.replace("timeout: 1s", "timeout: ${env:NOT_SET}");
    let checked = check(&[text("base", &base), set("processors.batch.timeout=${env:NOT_SET_EITHER:-4s}")]);
    assert!(checked.findings.is_empty(), "{}", checked.findings);
    assert_eq!(batch(&checked.config.expect("valid")).timeout, Duration::from_secs(4));
}

/// Every finding names the source and the line of the value that is wrong, wherever the rest comes from.
#[test]
fn findings_name_the_source_of_the_value() {
    let later = "# what is special here\nprocessors:\n  batch:\n    timeout: 5\n    \
                 send_batch_max_size: 50\nexporters:\n  debgu:\n";
    let sources = [
        text("base.yaml", &BASE.replace("verbosity: normal", "verbosity: loud")),
        text("site.yaml", later),
        set("service.pipelines.traces.receivers=[oltp]"),
    ];
    let findings = check(&sources).findings.to_string();
    let expected = "\
warning: base.yaml:2: receivers::otlp: no pipeline uses it, so it is not started
error: base.yaml:8: exporters::debug::verbosity: `loud` is none of: basic, normal, detailed
error: site.yaml:4: processors::batch::timeout: `5` has no unit, and the Collector would take it for nanoseconds; \
write `5s` for seconds
error: site.yaml:5: processors::batch::send_batch_max_size: 50 is below send_batch_size, 100; make it as large or \
larger, or 0 for no limit
error: site.yaml:7: exporters::debgu: unknown exporter `debgu`; served are: load_balancing, loadbalancing, otlp_grpc, \
otlp, otlp_http, otlphttp, debug, file, nop; did you mean `debug`?
error: --set service.pipelines.traces.receivers: service::pipelines::traces::receivers[0]: references receiver `oltp` \
which is not configured; did you mean `otlp`?";
    assert_eq!(findings, expected);
}

/// What is wrong with the text of several sources is said together.
#[test]
fn every_source_that_is_no_yaml_is_named() {
    let sources = [text("a", "x: ["), text("b", BASE), text("c", "- list"), set("x=[")];
    let findings = check(&sources).findings.to_string();
    let lines: Vec<&str> = findings.lines().collect();
    assert_eq!(lines.len(), 3, "{findings}");
    assert!(lines[0].starts_with("error: a:2: not valid YAML"), "{findings}");
    assert_eq!(lines[1], "error: c: takes a block of keys, not a list");
    assert!(lines[2].starts_with("error: --set x: not valid YAML"), "{findings}");
}

/// No source, and sources with nothing in them, are answered.
#[test]
fn nothing_is_no_configuration() {
    let findings = check(&[]).findings.to_string();
    assert_eq!(findings, "error: configuration: no configuration was given; use --config FILE");
    let findings = check(&[text("a", "# nothing"), text("b", "")]).findings.to_string();
    assert!(findings.contains("empty configuration file"), "{findings}");
}
