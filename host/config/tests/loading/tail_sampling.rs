//! What comes out of a `tail_sampling` block: options, policies, and what their plugins are given.

use std::time::Duration;

use serde_json::{Value as Json, json};
use sluice_config::{
    CompositeSub, Config, DecisionCache, Overflow, PolicyConfig, PolicyKind, PolicyMode, PolicyOnError,
    ProcessorConfig, SamplingStrategy, Source, TailSampling,
};

use super::support;

fn sampling_of(config: &Config) -> &TailSampling {
    let Some(ProcessorConfig::TailSampling(sampling)) = config.processors.values().next() else {
        panic!("{config:?}")
    };
    sampling
}

fn whole(block: &str) -> String {
    format!(
        "receivers: {{otlp: {{protocols: {{grpc: }}}}}}\nexporters: {{nop: }}\n\
         service: {{pipelines: {{traces: {{receivers: [otlp], processors: [tail_sampling], exporters: [nop]}}}}}}\n\
         processors:\n  tail_sampling: {block}\n"
    )
}

/// The one policy of a configuration with this policy in it.
fn policy(yaml: &str) -> PolicyConfig {
    let text = whole(&format!("{{policies: [{yaml}]}}"));
    let loaded = support::load(&text).unwrap_or_else(|findings| panic!("{yaml}: {findings}"));
    sampling_of(&loaded.config).policies[0].clone()
}

fn leaf(name: &str, plugin: &str, settings: Json) -> PolicyConfig {
    named(name, PolicyKind::Leaf { plugin: plugin.to_owned(), settings })
}

fn named(name: &str, kind: PolicyKind) -> PolicyConfig {
    PolicyConfig { name: name.to_owned(), kind, mode: PolicyMode::Live, on_error: PolicyOnError::Abstain }
}

/// A file with every policy of the Collector's comes out as it was meant, without a word.
#[test]
fn every_policy_of_the_collector_comes_out_as_it_was_meant() {
    let file = support::data("collector-tail-sampling.yaml");
    let loaded = support::load_file(&file).unwrap_or_else(|findings| panic!("{findings}"));
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    let sampling = sampling_of(&loaded.config);
    assert_eq!(sampling.decision_wait, Duration::from_secs(10));
    assert_eq!(sampling.decision_wait_after_root_received, Duration::from_secs(2));
    assert_eq!((sampling.num_traces, sampling.expected_new_traces_per_sec), (100, 10));
    assert_eq!((sampling.maximum_trace_size_bytes, sampling.num_shards), (1_048_576, Some(4)));
    assert!(sampling.block_on_overflow && sampling.sample_on_first_match);
    assert!(sampling.drop_pending_traces_on_shutdown);
    assert_eq!(
        sampling.decision_cache,
        DecisionCache { sampled_cache_size: Some(1_000), non_sampled_cache_size: Some(2_000) }
    );

    let range = json!({"key": "key1", "min_value": 50, "max_value": 100});
    let patterns = json!({"key": "key2", "values": ["val[0-9]+", "v.*"], "enabled_regex_matching": true,
                          "cache_max_size": 10, "invert_match": true});
    let conditions = json!({"error_mode": "ignore",
        "span": ["attributes[\"test_attr_key_1\"] == \"test_attr_val_1\"",
                 "attributes[\"test_attr_key_2\"] != \"test_attr_val_1\""],
        "spanevent": ["name != \"test_span_event_name\""]});
    let slow = json!({"threshold_ms": 1_000});
    let share = |policy, spans_per_second| CompositeSub { policy, spans_per_second };
    let expected = [
        leaf("all", "always_sample", Json::Null),
        leaf("slow", "latency", json!({"threshold_ms": 5_000})),
        leaf("between", "latency", json!({"threshold_ms": 5_000, "upper_threshold_ms": 10_000})),
        leaf("numbers", "numeric_attribute", range.clone()),
        leaf("least", "numeric_attribute", json!({"key": "key1", "min_value": -100, "invert_match": true})),
        leaf("share", "probabilistic", json!({"hash_salt": "custom-salt", "sampling_percentage": 0.1})),
        leaf("failed", "status_code", json!({"status_codes": ["ERROR", "UNSET"]})),
        leaf("texts", "string_attribute", json!({"key": "key2", "values": ["value1", "value2"]})),
        leaf("patterns", "string_attribute", patterns),
        leaf("flagged", "boolean_attribute", json!({"key": "key4", "value": true})),
        leaf("spans", "rate_limiting", json!({"spans_per_second": 35})),
        leaf("bytes", "bytes_limiting", json!({"bytes_per_second": 1_048_576, "burst_capacity": 5_242_880})),
        leaf("large", "span_count", json!({"min_spans": 2, "max_spans": 20})),
        leaf("state", "trace_state", json!({"key": "key3", "values": ["value1", "value2"]})),
        leaf("flags", "trace_flags", Json::Null),
        leaf("conditions", "ottl_condition", conditions),
        named(
            "both",
            PolicyKind::And(vec![
                leaf("numbers", "numeric_attribute", range.clone()),
                named("other", PolicyKind::Not(Box::new(leaf("slow", "latency", slow.clone())))),
            ]),
        ),
        named("quick", PolicyKind::Not(Box::new(leaf("latency", "latency", slow)))),
        named(
            "probes",
            PolicyKind::Drop(vec![leaf(
                "paths",
                "string_attribute",
                json!({"key": "url.path", "values": ["/health", "/metrics"]}),
            )]),
        ),
        named(
            "shares",
            PolicyKind::Composite {
                max_total_spans_per_second: 1_000,
                overflow: Overflow::Refuse,
                subs: vec![
                    share(leaf("first", "numeric_attribute", range), 500),
                    share(
                        named(
                            "second",
                            PolicyKind::And(vec![
                                leaf("trace_flags", "trace_flags", Json::Null),
                                leaf("always_sample", "always_sample", Json::Null),
                            ]),
                        ),
                        250,
                    ),
                    share(leaf("third", "always_sample", Json::Null), 333),
                ],
            },
        ),
    ];
    for (policy, expected) in sampling.policies.iter().zip(&expected) {
        assert_eq!(policy, expected);
    }
    assert_eq!(sampling.policies.len(), expected.len());
}

/// The options that only Sluice has, waits below a second, and zero shards, which the Collector takes for one.
#[test]
fn options_of_our_own_are_read() {
    let text = whole(
        "{decision_wait: 100ms, decision_wait_after_last_span: 50ms, max_memory_mib: 512, num_shards: 0, \
         use_tracestate: true, record_policy: true, dry_run: true, sampling_strategy: span-ingest, \
         explain: {decisions: 5, max_mib: 1}, decision_cache: {sampled_cache_size: 0}, policies: \
         [{name: p, type: always_sample, mode: shadow, on_error: drop}]}",
    );
    let loaded = support::load(&text).unwrap_or_else(|findings| panic!("{findings}"));
    let sampling = sampling_of(&loaded.config);
    assert_eq!(sampling.decision_wait, Duration::from_millis(100));
    assert_eq!(sampling.decision_wait_after_last_span, Duration::from_millis(50));
    assert_eq!((sampling.max_memory_mib, sampling.num_shards), (Some(512), Some(1)));
    assert!(sampling.use_tracestate && sampling.record_policy && sampling.dry_run);
    assert_eq!(sampling.sampling_strategy, SamplingStrategy::SpanIngest);
    assert_eq!((sampling.explain.decisions, sampling.explain.max_mib), (5, 1));
    assert_eq!(sampling.decision_cache.sampled_cache_size, Some(0));
    let policy = &sampling.policies[0];
    assert_eq!((policy.mode, policy.on_error), (PolicyMode::Shadow, PolicyOnError::Drop));
}

/// Any other type is a plugin of the user's: its block is handed over as it is, and means nothing here.
#[test]
fn a_policy_of_the_users_gets_its_block_as_it_is() {
    let got = policy(
        "{name: p, type: vip, vip: {tenant: acme, depth: 2, list: [a, {b: 1.5}], none: }, on_error: sample}",
    );
    let settings = json!({"tenant": "acme", "depth": 2, "list": ["a", {"b": 1.5}], "none": null});
    assert_eq!(got.kind, PolicyKind::Leaf { plugin: "vip".to_owned(), settings });
    assert_eq!(got.on_error, PolicyOnError::Sample);
    // A block with nothing in it, no block, and a plugin that is called like a key of every policy.
    for yaml in ["{name: p, type: vip, vip: }", "{name: p, type: vip}", "{name: p, type: mode, mode: live}"] {
        assert!(
            matches!(policy(yaml).kind, PolicyKind::Leaf { settings: Json::Null, .. }),
            "{yaml} has settings"
        );
    }
}

/// A value from the environment gets the type that its key has, not the one that its text looks like.
#[test]
fn values_from_the_environment_have_the_type_of_their_key() {
    let yaml = "{policies: [{name: p, type: string_attribute, string_attribute: {key: '${env:KEY}', values: ['${env:VERSION}', \
                b]}}, {name: q, type: '${env:TYPE}', latency: {threshold_ms: '${env:LIMIT}'}}]}";
    let variables = |name: &str| {
        let text = match name {
            "KEY" => "7",
            "VERSION" => "1.10",
            "TYPE" => "latency",
            "LIMIT" => "500",
            _ => return None,
        };
        Some(text.to_owned())
    };
    let loaded = Config::load(&[support::text("f.yaml", &whole(yaml))], &variables);
    let config = loaded.unwrap_or_else(|findings| panic!("{findings}")).config;
    assert_eq!(
        sampling_of(&config).policies,
        [
            leaf("p", "string_attribute", json!({"key": "7", "values": ["1.10", "b"]})),
            leaf("q", "latency", json!({"threshold_ms": 500})),
        ]
    );
}

/// A share is so many percent of the total, exactly; without a percentage it is the total over all parts.
#[test]
fn shares_of_a_composite_are_worked_out() {
    let shares = |max: u64, allocation: &str, parts: usize| {
        let parts: Vec<_> =
            (0..parts).map(|number| format!("{{name: p{number}, type: always_sample}}")).collect();
        let yaml = format!(
            "{{name: c, type: composite, composite: {{max_total_spans_per_second: {max}, overflow: next, \
             composite_sub_policy: [{}], rate_allocation: {allocation}}}}}",
            parts.join(", ")
        );
        let PolicyKind::Composite { overflow, subs, .. } = policy(&yaml).kind else { panic!("{yaml}") };
        assert_eq!(overflow, Overflow::Next);
        subs.iter().map(|sub| sub.spans_per_second).collect::<Vec<_>>()
    };
    assert_eq!(shares(1_000, "[{policy: p0, percent: 25}]", 2), [250, 500]);
    assert_eq!(shares(1_000, "[{policy: p1, percent: 0}]", 2), [500, 500]);
    assert_eq!(shares(1_000, "[]", 3), [333, 333, 333]);
    assert_eq!(shares(100, "[{policy: p0, percent: 29}]", 1), [29]);
    assert_eq!(shares(10, "[{policy: p0, percent: 20}, {policy: p0, percent: 30}]", 1), [3]);
    assert_eq!(shares(u64::MAX, "[{policy: p0, percent: 100}]", 1), [u64::MAX]);
}

/// An order of policies that is that of the parts says nothing new; another one is decoded, and changes nothing.
#[test]
fn policy_order_changes_nothing() {
    for (order, warnings) in [("[a, b]", 0), ("[b, a]", 1), ("[a]", 1), ("[]", 0)] {
        let text = whole(&format!(
            "{{policies: [{{name: c, type: composite, composite: {{max_total_spans_per_second: 10, policy_order: {order}, \
             composite_sub_policy: [{{name: a, type: always_sample}}, {{name: b, type: trace_flags}}]}}}}]}}"
        ));
        let loaded = support::load(&text).unwrap_or_else(|findings| panic!("{findings}"));
        assert_eq!(loaded.warnings.len(), warnings, "{order}: {}", loaded.warnings);
        let PolicyKind::Composite { subs, .. } = &sampling_of(&loaded.config).policies[0].kind else {
            panic!("{order}")
        };
        let names: Vec<_> = subs.iter().map(|sub| sub.policy.name.as_str()).collect();
        assert_eq!(names, ["a", "b"], "{order}");
    }
}

/// Every policy that a plugin decides is found with its place, so that what the plugin says of it is told with its line.
#[test]
fn leaves_have_places_that_errors_can_be_added_at() {
    let file = Source::File(support::data("collector-tail-sampling.yaml"));
    let mut checked = support::check(&[file]);
    let config = checked.config.take().unwrap_or_else(|| panic!("{}", checked.findings));
    let leaves = sampling_of(&config).leaves();
    let places: Vec<_> = leaves.iter().map(|(place, _)| place.join(" ")).collect();
    assert_eq!(leaves.len(), 24);
    for expected in [
        "policies [0]",
        "policies [16] and and_sub_policy [1] not not_sub_policy",
        "policies [18] drop drop_sub_policy [0]",
        "policies [19] composite composite_sub_policy [1] and and_sub_policy [0]",
    ] {
        assert!(places.iter().any(|place| place == expected), "{expected} is not in {places:?}");
    }
    let (place, policy) = &leaves[16];
    assert_eq!(
        (place.join(" ").as_str(), policy.name.as_str()),
        ("policies [16] and and_sub_policy [0]", "numbers")
    );
    let path: Vec<_> = ["processors", "tail_sampling"]
        .into_iter()
        .chain(place.iter().map(String::as_str))
        .chain(["type"])
        .collect();
    checked.add_error(&path, "no such plugin".to_owned(), Some("latency"));
    let found = checked.findings.to_string();
    let expected = "collector-tail-sampling.yaml:59: processors::tail_sampling::policies[16]::and::and_sub_policy[0]::type: no \
                    such plugin; did you mean `latency`?";
    assert!(found.ends_with(expected), "{found}");
}

/// `and` and `not` stand inside each other, as deep as the bound, which the Collector does not allow.
#[test]
fn and_and_not_nest() {
    let mut yaml = "{name: inmost, type: always_sample}".to_owned();
    for level in 0..6 {
        yaml = if level % 2 == 0 {
            format!("{{name: l{level}, type: and, and: {{and_sub_policy: [{yaml}]}}}}")
        } else {
            format!("{{name: l{level}, type: not, not: {{not_sub_policy: {yaml}}}}}")
        };
    }
    let mut policy = policy(&format!("{{name: top, type: drop, drop: {{drop_sub_policy: [{yaml}]}}}}"));
    let mut depth = 1;
    while let PolicyKind::And(parts) | PolicyKind::Drop(parts) = &policy.kind {
        policy = match &parts[0].kind {
            PolicyKind::Not(part) => (**part).clone(),
            _ => parts[0].clone(),
        };
        depth += 1;
    }
    assert_eq!((policy.name.as_str(), depth), ("inmost", 5));
}
