use std::time::Duration;

use tokio::time::Instant;

use super::Complaints;

/// The first failure is told, then one a minute, and the first after a success again.
#[test]
fn a_series_of_failures_is_told_once_a_minute() {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let mut complaints = Complaints::default();

    assert!(complaints.failed(at(0)));
    assert!(!complaints.failed(at(5)));
    assert!(!complaints.failed(at(59)));
    assert!(complaints.failed(at(61)));
    assert!(!complaints.failed(at(66)));

    assert_eq!(complaints.succeeded(), 5);
    assert_eq!(complaints.succeeded(), 0);
    assert!(complaints.failed(at(70)));
}
