use super::of_hashes;

/// The Collector's limits, bit by bit.
#[test]
fn limits_are_those_of_the_collector() {
    let known: [(f64, u64); 11] = [
        (0.1, 18446744073709551),
        (1.0, 184467440737095519),
        (5.0, 922337203685477631),
        (10.0, 1844674407370955263),
        (25.0, 4611686018427387903),
        (33.0, 6087425544324152319),
        (50.0, 9223372036854775807),
        (75.0, 13835058055282163711),
        (90.0, 16602069666338596863),
        (99.9, 18428297329635844095),
        (100.0, 18446744073709551615),
    ];
    for (percentage, limit) in known {
        assert_eq!(of_hashes(percentage / 100.0), limit, "{percentage} %");
    }
}

/// Shares outside 0 to 1 are none and all; tiny ones are none.
#[test]
fn the_ends_are_none_and_all() {
    for none in [0.0, -0.0, -0.5, f64::NEG_INFINITY, f64::NAN, f64::MIN_POSITIVE, 5e-324, 1e-20] {
        assert_eq!(of_hashes(none), 0, "{none}");
    }
    for all in [1.0, 1.5, f64::INFINITY] {
        assert_eq!(of_hashes(all), u64::MAX, "{all}");
    }
    let below_one = 1.0 - f64::EPSILON / 2.0;
    assert_eq!(of_hashes(below_one), u64::MAX - (1 << 11));
}

/// More is never less.
#[test]
fn limits_grow_with_shares() {
    let limits: Vec<_> = (0..=10_000).map(|step| of_hashes(f64::from(step) / 10_000.0)).collect();
    assert!(limits.is_sorted());
}
