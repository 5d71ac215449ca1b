use std::time::Duration;

use tonic::Code;
use tonic_types::StatusExt;

use super::{code, shorten, status};
use crate::rejection::{Cause, Rejection};

/// No cause is ever told as a code that makes clients throw good data away.
#[test]
fn no_cause_is_internal_or_unknown() {
    for cause in Cause::ALL {
        assert!(!matches!(code(cause), Code::Internal | Code::Unknown | Code::Ok), "{cause:?}");
        assert_eq!(Cause::ALL[cause.index()], cause);
    }
}

/// A known time comes as RetryInfo; without one there are no details, which makes RESOURCE_EXHAUSTED final.
#[test]
fn retry_info_comes_with_a_known_time_only() {
    let told = status(&Rejection::new(Cause::Overloaded, "full").retry_after(Duration::from_millis(250)));
    assert_eq!(told.code(), Code::Unavailable);
    let delay = told.get_details_retry_info().and_then(|info| info.retry_delay);
    assert_eq!(delay, Some(Duration::from_millis(250)));
    let told = status(&Rejection::new(Cause::TooLarge, "large"));
    assert_eq!((told.code(), told.details()), (Code::ResourceExhausted, &b""[..]));
}

/// A long message is cut between characters.
#[test]
fn long_messages_are_cut() {
    assert_eq!(shorten("short"), "short");
    let long = "\u{4e2d}".repeat(1000);
    let cut = shorten(&long);
    assert!(cut.len() <= 1027 && cut.ends_with("..."));
}
