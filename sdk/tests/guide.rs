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
