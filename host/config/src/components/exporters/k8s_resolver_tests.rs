use super::split_service;

/// Every form that the Collector takes gives name and namespace, and a trailing dot does no harm.
#[test]
fn names_of_services_are_split() {
    let cases = [
        ("tier2", ("tier2", None)),
        ("tier2.observability", ("tier2", Some("observability"))),
        ("tier2.observability.svc", ("tier2", Some("observability"))),
        ("tier2.observability.svc.cluster.local", ("tier2", Some("observability"))),
        ("tier2.observability.svc.cluster.example.org.", ("tier2", Some("observability"))),
    ];
    for (text, expected) in cases {
        assert_eq!(split_service(text).unwrap(), expected);
    }
}

/// What can be no Service is refused, and the message says what to write.
#[test]
fn what_is_no_service_is_refused() {
    let cases = [
        ("tier2.observability:4317", "write `tier2.observability` here, and `ports: [4317]`"),
        ("http://tier2", "is no name of a Service"),
        ("tier2.observability.cluster.local", "`cluster` stands where `svc` should"),
        ("tier2..svc", "`` is no label"),
        ("Tier2", "`Tier2` is no label"),
        ("-a", "`-a` is no label"),
        (".", "is no label"),
    ];
    for (text, expected) in cases {
        let error = split_service(text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
