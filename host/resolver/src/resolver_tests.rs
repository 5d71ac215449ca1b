use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::Resolver;
use crate::{ResolverError, ResolverMetrics};

fn fixed(hostnames: &[&str], registry: &mut Registry) -> Result<Resolver, ResolverError> {
    let hostnames = hostnames.iter().map(|text| (*text).to_owned()).collect();
    Resolver::fixed(hostnames, &ResolverMetrics::register(registry))
}

/// A static list is there at once: sorted, with what was listed twice still twice, and no port added.
#[test]
fn a_static_list_is_there_at_once() {
    let mut registry = Registry::default();
    let resolver = fixed(&["b:4317", "a", "b:4317"], &mut registry).unwrap();
    let endpoints = resolver.watch();
    assert_eq!(endpoints.borrow().as_deref().unwrap(), ["a", "b:4317", "b:4317"]);

    let mut page = String::new();
    encode(&mut page, &registry).unwrap();
    for line in [
        r#"otelcol_loadbalancer_num_backends{resolver="static"} 3"#,
        r#"otelcol_loadbalancer_num_backend_updates_total{resolver="static"} 1"#,
        r#"otelcol_loadbalancer_num_resolutions_total{resolver="static",success="true"} 1"#,
    ] {
        assert!(page.contains(line), "{line} in\n{page}");
    }
}

/// An empty list is an error of the configuration, in the Collector's words.
#[test]
fn an_empty_list_is_refused() {
    let error = fixed(&[], &mut Registry::default()).unwrap_err();
    assert_eq!(error.to_string(), "no endpoints specified for the static resolver");
}
