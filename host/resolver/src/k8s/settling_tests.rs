use std::time::Duration;

use tokio::time::Instant;

use super::Settling;

/// A burst is told of once it is quiet, or once it has lasted too long.
#[test]
fn a_burst_is_one_change() {
    let start = Instant::now();
    let mut settling = Settling::default();
    assert_eq!(settling.due(), None);
    settling.changed(start);
    assert_eq!(settling.due(), Some(start + Settling::QUIET));
    let later = start + Duration::from_millis(40);
    settling.changed(later);
    assert_eq!(settling.due(), Some(later + Settling::QUIET));
    settling.changed(start + Duration::from_millis(240));
    assert_eq!(settling.due(), Some(start + Settling::LONGEST));
    settling.settled();
    assert_eq!(settling.due(), None);
}
