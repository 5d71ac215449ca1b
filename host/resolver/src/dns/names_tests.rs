use hickory_resolver::proto::rr::Name;

use super::candidates;

/// The search domains of a pod in the namespace `observability`.
const SEARCH: [&str; 3] = ["observability.svc.cluster.local", "svc.cluster.local", "cluster.local"];

fn names(host: &str, ndots: usize) -> Vec<String> {
    let search = SEARCH.map(|domain| Name::from_str_relaxed(domain).unwrap());
    let host = Name::from_str_relaxed(host).unwrap();
    candidates(&host, &search, ndots).iter().map(Name::to_string).collect()
}

/// In a pod (`ndots:5`), short names of a service are tried in the namespace first, and bare at the end.
#[test]
fn short_names_of_a_service_are_searched_for_first() {
    let expected = [
        "tier2.observability.observability.svc.cluster.local.",
        "tier2.observability.svc.cluster.local.",
        "tier2.observability.cluster.local.",
        "tier2.observability.",
    ];
    assert_eq!(names("tier2.observability", 5), expected);
}

/// With as many dots as `ndots` says, the name itself is tried first.
#[test]
fn a_name_with_enough_dots_is_tried_as_it_is_first() {
    assert_eq!(names("tier2.example", 1)[0], "tier2.example.");
    assert_eq!(names("tier2.example", 1).len(), 4);
    assert_eq!(names("a.b.c.d.e.f", 5)[0], "a.b.c.d.e.f.");
    assert_eq!(names("a.b.c.d.e", 5)[4 - 1], "a.b.c.d.e.");
}

/// A trailing dot keeps a name off all search domains.
#[test]
fn an_absolute_name_is_tried_alone() {
    assert_eq!(
        names("tier2.observability.svc.cluster.local.", 5),
        ["tier2.observability.svc.cluster.local."]
    );
}

/// A search domain that would make the name longer than DNS allows is left out.
#[test]
fn names_that_would_be_too_long_are_left_out() {
    let long = ["a".repeat(60), "b".repeat(60), "c".repeat(60), "d".repeat(50)].join(".");
    assert_eq!(names(&long, 1).len(), 3);
}
