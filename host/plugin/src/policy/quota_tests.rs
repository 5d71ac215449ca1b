use super::*;

const SECOND: u64 = 1_000_000_000;

fn bucket(rate: f64, burst: u64) -> Bucket {
    Bucket { name: "spans".to_owned(), rate, burst }
}

fn draw(quotas: &Arc<Quotas>, bucket: Bucket, now: u64) -> Draw {
    Draw::new(Arc::clone(quotas), Arc::new([bucket]), now)
}

/// Guarantees: full at the start, all or nothing, refilled by fractions, never above the burst.
#[test]
fn a_bucket_is_drawn_on_and_refilled() {
    let quotas = Arc::new(Quotas::default());
    let mut first = draw(&quotas, bucket(4.0, 10), 100 * SECOND);
    assert_eq!(first.available(0), 10);
    assert!(!first.take(0, 11), "more than it ever holds");
    assert!(first.take(0, 7));
    assert!(!first.take(0, 4), "3 are left");
    assert!(first.take(0, 3));
    let mut half = draw(&quotas, bucket(4.0, 10), 100 * SECOND + SECOND / 2);
    assert_eq!(half.available(0), 2);
    assert!(half.take(0, 1));
    let late = draw(&quotas, bucket(4.0, 10), 1000 * SECOND);
    assert_eq!(late.available(0), 10);
}

/// Guarantees: time that steps back refills nothing, and does not refill twice afterwards: a shard may be behind another.
#[test]
fn time_may_step_back() {
    let quotas = Arc::new(Quotas::default());
    assert!(draw(&quotas, bucket(1.0, 5), 100 * SECOND).take(0, 5));
    assert!(!draw(&quotas, bucket(1.0, 5), 96 * SECOND).take(0, 1));
    assert!(draw(&quotas, bucket(1.0, 5), 101 * SECOND).take(0, 1));
    assert!(!draw(&quotas, bucket(1.0, 5), 101 * SECOND).take(0, 1));
}

/// Guarantees: where the clock was set back, nothing is refilled for that, and from then on it is refilled as before.
#[test]
fn the_clock_may_be_set_back() {
    let quotas = Arc::new(Quotas::default());
    assert!(draw(&quotas, bucket(1.0, 5), 4000 * SECOND).take(0, 5));
    assert!(!draw(&quotas, bucket(1.0, 5), 400 * SECOND).take(0, 1));
    assert_eq!(draw(&quotas, bucket(1.0, 5), 402 * SECOND).available(0), 2);
    assert!(draw(&quotas, bucket(1.0, 5), 403 * SECOND).take(0, 3));
    assert!(!draw(&quotas, bucket(1.0, 5), 403 * SECOND).take(0, 1));
}

/// Guarantees: a call that failed costs nothing, and a quota that nobody declared has nothing.
#[test]
fn what_was_drawn_can_be_given_back() {
    let quotas = Arc::new(Quotas::default());
    let mut failed = draw(&quotas, bucket(0.0, 5), SECOND);
    assert!(failed.take(0, 2) && failed.take(0, 2));
    assert!(!failed.take(1, 0));
    failed.give_back();
    assert_eq!(draw(&quotas, bucket(0.0, 5), SECOND).available(0), 5);
    assert_eq!(draw(&quotas, bucket(0.0, 5), SECOND).available(1), 0);
}

/// Guarantees: another load of the plugin finds the level that the one before left, within its own burst.
#[test]
fn the_level_outlasts_a_swap() {
    let quotas = Arc::new(Quotas::default());
    assert!(draw(&quotas, bucket(0.0, 10), SECOND).take(0, 4));
    assert_eq!(draw(&quotas, bucket(0.0, 20), SECOND).available(0), 6);
    assert_eq!(draw(&quotas, bucket(0.0, 5), SECOND).available(0), 5);
}
