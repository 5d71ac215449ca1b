use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::Cors;
use crate::settings::CorsSettings;

fn cors(origins: &[&str], headers: &[&str]) -> Cors {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let settings = CorsSettings {
        allowed_origins: owned(origins),
        allowed_headers: owned(headers),
        exposed_headers: vec!["x-one".to_owned(), "x-two".to_owned()],
        max_age: 7200,
    };
    Cors::new(&settings).expect("origins")
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    pairs.iter().map(pair).collect()
}

/// The origin that an answer to `origin` allows.
fn allowed(cors: &Cors, origin: &'static str) -> Option<HeaderValue> {
    cors.answer(&headers(&[("origin", origin)])).get("access-control-allow-origin").cloned()
}

/// An origin is allowed as it is, by a pattern, or with all others; and never by a part of it.
#[test]
fn origins_are_matched() {
    let some = cors(&["https://a.example", "https://*.b.example"], &[]);
    for origin in ["https://a.example", "HTTPS://A.example", "https://x.y.b.example"] {
        assert_eq!(allowed(&some, origin), Some(HeaderValue::from_static(origin)));
    }
    for origin in
        ["https://a.example.evil", "http://a.example", "https://b.example", "https://.b.example.evil", "null"]
    {
        assert_eq!(allowed(&some, origin), None, "{origin}");
    }
    assert_eq!(
        allowed(&cors(&["https://a.example", "*"], &[]), "https://z"),
        Some(HeaderValue::from_static("*"))
    );
    assert!(Cors::new(&CorsSettings::default()).is_none());
}

/// An answer always varies by origin, and exposes what is configured to those who are allowed.
#[test]
fn answers_carry_what_the_browser_needs() {
    let cors = cors(&["https://a.example"], &[]);
    let told = cors.answer(&headers(&[("origin", "https://a.example")]));
    assert_eq!(told["vary"], "origin");
    assert_eq!(told["access-control-allow-credentials"], "true");
    assert_eq!(told["access-control-expose-headers"], "x-one, x-two");
    let told = cors.answer(&HeaderMap::new());
    assert_eq!((told.len(), &told["vary"]), (1, &HeaderValue::from_static("origin")));
}

/// A question before a request is answered with what is allowed, and with nothing where any part is not.
#[test]
fn questions_are_answered() {
    let cors = cors(&["https://a.example"], &["X-Tenant"]);
    let ask = |origin: &'static str, method: &'static str, wanted: &'static str| {
        let request = headers(&[
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", wanted),
        ]);
        cors.preflight(&Method::OPTIONS, &request).expect("a question").headers().clone()
    };
    let told = ask("https://a.example", "POST", "x-tenant");
    assert_eq!(told["access-control-allow-origin"], "https://a.example");
    assert_eq!(told["access-control-allow-methods"], "POST");
    assert_eq!(told["access-control-allow-headers"], "x-tenant");
    assert_eq!(told["access-control-max-age"], "7200");
    for (origin, method, wanted) in [
        ("https://b.example", "POST", "x-tenant"),
        ("https://a.example", "DELETE", "x-tenant"),
        ("https://a.example", "POST", "x-tenant, x-other"),
    ] {
        let told = ask(origin, method, wanted);
        assert_eq!(told.len(), 1, "only vary: {told:?}");
    }
}

/// The usual headers may be sent without being named, and any with `*`; what is no question is none.
#[test]
fn headers_have_defaults() {
    let question = |wanted: &'static str| {
        headers(&[
            ("origin", "https://a.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", wanted),
        ])
    };
    let is_allowed = |cors: &Cors, wanted: &'static str| {
        let reply = cors.preflight(&Method::OPTIONS, &question(wanted)).expect("a question");
        reply.headers().contains_key("access-control-allow-origin")
    };
    let plain = cors(&["https://a.example"], &[]);
    assert!(is_allowed(&plain, "content-type, Accept"));
    assert!(!is_allowed(&plain, "authorization"));
    assert!(is_allowed(&cors(&["https://a.example"], &["*"]), "authorization, x-any"));
    assert!(plain.preflight(&Method::POST, &question("accept")).is_none());
    assert!(plain.preflight(&Method::OPTIONS, &headers(&[("origin", "https://a.example")])).is_none());
}
