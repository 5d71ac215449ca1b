use super::Proxy;

/// A name and a password are shown to the proxy as they were meant, and to nobody else.
#[test]
fn credentials_are_kept_out_of_sight() {
    let proxy = Proxy::parse("http://gate%20way:p%40ss@proxy.example:3128/").unwrap();
    assert_eq!(proxy.uri(), "http://proxy.example:3128/");
    // "gate way:p@ss"
    assert_eq!(proxy.authorization().unwrap(), "Basic Z2F0ZSB3YXk6cEBzcw==");
    assert!(!format!("{proxy:?}").contains("p@ss") && !format!("{proxy:?}").contains("Z2F0"), "{proxy:?}");
    assert!(Proxy::parse("http://[::1]:3128").unwrap().authorization().is_none());
}

/// What is no proxy is refused in words that do not repeat a password.
#[test]
fn what_is_no_proxy_is_refused() {
    for url in [
        "https://a:hunter2@proxy:3128",
        "socks5://a:hunter2@proxy",
        "http://a:hunter2@",
        "http://a:hunter2@b/x",
    ] {
        let error = Proxy::parse(url).unwrap_err().to_string();
        assert!(error.contains("proxy_url") && !error.contains("hunter2"), "{error}");
    }
}
