//! The ring's own surface: emptiness, equality, fingerprint, names of generations.

use sluice_ring::{Generation, Ring};

const NOBODY: [&str; 0] = [];

/// A ring without endpoints places no key, and says so.
#[test]
fn an_empty_ring_has_no_owner() {
    for generation in [Generation::One, Generation::Two, Generation::Three] {
        let ring = Ring::new(generation, &NOBODY);
        assert!(ring.is_empty());
        assert_eq!(ring.locate(b"key"), None);
        assert_eq!(ring.items().count(), 0);
        assert!(ring.shares().is_empty());
    }
}

/// A single endpoint has every key.
#[test]
fn a_single_endpoint_has_everything() {
    let ring = Ring::new(Generation::Three, &["a"]);
    assert_eq!(ring.locate(b""), Some(0));
    assert_eq!(ring.shares(), [1.0]);
}

/// The fingerprint is fixed for all time: operators compare it between releases.
#[test]
fn the_fingerprint_is_stable() {
    let ring = Ring::new(Generation::Three, &["10.0.0.1:4317", "10.0.0.2:4317"]);
    assert_eq!(format!("{:016x}", ring.fingerprint()), "fc97939b8f75ac9a");
}

/// Another endpoint, another generation or another count of listings is another ring.
#[test]
fn different_rings_differ() {
    let ring = Ring::new(Generation::Two, &["a", "b"]);
    for other in [
        Ring::new(Generation::Two, &["a", "c"]),
        Ring::new(Generation::Two, &["a"]),
        Ring::new(Generation::Two, &["a", "b", "b"]),
        Ring::new(Generation::One, &["a", "b"]),
        Ring::new(Generation::Three, &["a", "b"]),
        Ring::new(Generation::Two, &NOBODY),
    ] {
        assert_ne!(ring, other);
        assert_ne!(ring.fingerprint(), other.fingerprint());
    }
}

/// In the first generation a second listing finds its slots taken and changes nothing, as with the Collector.
#[test]
fn a_second_listing_changes_nothing_in_the_first_generation() {
    assert_eq!(Ring::new(Generation::One, &["a", "b", "a"]), Ring::new(Generation::One, &["a", "b"]));
}

/// Rings are read as they are written, and the Collector's current one is the default.
#[test]
fn rings_read_as_they_are_written() {
    for text in ["1", "2", "3", "balanced"] {
        assert_eq!(text.parse::<Generation>().unwrap().to_string(), text);
    }
    assert_eq!(Generation::default(), Generation::Three);
    let error = "4".parse::<Generation>().unwrap_err().to_string();
    assert_eq!(error, r#"no ring "4": it is 3 (the Collector's current one), 2, 1 or balanced"#);
}
