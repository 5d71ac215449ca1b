use std::time::Duration;

use tokio::time::Instant;

use super::Complaints;

/// The first failure is told, then only another reason, once a minute at most, and the first after a success again.
#[test]
fn a_series_of_failures_is_told_once_for_each_reason() {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let mut complaints = Complaints::default();

    assert!(complaints.failed("SERVFAIL", at(0)));
    assert!(!complaints.failed("SERVFAIL", at(5)));
    assert!(!complaints.failed("REFUSED", at(59)), "another reason, too soon");
    assert!(complaints.failed("REFUSED", at(61)));
    assert!(!complaints.failed("REFUSED", at(600)));
    assert!(complaints.failed("SERVFAIL", at(605)));

    assert_eq!(complaints.succeeded(), 6);
    assert_eq!(complaints.succeeded(), 0);
    assert!(complaints.failed("SERVFAIL", at(606)));
}
