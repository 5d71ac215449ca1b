use std::time::{Duration, Instant};

use super::Announcer;

/// A change is told at once, the same only once a minute and then with all that came in between.
#[test]
fn changes_are_told_and_repetitions_summed() {
    let start = Instant::now();
    let after = |seconds| start + Duration::from_secs(seconds);
    let announcer = Announcer::default();

    assert_eq!(announcer.note("no service.name", 3, start), Some(3));
    assert_eq!(announcer.note("no service.name", 2, after(1)), None);
    assert_eq!(announcer.note("no service.name", 5, after(59)), None);
    assert_eq!(announcer.note("no service.name", 1, after(60)), Some(8));
    assert_eq!(announcer.note("no tenant", 4, after(61)), Some(4));
}
