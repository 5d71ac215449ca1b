use proptest::prelude::*;

use super::*;

fn request(headers: &[(&'static str, Vec<u8>)], connection: u64) -> RequestMetadata {
    let headers = headers.iter().map(|(name, value)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value).expect("a value"))
    });
    let mut map = HeaderMap::new();
    headers.for_each(|(name, value)| {
        map.append(name, value);
    });
    RequestMetadata { headers: Arc::new(map), connection, resources: 1 }
}

fn wanting(fields: &[Field]) -> Origins {
    let mut origins = Origins::new();
    origins.want(WantedOfRequests::among(fields));
    origins
}

fn header(name: &str) -> Field {
    Field::Metadata(name.to_owned())
}

/// Guarantees: nothing is held where nobody wants anything, and only what somebody wants.
#[test]
fn only_what_is_wanted_is_held() {
    let full = request(&[("x-tenant", b"acme".to_vec()), ("authorization", b"secret".to_vec())], 7);
    let mut nobody = wanting(&[]);
    assert_eq!((nobody.hold(&full), nobody.bytes()), (NOTHING, 0));
    assert!(nobody.metadata(NOTHING, 3).headers.is_empty());
    let mut origins = wanting(&[header("x-tenant")]);
    let id = origins.hold(&full);
    let held = origins.metadata(id, 3);
    let expected = request(&[("x-tenant", b"acme".to_vec())], 0);
    assert_eq!((&held.headers, held.connection, held.resources), (&expected.headers, 0, 3));
    let other_connection = RequestMetadata { connection: 8, ..full.clone() };
    assert_eq!(origins.hold(&other_connection), id, "the same as far as anybody wants to know");
    origins.release(id);
    origins.release(id);
    assert!(origins.is_empty() && origins.bytes() == 0);
    let mut connections = wanting(&[Field::Connection]);
    let (one, other) = (connections.hold(&full), connections.hold(&other_connection));
    assert_eq!([one, other].map(|id| connections.metadata(id, 1).connection), [7, 8]);
}

proptest! {
    /// Guarantees: whatever values the wanted headers have, empty ones and several of a name too, come back as they were.
    #[test]
    fn values_come_back(
        values in prop::collection::vec((0_usize..3, prop::collection::vec(32_u8..127, 0..9)), 0..6),
        connection: u64,
    ) {
        const NAMES: [&str; 3] = ["x-tenant", "x-org", "other"];
        let of = |wanted: &[&str]| {
            let wanted = values.iter().filter(|(name, _)| wanted.contains(&NAMES[*name]));
            let headers: Vec<_> = wanted.map(|(name, value)| (NAMES[*name], value.clone())).collect();
            request(&headers, connection)
        };
        let mut origins = wanting(&[header("x-org"), header("x-tenant"), Field::Connection]);
        let id = origins.hold(&of(&NAMES));
        let back = origins.metadata(id, 1);
        prop_assert_eq!(&back.headers, &of(&["x-org", "x-tenant"]).headers);
        prop_assert_eq!(back.connection, connection);
    }
}
