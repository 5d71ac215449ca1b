use proptest::prelude::*;

use super::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Guarantees: what is told is of the last minute or two, and nothing where nothing was decided.
#[test]
fn only_the_last_minutes_count() {
    let mut waits = Waits::default();
    let median = |waits: &mut Waits, now| waits.quantiles([0.5], seconds(now))[0];
    assert_eq!(median(&mut waits, 1), None);
    (0..10).for_each(|_| waits.add(Duration::from_millis(40), seconds(50)));
    assert_eq!(median(&mut waits, 59), Some(Duration::from_millis(40)));
    assert_eq!(median(&mut waits, 61), Some(Duration::from_millis(40)), "it was decided a moment ago");
    waits.add(Duration::from_millis(7), seconds(62));
    assert_eq!(
        waits.quantiles([0.01, 0.5, 1.0], seconds(63)).map(|wait| wait.map(|wait| wait.as_millis())),
        [Some(7), Some(40), Some(40)]
    );
    assert_eq!(median(&mut waits, 122), Some(Duration::from_millis(7)));
    assert_eq!(median(&mut waits, 500), None);
}

proptest! {
    /// Guarantees: what is told of any waits is right to 1.6 %, at each share of them.
    #[test]
    fn what_is_told_is_right(mut millis in prop::collection::vec(0_u64..100_000_000, 1..200), share in 0.0_f64..=1.0) {
        let mut waits = Waits::default();
        millis.iter().for_each(|wait| waits.add(Duration::from_millis(*wait), seconds(1)));
        millis.sort_unstable();
        let told = waits.quantiles([share], seconds(1))[0].expect("some").as_secs_f64() * 1000.0;
        let exact = millis[rank(share, millis.len() as u64) as usize - 1] as f64;
        prop_assert!((told - exact).abs() <= exact * 0.016 + 0.5, "{told} for {exact}");
    }
}
