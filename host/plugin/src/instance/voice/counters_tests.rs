use prometheus_client::registry::Registry;

use super::*;

fn counters() -> Counters {
    Counters::new("tenant", &PluginMetrics::register(&mut Registry::default()))
}

/// Guarantees: a plugin that counts by an unbounded name does not fill the metrics store.
#[test]
fn names_are_bounded() {
    let counters = counters();
    for number in 0..MAX_NAMES {
        assert_eq!(counters.add(&format!("name_{number}"), 1), Ok(()));
    }
    assert_eq!(counters.add("one-more", 1), Err(Refusal::TooMany));
    assert_eq!(counters.add("name_0", 1), Ok(()));
}

/// Guarantees: a name cannot break out of its label, and cannot be long.
#[test]
fn odd_names_are_refused() {
    let counters = counters();
    for name in ["", "with space", "quote\"", "line\n", &"x".repeat(MAX_NAME_BYTES + 1)] {
        assert_eq!(counters.add(name, 1), Err(Refusal::Name), "{name:?}");
    }
}

/// Guarantees: what a guest adds is what is exposed.
#[test]
fn additions_add_up() {
    let counters = counters();
    let _ = counters.add("hits", 2);
    let _ = counters.add("hits", 3);
    assert_eq!(counters.metrics.counter("tenant", "hits").get(), 5);
}
