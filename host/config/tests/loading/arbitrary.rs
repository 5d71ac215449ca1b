//! Whatever the file, loading it ends, soon, with a configuration or with findings.

use std::fmt::Write;
use std::fs;

use proptest::prelude::*;
use proptest::sample::select;
use sluice_config::Config;

use super::{checks, support};

/// Words that lead deep into the decoder, and values that fit none of them.
const WORDS: &[&str] = &[
    "receivers",
    "otlp",
    "protocols",
    "grpc",
    "http",
    "endpoint",
    "exporters",
    "load_balancing",
    "resolver",
    "static",
    "hostnames",
    "dns",
    "interval",
    "5",
    "5s",
    "-1",
    "1e999",
    "0x1F",
    "~",
    "true",
    "off",
    "service",
    "pipelines",
    "traces",
    "traces/a",
    "exporters::nop",
    "a::::b",
    "routing_key",
    "${env:TOKEN}",
    "${LIST}",
    "${env:LOOP}",
    "${yaml:{a: ${env:TOKEN}}}",
    "${env:",
    "$$",
    "&a",
    "*a",
    "<<",
    "!t",
    "[a, b]",
    "{a: b}",
    "'",
    "\"",
    "#",
    "|",
    ">",
    "---",
    "\t",
    "\u{feff}",
    "\u{7f}",
    "telemetry",
    "readers",
    "queue",
    "processors",
    "tail_sampling",
    "policies",
    "name",
    "type",
    "latency",
    "status_code",
    "threshold_ms",
    "and",
    "and_sub_policy",
    "not_sub_policy",
    "composite",
    "rate_allocation",
    "\u{e9}",
];

/// Words at any indentation.
fn lines() -> impl Strategy<Value = String> {
    let line = (0..6_usize, select(WORDS), select(&[":", ": ", "- ", ""][..]), select(WORDS));
    prop::collection::vec(line, 0..40).prop_map(|lines| {
        let mut text = String::new();
        for (depth, key, between, value) in lines {
            writeln!(text, "{:indent$}{key}{between}{value}", "", indent = depth * 2).expect("a string");
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No text makes the loader panic.
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        checks::answer(&[&text]);
    }

    /// No arrangement of words at any indentation makes the loader panic.
    #[test]
    fn any_arrangement_of_words_is_answered(text in lines()) {
        checks::answer(&[&text]);
    }

    /// No two texts make merging panic.
    #[test]
    fn any_two_sources_are_merged(one in lines(), other in lines()) {
        checks::answer(&[&one, &other]);
    }

    /// A good file with a piece taken out, doubled or replaced is answered; findings can be printed.
    #[test]
    fn a_damaged_file_is_answered(
        file in select(&[
            "guide/example-1.yaml",
            "guide/example-3.yaml",
            "collector-load-balancing.yaml",
            "collector-tail-sampling.yaml",
            "migrate/06-datadog.yaml",
            "migrate/10-forward.yaml",
        ][..]),
        start in any::<prop::sample::Index>(),
        length in 0..40_usize,
        replacement in select(WORDS),
        copies in 0..3_usize,
    ) {
        let text = fs::read_to_string(support::data(file)).expect("the file");
        let start = start.index(text.len());
        let end = (start + length).min(text.len());
        prop_assume!(text.is_char_boundary(start) && text.is_char_boundary(end));
        let damaged = format!("{}{}{}", &text[..start], replacement.repeat(copies), &text[end..]);
        checks::answer(&[&damaged]);
        checks::answer(&[&text, &damaged]);
    }
}

fn refused(text: &str, expected: &str) {
    let findings = support::load(text).expect_err(expected).to_string();
    assert!(findings.contains(expected), "{findings}");
}

/// Aliases that multiply are refused before anything is built from them.
#[test]
fn aliases_cannot_multiply() {
    let mut laughs = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n".to_owned();
    for level in 1..30 {
        let before = format!("*a{}", level - 1);
        writeln!(laughs, "a{level}: &a{level} [{}]", vec![before; 10].join(", ")).expect("a string");
    }
    refused(&laughs, "too large once its aliases are written out");

    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 10_000].join(", "));
    refused(&long, "too large once its aliases are written out");
}

/// Nesting is bounded, in brackets, by indentation, and through aliases.
#[test]
fn nesting_is_bounded() {
    refused(&format!("a: {}", "[".repeat(100_000)), "nested deeper than 64 levels");
    let mut steps = String::new();
    for depth in 0..100 {
        writeln!(steps, "{:depth$}a:", "").expect("a string");
    }
    refused(&steps, "nested deeper than 64 levels");
    let mut aliases = "a0: &a0 [1]\n".to_owned();
    for level in 1..100 {
        writeln!(aliases, "a{level}: &a{level} [*a{}]", level - 1).expect("a string");
    }
    refused(&aliases, "nested deeper than 64 levels");
}

/// Size is bounded: of the file, of its keys, and of what variables add.
#[test]
fn size_is_bounded() {
    refused(&"#".repeat(2 * 1024 * 1024), "larger than 1024 KiB");
    refused(&format!("{}: 1", "k".repeat(2_000)), "not valid YAML");
    refused(&format!("? {}\n: 1", "k".repeat(2_000)), "a key is longer than 1024 bytes");
}

/// Blocks out of references are bounded too, however deep each of them is, and however many there are.
#[test]
fn references_are_bounded() {
    let deep = format!("{}'${{env:DEEP}}'{}", "[".repeat(60), "]".repeat(60));
    let wide = format!("[{}]", vec!["'${env:WIDE}'"; 200].join(", "));
    for (name, value) in [("DEEP", &deep), ("WIDE", &wide)] {
        let variables = |wanted: &str| (wanted == name).then(|| value.clone());
        let source = support::text("f.yaml", &format!("receivers: ${{env:{name}}}"));
        let findings = Config::check(&[source], &variables).findings.to_string();
        assert!(findings.contains("nested deeper than 8 levels"), "{findings}");
    }
}

/// A file at the limit that is wrong everywhere is answered with a bounded number of findings.
#[test]
fn findings_are_bounded() {
    let mut keys = String::new();
    for number in 0..50_000 {
        writeln!(keys, "k{number}: 1").expect("a string");
    }
    assert_eq!(support::load(&keys).expect_err("unknown keys").len(), 200);
    let mut references = "exporters:\n".to_owned();
    for number in 0..20_000 {
        writeln!(references, "  nop/{number}:").expect("a string");
    }
    references.push_str("service:\n  pipelines:\n    traces:\n      exporters:\n");
    for number in 0..20_000 {
        writeln!(references, "      - nop/x{number}").expect("a string");
    }
    assert_eq!(support::load(&references).expect_err("references").len(), 200);
}

/// As many parts and shares as a file can hold are told apart soon.
#[test]
fn a_composite_of_any_size_is_answered() {
    let mut text = "receivers: {otlp: {protocols: {grpc: }}}\nexporters: {nop: }\nservice: {pipelines: {traces: {receivers: \
                    [otlp], processors: [tail_sampling], exporters: [nop]}}}\nprocessors:\n tail_sampling:\n  policies:\n  - \
                    name: c\n    type: composite\n    composite:\n     max_total_spans_per_second: 1\n     \
                    composite_sub_policy:\n"
        .to_owned();
    for number in 0..12_000 {
        writeln!(text, "     - {{name: p{number}, type: trace_flags}}").expect("a string");
    }
    text.push_str("     rate_allocation:\n");
    for number in 0..12_000 {
        writeln!(text, "     - {{policy: q{number}}}").expect("a string");
    }
    assert_eq!(support::load(&text).expect_err("no such parts").len(), 200);
}

/// A file that is not there, a folder, and bytes that are no text are answered in words.
#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.yaml");
    let findings = support::load_file(&missing).expect_err("missing").to_string();
    assert!(findings.contains("missing.yaml: cannot be read: No such file"), "{findings}");
    let findings = support::load_file(folder.path()).expect_err("a folder").to_string();
    assert!(findings.contains("cannot be read"), "{findings}");
    fs::write(&missing, b"receivers: \xff").expect("written");
    let findings = support::load_file(&missing).expect_err("not UTF-8").to_string();
    assert!(findings.contains("is not UTF-8: byte 11 does not fit"), "{findings}");
}
