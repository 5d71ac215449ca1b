use std::time::Duration;

use prost::Message;
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::{json_status, protobuf_status, seconds};
use crate::rejection::{Cause, Rejection};
use crate::status::status;

fn read(told: &Status) -> (tonic_types::Status, Value) {
    let protobuf = tonic_types::Status::decode(protobuf_status(told)).expect("a status");
    (protobuf, serde_json::from_str(&json_status(told)).expect("JSON"))
}

/// A status is the same in both forms, whatever its message, with details and without.
#[test]
fn both_forms_say_the_same() {
    let long = "x".repeat(300);
    for message in ["", "plain", "\"quoted\"\n\u{4e2d}\u{0}", &long] {
        for rejection in [
            Rejection::new(Cause::NoPipeline, message),
            Rejection::new(Cause::Overloaded, message).retry_after(Duration::from_millis(2500)),
            Rejection::new(Cause::Malformed, message).at("spans[0]".to_owned()),
        ] {
            let (protobuf, json) = read(&status(&rejection));
            assert_eq!(json["code"], protobuf.code);
            assert_eq!(json["message"], *protobuf.message);
            assert_eq!(json["details"].as_array().map_or(0, Vec::len), protobuf.details.len());
            for (number, detail) in protobuf.details.iter().enumerate() {
                assert_eq!(json["details"][number]["@type"], *detail.type_url);
            }
        }
    }
}

/// Details have the form of protobuf's JSON mapping.
#[test]
fn details_are_json() {
    let late = status(&Rejection::new(Cause::Overloaded, "m").retry_after(Duration::from_secs(3)));
    assert_eq!(read(&late).1["details"][0]["retryDelay"], "3s");
    let bad = status(&Rejection::new(Cause::Malformed, "m").at("a[0]".to_owned()));
    let violations = json!([{"field": "a[0]", "description": "m"}]);
    assert_eq!(read(&bad).1["details"][0]["fieldViolations"], violations);
    assert_eq!(read(&Status::new(Code::NotFound, "m")).1, json!({"code": 5, "message": "m"}));
}

/// Retry-After has whole seconds, and never sends a client back at once.
#[test]
fn waits_are_rounded_up() {
    for (millis, expected) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (59_999, 60)] {
        assert_eq!(seconds(Duration::from_millis(millis)), expected);
    }
}
