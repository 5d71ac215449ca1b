use super::*;

fn advice(import: &str) -> String {
    check_import(import).expect_err("must be refused")
}

fn exports(names: &[&str]) -> Result<(), LoadFault> {
    check_exports(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
}

/// Guarantees: everything that the contract offers a routing key can be imported.
#[test]
fn the_contract_is_served() {
    for interface in ALLOWED {
        assert_eq!(check_import(&format!("sluice:plugin/{interface}@0.1.0")), Ok(()));
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
}

/// Guarantees: a policy under a routing key's name, and a half-made key, are told apart.
#[test]
fn exports_must_be_those_of_a_routing_key() {
    assert!(exports(&["describe", "configure", "keys"]).is_ok());
    let policy = exports(&["describe", "configure", "decide"]).expect_err("is a policy");
    assert!(policy.to_string().contains("sampling policy"));
    let half = exports(&["describe", "keys"]).expect_err("cannot be configured");
    assert!(half.to_string().contains("no `configure`"));
}
