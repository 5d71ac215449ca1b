use std::mem::size_of;

use super::*;

fn id(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}

fn cache(ids: usize, puts: &[u64]) -> DecisionCache {
    let mut cache = DecisionCache::new(ids);
    puts.iter().for_each(|number| {
        cache.put(id(*number), Remembered { policy: *number as u8, threshold: 5, second: 9 })
    });
    cache
}

/// Guarantees (the Collector's lru_cache_test): of two places, the id that was not used longest gives way.
#[test]
fn the_least_recently_used_gives_way() {
    let mut full = cache(2, &[1, 2, 3]);
    assert_eq!(
        (full.get(&id(1)), full.get(&id(2)).is_some(), full.get(&id(3)).is_some()),
        (None, true, true)
    );
    let mut used = cache(2, &[1, 2]);
    assert_eq!(used.get(&id(1)), Some(Remembered { policy: 1, threshold: 5, second: 9 }));
    used.put(id(3), Remembered::default());
    assert_eq!(
        (used.get(&id(1)).is_some(), used.get(&id(2)), used.get(&id(3)).is_some()),
        (true, None, true)
    );
}

/// Guarantees: a cache of size 0 remembers nothing; another decision on the same id replaces the one before.
#[test]
fn none_and_again() {
    assert_eq!(cache(0, &[1]).get(&id(1)), None);
    let mut again = cache(2, &[1, 2]);
    let other = Remembered { policy: Remembered::NOBODY, threshold: (1 << 56) - 1, second: u16::MAX };
    again.put(id(2), other);
    assert_eq!(again.get(&id(2)), Some(other));
    assert!(again.get(&id(1)).is_some());
}

/// Guarantees: ids that differ in their upper half only are two, and nearly all of as many ids as it is for are kept, at
/// most 32 bytes each.
#[test]
fn it_holds_what_it_is_for() {
    let mut large = cache(10_000, &(0..10_000).collect::<Vec<_>>());
    let kept = (0..10_000).filter(|number| large.get(&id(*number)).is_some()).count();
    // 9,651 on average over all seeds of the hash, with a standard deviation of some 25: this is six of them below.
    assert!(kept > 9_500, "{kept}");
    let bytes = large.places.len() * size_of::<Place>() + large.used.len();
    assert!(bytes <= 32 * 10_000, "{bytes}");
    let mut upper = id(7);
    upper[0] = 1;
    assert_eq!(large.get(&upper), None);
}

/// Guarantees: a decision knows how old it is, also when the clock's seconds have run over.
#[test]
fn a_decision_knows_its_age() {
    let seconds = Duration::from_secs;
    let decided = Remembered::nobodys(seconds(65_000));
    assert_eq!([65_000, 65_001, 65_540].map(|now| decided.age(seconds(now)).as_secs()), [0, 1, 540]);
}
