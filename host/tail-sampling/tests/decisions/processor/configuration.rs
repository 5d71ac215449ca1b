//! What is refused before a span is taken: C2 11, 13 and 16 of the Collector's cases.

use crate::harness::refusal;

/// Guarantees (TestPolicyDuplicateName, TestPolicyEmptyName, TestConfigValidate and kin): each is refused, by name.
#[test]
fn wrong_blocks_are_refused() {
    let all = "policies: [{name: all, type: always_sample}]";
    for (block, words) in [
        ("policies: [{name: a, type: always_sample}, {name: a, type: trace_flags}]".to_owned(), "duplicate policy name `a`"),
        ("policies: [{name: '', type: always_sample}]".to_owned(), "policy name cannot be empty"),
        ("policies: [{name: a, type: no_such_policy}]".to_owned(), "no_such_policy"),
        (format!("sampling_strategy: sometimes\n{all}"), "sampling_strategy"),
        (format!("num_shards: 257\n{all}"), "num_shards"),
        (format!("tail_storage: pebble\n{all}"), "tail_storage"),
        (format!("num_traces: 0\n{all}"), "num_traces"),
        (
            "sampling_strategy: span-ingest\npolicies: [{name: a, type: rate_limiting, rate_limiting: {spans_per_second: 5}}]".to_owned(),
            "keeps to a rate",
        ),
        (
            "policies: [{name: a, type: string_attribute, string_attribute: {key: k, values: ['a(b'], enabled_regex_matching: \
             true}}]"
                .to_owned(),
            "a(b",
        ),
        (
            "policies: [{name: a, type: composite, composite: {max_total_spans_per_second: 1, composite_sub_policy: [{name: b, \
             type: composite}]}}]"
                .to_owned(),
            "composite",
        ),
    ] {
        let why = refusal(&block);
        assert!(why.contains(words), "{block}: {why}");
    }
}

/// Guarantees: without policies nothing is sampled, as in the Collector, and nothing stays.
#[test]
fn no_policies_sample_nothing() {
    assert_eq!(crate::table::decide("policies: []\n", vec![crate::spans::span().into()]), [crate::table::N]);
}
