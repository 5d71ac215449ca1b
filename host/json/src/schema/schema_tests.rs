use sluice_otlp::Signal;

use super::{is_snake_case_of, request};

/// A field is found by its name in JSON and by that in the .proto files, and by nothing in between.
#[test]
fn both_names_are_known() {
    let request = request(Signal::Traces);
    for key in ["resourceSpans", "resource_spans"] {
        assert_eq!(request.member(key.as_bytes()).map(|member| member.number), Some(1), "{key}");
    }
    for key in
        ["resource_Spans", "resourcespans", "resource_spans_", "_resource_spans", "ResourceSpans", "_", ""]
    {
        assert!(request.member(key.as_bytes()).is_none(), "{key}");
    }
    assert!(is_snake_case_of(b"start_time_unix_nano", "startTimeUnixNano"));
}
