//! The keys of `tenant`.

use sluice_sdk::Signal;
use sluice_sdk::testing::{Harness, LogRecord, Request, Resource, Scope};
use tenant::Tenant;

fn resource(tenant: &str) -> Resource {
    Resource::new().attribute("tenant.id", tenant).scope(Scope::new("app").log_record(LogRecord::new()))
}

/// A header names the tenant of the whole request, else each resource names its own.
#[test]
fn header_first_then_attribute() {
    let harness = Harness::new::<Tenant>(Signal::Logs, "{}").unwrap();
    let plain = Request::new().resource(resource("acme")).resource(resource("zeta"));
    let with_header = plain.clone().header("X-Tenant", "mega");
    assert_eq!(harness.keys(&[plain, with_header]).unwrap(), ["acme", "zeta", "mega", "mega"]);
}

/// Both names can be set; who has neither goes to one fixed backend.
#[test]
fn names_are_settings() {
    let settings = r#"{"header": "X-Org", "attribute": "org"}"#;
    let harness = Harness::new::<Tenant>(Signal::Logs, settings).unwrap();
    let request = Request::new().resource(resource("acme")).resource(resource("b").attribute("org", "b"));
    assert_eq!(harness.keys(&[request.clone(), request.header("x-org", "c")]).unwrap(), ["", "b", "c", "c"]);
}

/// A misspelt setting is refused by name.
#[test]
fn unknown_settings_are_refused() {
    let error = Harness::new::<Tenant>(Signal::Logs, r#"{"heder": "x-org"}"#).unwrap_err();
    assert_eq!(error, "unknown field `heder`, expected `header` or `attribute`");
}
