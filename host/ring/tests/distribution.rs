//! How evenly keys spread, within the bounds that contrib's tests assert of the current generation.

use sluice_ring::{Generation, Ring};

/// Trace ids as a good generator makes them (SplitMix64), the same in every run.
fn trace_ids(count: u64) -> impl Iterator<Item = [u8; 16]> {
    fn mix(mut number: u64) -> u64 {
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }
    (0..count).map(|number| {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let high = u128::from(mix((2 * number + 1).wrapping_mul(step)));
        let low = u128::from(mix((2 * number + 2).wrapping_mul(step)));
        (high << 64 | low).to_be_bytes()
    })
}

fn named(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("endpoint-{number}")).collect()
}

/// Coefficient of variation, and the largest load by the smallest.
fn spread(loads: &[f64]) -> (f64, f64) {
    let mean = loads.iter().sum::<f64>() / loads.len() as f64;
    let variance = loads.iter().map(|load| (load - mean).powi(2)).sum::<f64>() / loads.len() as f64;
    let most = loads.iter().copied().fold(f64::MIN, f64::max);
    let least = loads.iter().copied().fold(f64::MAX, f64::min);
    (variance.sqrt() / mean, most / least)
}

/// Ten, a hundred and three hundred backends get the shares that contrib asserts, by count of trace ids.
#[test]
fn trace_ids_spread_within_contribs_bounds() {
    for (count, ids, variation, ratio) in
        [(10, 20_000, 0.10, 1.35), (100, 50_000, 0.10, 1.70), (300, 100_000, 0.12, 1.95)]
    {
        let ring = Ring::new(Generation::Three, &named(count));
        let mut loads = vec![0.0; count];
        for id in trace_ids(ids) {
            loads[ring.locate(&id).unwrap()] += 1.0;
        }
        let (measured_variation, measured_ratio) = spread(&loads);
        assert!(measured_variation <= variation, "{count}: variation {measured_variation}");
        assert!(measured_ratio <= ratio, "{count}: most by least {measured_ratio}");
    }
}

/// When one of three hundred leaves, the keys that move although their backend stays are a fraction of a percent.
#[test]
fn few_keys_of_others_move_when_a_backend_leaves() {
    let mut endpoints = named(300);
    let before = Ring::new(Generation::Three, &endpoints);
    let leaving = endpoints.remove(150);
    let after = Ring::new(Generation::Three, &endpoints);
    let strays = trace_ids(100_000)
        .filter(|id| {
            let owner = &before.endpoints()[before.locate(id).unwrap()];
            *owner != leaving && *owner != after.endpoints()[after.locate(id).unwrap()]
        })
        .count();
    assert!(strays < 500, "{strays} of 100,000");
}

/// An endpoint that is listed twice has double the points but hardly more keys: each second point stands
/// right behind the first. Nobody should take a second listing for a weight.
#[test]
fn a_second_listing_is_no_weight() {
    let ring = Ring::new(Generation::Three, &["a:4317", "a:4317", "b:4317"]);
    assert_eq!(ring.endpoints(), ["a:4317", "b:4317"]);
    assert_eq!(ring.items().filter(|(_, endpoint)| *endpoint == "a:4317").count(), 400);
    let once = Ring::new(Generation::Three, &["a:4317", "b:4317"]);
    assert!((ring.shares()[0] - once.shares()[0]).abs() < 0.01);
}
