use super::SignalUrl;

/// URLs come through as they are, query included, and are of one server when scheme, host and port are the same.
#[test]
fn urls_are_read() {
    let url = SignalUrl::parse("https://otlp.example/otlp/v1/traces?tenant=a").unwrap();
    assert_eq!(url.uri(), "https://otlp.example/otlp/v1/traces?tenant=a");
    assert_eq!((url.origin().as_str(), url.authority()), ("https://otlp.example", "otlp.example"));
    assert!(url.has_tls());
    let url = SignalUrl::parse("http://[::1]:4318/v1/logs").unwrap();
    assert_eq!((url.host(), url.authority(), url.has_tls()), ("[::1]", "[::1]:4318", false));
    assert!(SignalUrl::parse("http://[::1]/v1/logs").is_ok());
}

/// What is no URL of a server is refused, and a password in it is not repeated.
#[test]
fn what_is_no_url_is_refused() {
    for (url, words) in [
        ("localhost:4318", "http"),
        ("otlp.example", "http://"),
        ("grpc://otlp.example", "http://"),
        ("http://otlp.example:0/", "port"),
        ("http://otlp.example:99999/", "port"),
        ("http:///v1/traces", "URL"),
        ("http://a b/", "URL"),
    ] {
        let error = SignalUrl::parse(url).unwrap_err().to_string();
        assert!(error.contains(words), "{url}: {error}");
    }
    let error = SignalUrl::parse("https://me:hunter2@otlp.example/").unwrap_err().to_string();
    assert!(error.contains("auth") && !error.contains("hunter2"), "{error}");
}
