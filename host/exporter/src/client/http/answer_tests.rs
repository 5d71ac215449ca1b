use proptest::prelude::*;
use sluice_pipeline::Accepted;

use super::{Form, accepted, words};

/// Rejected items are counted by any signal's name, as text or as a number.
#[test]
fn partial_success_is_read_from_json() {
    for (body, rejected, message) in [
        (r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}}"#, 3, "no"),
        (r#"{"partialSuccess":{"rejectedLogRecords":4}}"#, 4, ""),
        (r#"{"partialSuccess":{"rejectedDataPoints":"5"},"more":[1]}"#, 5, ""),
        (r#"{"partialSuccess":{"rejectedSpans":"-1","errorMessage":"a warning"}}"#, 0, "a warning"),
        (r#"{"partialSuccess":{}}"#, 0, ""),
        (r#"{"partialSuccess":null}"#, 0, ""),
        ("{}", 0, ""),
        ("", 0, ""),
    ] {
        assert_eq!(accepted(Form::Json, body.as_bytes()), Accepted::partly(rejected, message), "{body}");
    }
}

/// An answer that is no OTLP loses nothing, since the status has said that the request was taken; it is told.
#[test]
fn what_is_no_otlp_is_told() {
    for (form, body, expected) in [
        (Form::Json, "[1", "malformed"),
        (Form::Proto, "\u{ff}\u{ff}", "malformed"),
        (Form::Other, "<html>", "content type"),
    ] {
        let accepted = accepted(form, body.as_bytes());
        assert!(accepted.rejected == 0 && accepted.message.contains(expected), "{accepted:?}");
    }
}

proptest! {
    /// No bytes of a server harm.
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for form in [Form::Proto, Form::Json, Form::Other] {
            let _ = accepted(form, &bytes);
            let told = words(form, &bytes).unwrap_or_default();
            prop_assert!(!told.contains(char::is_control));
        }
    }
}
