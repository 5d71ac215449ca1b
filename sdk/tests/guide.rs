//! The guide shows code that is compiled and tested, and not what it once was.

#![cfg(test)]

const GUIDE: &str = include_str!("../../docs/plugins.md");

/// The plugin in docs/plugins.md is config/plugins/tenant, word for word.
#[test]
fn the_guide_shows_the_example_as_it_is() {
    assert!(GUIDE.contains(include_str!("../../config/plugins/tenant/src/lib.rs")));
}

/// The first test in docs/plugins.md is that of config/plugins/tenant.
#[test]
fn the_guide_shows_the_test_as_it_is() {
    let tests = include_str!("../../config/plugins/tenant/tests/keys.rs");
    let first = tests.split("\n/// Both names").next().unwrap_or_default();
    assert!(GUIDE.contains(first.trim_end()));
}

/// The policy in docs/plugins.md is config/plugins/vip, word for word, and so is its first test.
#[test]
fn the_guide_shows_the_policy_as_it_is() {
    let vip = include_str!("../../config/plugins/vip/src/lib.rs");
    assert!(GUIDE.contains(vip));
    let tests = include_str!("../../config/plugins/vip/tests/votes.rs");
    let first = tests.split("\n/// A misspelt").next().unwrap_or_default();
    assert!(GUIDE.contains(first.trim_end()));
}

/// A policy of one's own takes fewer than 40 lines, comments and imports included.
#[test]
fn a_policy_takes_few_lines() {
    assert!(include_str!("../../config/plugins/vip/src/lib.rs").lines().count() < 40);
}
