use super::{Place, parse};
use crate::client::names::Names;

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
    assert!(error("unix://run/otlp.sock").contains("unix:///"));
    assert!(error("unix:").contains("socket"));
    assert!(error("grpc://localhost:4317").contains("scheme"));
    assert!(error("dns://ns.example/localhost:4317").contains("IP address"));
    assert!(error("dns://localhost:4317").contains("dns:///"));
    assert!(error("passthrough://localhost:4317").contains("passthrough:///"));
}

/// Names are looked up by the system or by the server that the endpoint names; what is none is dialled as it is.
#[test]
fn it_is_known_who_is_asked() {
    let place = |endpoint: &str| parse(endpoint).unwrap().place;
    for endpoint in ["tier2:4317", "https://tier2:4317", "dns:///tier2:4317"] {
        assert_eq!(place(endpoint), Place::Name(Names::System));
    }
    assert_eq!(place("dns://8.8.8.8/tier2:4317"), Place::Name(Names::Server("8.8.8.8:53".parse().unwrap())));
    assert_eq!(
        place("dns://[::1]:5353/tier2:4317"),
        Place::Name(Names::Server("[::1]:5353".parse().unwrap()))
    );
    for endpoint in ["10.0.0.1:4317", "[::1]:4317", "dns:///10.0.0.1:4317", "passthrough:///tier2:4317"] {
        assert_eq!(place(endpoint), Place::Host);
    }
    for endpoint in ["unix:/run/otlp.sock", "unix:///run/otlp.sock"] {
        assert_eq!(place(endpoint), Place::Socket("/run/otlp.sock".into()));
    }
    assert_eq!(place("unix:otlp.sock"), Place::Socket("otlp.sock".into()));
}
