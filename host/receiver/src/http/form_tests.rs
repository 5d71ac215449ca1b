use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::Form;
use crate::rejection::Cause;

fn form(content_type: &'static str) -> Result<Form, Cause> {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
    Form::of(&headers).map_err(|rejection| rejection.cause)
}

/// Both forms are known, in any case and with parameters.
#[test]
fn forms_are_known() {
    for text in
        ["application/x-protobuf", "Application/X-Protobuf", "application/x-protobuf; messageType=\"x\""]
    {
        assert_eq!(form(text), Ok(Form::Protobuf), "{text}");
    }
    for text in ["application/json", "application/JSON;charset=utf-8", " application/json ; charset=utf-8"] {
        assert_eq!(form(text), Ok(Form::Json), "{text}");
    }
}

/// Anything else is refused by name; no header at all as well.
#[test]
fn others_are_refused() {
    for text in ["", "text/plain", "application/jsonp", "application/protobuf", "application/grpc"] {
        assert_eq!(form(text), Err(Cause::UnknownContentType), "{text}");
    }
    let rejection = Form::of(&HeaderMap::new()).expect_err("nothing");
    assert!(rejection.message.contains("application/x-protobuf"), "{}", rejection.message);
}

proptest! {
    /// Whatever a client writes there is one of the forms or a refusal, and parameters and case change nothing.
    #[test]
    fn any_value_is_answered(noise in prop::collection::vec(any::<u8>(), 0..40), is_upper in any::<bool>()) {
        let of = |value: &[u8]| {
            let value = HeaderValue::from_bytes(value).ok()?;
            Some(Form::of(&HeaderMap::from_iter([(CONTENT_TYPE, value)])))
        };
        if let Some(Err(rejection)) = of(&noise) {
            prop_assert_eq!(rejection.cause, Cause::UnknownContentType);
        }
        let name = if is_upper { "APPLICATION/JSON" } else { "application/json" };
        if let Some(form) = of(&[format!("{name} ; ").as_bytes(), &noise].concat()) {
            prop_assert_eq!(form, Ok(Form::Json));
        }
    }
}
