use super::*;

fn advice(import: &str) -> String {
    check_import(import, Kind::RoutingKey).expect_err("must be refused")
}

fn exports(names: &[&str]) -> Result<Kind, LoadFault> {
    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let kind = kind_of(&names);
    check_exports(&names, kind).map(|()| kind)
}

/// Guarantees: everything that the contract offers a routing key can be imported.
#[test]
fn the_contract_is_served() {
    for interface in ALLOWED {
        for kind in [Kind::RoutingKey, Kind::Policy] {
            assert_eq!(check_import(&format!("sluice:plugin/{interface}@0.1.0"), kind), Ok(()));
        }
    }
}

/// Guarantees: a plugin for WASI is refused with the target to compile for.
#[test]
fn wasi_is_refused_with_a_way_out() {
    assert!(advice("wasi:cli/environment@0.2.6").contains("wasm32-unknown-unknown"));
}

/// Guarantees: another version of the contract is named as such, older, newer, or none.
#[test]
fn other_versions_are_refused() {
    for version in ["@0.2.0", "@0.1.1", "@1.0.0", ""] {
        assert!(advice(&format!("sluice:plugin/log{version}")).contains("another version"));
    }
}

/// Guarantees: what is not in the contract cannot be imported, nor what is for policies.
#[test]
fn strangers_are_refused() {
    assert!(advice("acme:secrets/vault@1.0.0").contains("nothing but"));
    assert!(advice("env").contains("nothing but"));
    assert!(advice("sluice:plugin/files@0.1.0").contains("is not in version"));
    assert!(advice("sluice:plugin/quota@0.1.0").contains("sampling policies"));
    assert_eq!(check_import("sluice:plugin/quota@0.1.0", Kind::Policy), Ok(()));
}

/// Guarantees: keys, policies, and what is half made, are told apart.
#[test]
fn exports_say_what_a_plugin_is() {
    assert!(matches!(exports(&["describe", "configure", "keys"]), Ok(Kind::RoutingKey)));
    assert!(matches!(exports(&["describe", "configure", "decide"]), Ok(Kind::Policy)));
    let half = exports(&["describe", "keys"]).expect_err("cannot be configured");
    assert!(half.to_string().contains("no `configure`"));
}
