use std::time::Duration;

use http::StatusCode;
use proptest::prelude::*;

use super::{given, refused};

/// Tokens are read as servers of the field write them.
#[test]
fn tokens_are_read() {
    for (body, scheme, seconds) in [
        (r#"{"access_token":"abc","token_type":"bearer","expires_in":3600}"#, "Bearer", Some(3600)),
        (
            r#"{"access_token":"abc","token_type":"Bearer","expires_in":"60","scope":"a b"}"#,
            "Bearer",
            Some(60),
        ),
        (r#"{"access_token":"abc"}"#, "Bearer", None),
        (r#"{"access_token":"abc","token_type":"DPoP","expires_in":-1}"#, "DPoP", None),
    ] {
        let answer = given(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!((answer.access_token.as_str(), answer.scheme.as_str()), ("abc", scheme));
        assert_eq!(answer.expires_in, seconds.map(Duration::from_secs));
    }
}

/// What has no token says so, and repeats nothing that could be one.
#[test]
fn what_has_no_token_is_refused() {
    for body in ["", "access_token=hunter2", r#"{"id_token":"hunter2"}"#, r#"["hunter2"]"#] {
        let error = given(body.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(!error.is_empty() && !error.contains("hunter2"), "{body}: {error}");
    }
}

/// A refusal is told in the server's words.
#[test]
fn refusals_are_told() {
    let told = |body: &str| refused(StatusCode::BAD_REQUEST, body.as_bytes()).to_string();
    let error = told(r#"{"error":"invalid_client","error_description":"who\nare you?"}"#);
    assert!(error.ends_with("HTTP 400 Bad Request: invalid_client: who are you?"), "{error}");
    assert!(told("<html>").ends_with("HTTP 400 Bad Request"));
}

proptest! {
    /// No bytes of a server harm.
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = given(&bytes);
        let _ = refused(StatusCode::OK, &bytes);
    }
}
