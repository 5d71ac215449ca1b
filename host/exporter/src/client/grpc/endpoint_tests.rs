use super::parse;

fn target(endpoint: &str) -> (String, bool) {
    let target = parse(endpoint).unwrap();
    (target.authority.to_string(), target.wants_tls)
}

fn error(endpoint: &str) -> String {
    parse(endpoint).unwrap_err().to_string()
}

/// All the ways in which Collector configurations write a gRPC endpoint are understood.
#[test]
fn the_collectors_forms_are_read() {
    assert_eq!(target("localhost:4317"), ("localhost:4317".into(), false));
    assert_eq!(target("http://10.0.0.1:4317"), ("10.0.0.1:4317".into(), false));
    assert_eq!(target("https://gateway.example:443/"), ("gateway.example:443".into(), true));
    assert_eq!(target("[2001:db8::1]:4317"), ("[2001:db8::1]:4317".into(), false));
    assert_eq!(target("dns:///tier2.observability:4317"), ("tier2.observability:4317".into(), false));
}

/// What is not host:port is refused in words that say what to write.
#[test]
fn what_cannot_be_dialled_is_refused() {
    assert!(error("").contains("empty"));
    assert!(error("localhost").contains("no port"));
    assert!(error("localhost:0").contains("no port"));
    assert!(error(":4317").contains("no host"));
    assert!(error("localhost:99999").contains("no port"));
    assert!(error("2001:db8::1:4317").contains("brackets"));
    assert!(error("http://localhost:4317/v1/traces").contains("nothing behind"));
    assert!(error("user@localhost:4317").contains("nothing behind or before"));
    assert!(error("unix:///run/otlp.sock").contains("scheme"));
    assert!(error("dns://8.8.8.8/localhost:4317").contains("DNS server"));
}
