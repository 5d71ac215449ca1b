//! A short run of the fuzz targets, with bytes that are the same each time.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::checks::{columns_bytes, cut_bytes, scan_bytes, split_bytes};

/// No bytes make a scan panic, or differ from a decoder.
#[test]
fn the_scan_target_holds() {
    smoke(3000, 200, scan_bytes);
}

/// No bytes and no routing make a split panic, or lose anything.
#[test]
fn the_split_target_holds() {
    smoke(500, 800, split_bytes);
}

/// No bytes and no bound make a cut panic, or lose anything.
#[test]
fn the_cut_target_holds() {
    smoke(500, 800, cut_bytes);
}

/// No bytes, no plan and no selection make an extraction panic, or its tables not fit together.
#[test]
fn the_columns_target_holds() {
    smoke(2000, 800, columns_bytes);
}

fn smoke(cases: u32, most_bytes: usize, target: fn(&[u8])) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    runner
        .run(&vec(any::<u8>(), 0..most_bytes), |data| {
            target(&data);
            Ok(())
        })
        .unwrap();
}
