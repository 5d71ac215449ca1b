use proptest::prelude::*;

use super::{Instance, Lack, malformed};

fn instance(attributes: &[(&str, &str)]) -> Instance {
    let attributes =
        attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Instance { id: "i-1".to_owned(), attributes }
}

/// IPv4 comes before IPv6, and that before a name; the configured port before the registered one.
#[test]
fn attributes_have_an_order() {
    let (v4, v6) = (("AWS_INSTANCE_IPV4", "10.0.0.1"), ("AWS_INSTANCE_IPV6", "2001:db8::1"));
    let (name, port) = (("AWS_INSTANCE_CNAME", "a.example"), ("AWS_INSTANCE_PORT", "4318"));
    type Case<'a> = (&'a [(&'a str, &'a str)], Option<u16>, Result<&'a str, Lack>);
    let cases: &[Case<'_>] = &[
        (&[v4, v6, name, port], None, Ok("10.0.0.1:4318")),
        (&[v4, v6, name, port], Some(4317), Ok("10.0.0.1:4317")),
        (&[v6, name, port], None, Ok("[2001:db8::1]:4318")),
        (&[("AWS_INSTANCE_IPV6", "::ffff:10.0.0.1"), port], None, Ok("10.0.0.1:4318")),
        (&[("AWS_INSTANCE_IPV6", "2001:0db8:0::0001")], Some(1), Ok("[2001:db8::1]:1")),
        (&[name, port], None, Ok("a.example:4318")),
        (&[("AWS_INSTANCE_IPV4", ""), name], Some(1), Ok("a.example:1")),
        (&[port], None, Err(Lack::Address)),
        (&[], Some(4317), Err(Lack::Address)),
        (&[v4], None, Err(Lack::Port)),
        (&[v4, ("AWS_INSTANCE_PORT", "0")], None, Err(malformed("AWS_INSTANCE_PORT"))),
        (&[v4, ("AWS_INSTANCE_PORT", "65536")], None, Err(malformed("AWS_INSTANCE_PORT"))),
        (&[("AWS_INSTANCE_IPV4", "10.0.0.256"), v6], Some(1), Err(malformed("AWS_INSTANCE_IPV4"))),
        (&[("AWS_INSTANCE_IPV6", "10.0.0.1")], Some(1), Err(malformed("AWS_INSTANCE_IPV6"))),
        (&[("AWS_INSTANCE_CNAME", "a b")], Some(1), Err(malformed("AWS_INSTANCE_CNAME"))),
        (&[("AWS_INSTANCE_CNAME", "a:1")], Some(1), Err(malformed("AWS_INSTANCE_CNAME"))),
    ];
    for (attributes, port, expected) in cases {
        let found = instance(attributes).endpoint(*port);
        assert_eq!(found.as_deref().map_err(Clone::clone), expected.clone(), "{attributes:?} {port:?}");
    }
}

proptest! {
    /// Whatever is registered, it is an endpoint that can be dialled as it is, or none.
    #[test]
    fn anything_is_an_endpoint_or_none(
        v4 in "([0-9.:a-f]{0,12})|(10\\.0\\.0\\.[0-9]{1,3})",
        v6 in "[0-9a-f:.%]{0,20}",
        cname in "\\PC{0,20}",
        port in "[0-9+ -]{0,6}",
        configured in proptest::option::of(1u16..),
    ) {
        let instance = instance(&[
            ("AWS_INSTANCE_IPV4", &v4),
            ("AWS_INSTANCE_IPV6", &v6),
            ("AWS_INSTANCE_CNAME", &cname),
            ("AWS_INSTANCE_PORT", &port),
        ]);
        if let Ok(endpoint) = instance.endpoint(configured) {
            prop_assert_eq!(&crate::dial_address(&endpoint), &endpoint);
            let (host, port) = endpoint.rsplit_once(':').unwrap();
            prop_assert!(!host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0));
            prop_assert!(configured.is_none_or(|configured| port == configured.to_string()));
        }
    }
}
