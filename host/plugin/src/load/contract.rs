//! What a plugin may import and must export.

use wasmtime::Engine;
use wasmtime::component::Component;

use super::Kind;
use crate::error::LoadFault;

/// The version of the WIT package that this host serves.
pub(crate) const SERVED: &str = "0.1.0";

const PACKAGE: &str = "sluice:plugin/";

/// Interfaces that a plugin may import: types, and what pure functions lack.
const ALLOWED: [&str; 4] = ["columns", "types", "log", "counter"];

/// Checks imports and exports; answers with what the plugin is.
pub(super) fn check(engine: &Engine, component: &Component) -> Result<Kind, LoadFault> {
    let component = component.component_type();
    let exports: Vec<_> = component.exports(engine).map(|(name, _)| name.to_owned()).collect();
    let kind = kind_of(&exports);
    for (import, _) in component.imports(engine) {
        let checked = check_import(import, kind);
        checked.map_err(|advice| LoadFault::Import { import: import.to_owned(), advice })?;
    }
    check_exports(&exports, kind)?;
    Ok(kind)
}

/// What a plugin seems to be.
fn kind_of(exports: &[String]) -> Kind {
    let has = |name: &str| exports.iter().any(|export| export == name);
    if has("decide") && !has("keys") { Kind::Policy } else { Kind::RoutingKey }
}

fn check_import(import: &str, kind: Kind) -> Result<(), String> {
    let (path, version) = import.split_once('@').unwrap_or((import, ""));
    if path.starts_with("wasi:") {
        return Err("plugins get no WASI: no clock, files, network or randomness; compile for \
                    wasm32-unknown-unknown, and leave out libraries that need them"
            .to_owned());
    }
    let Some(interface) = path.strip_prefix(PACKAGE) else {
        return Err(format!(
            "plugins get nothing but {PACKAGE}log, {PACKAGE}counter and, for policies, quota"
        ));
    };
    if version != SERVED {
        return Err(format!(
            "it was built for another version of the contract than the {SERVED} that this sluice serves; \
             build it with the SDK of this release, or use the sluice that it was built for"
        ));
    }
    if interface == "quota" {
        return match kind {
            Kind::Policy => Ok(()),
            Kind::RoutingKey => Err("quotas are for sampling policies, and this is a routing key".to_owned()),
        };
    }
    if !ALLOWED.contains(&interface) {
        return Err(format!("{PACKAGE}{interface} is not in version {SERVED} of the contract"));
    }
    Ok(())
}

fn check_exports(exports: &[String], kind: Kind) -> Result<(), LoadFault> {
    let has = |name: &str| exports.iter().any(|export| export == name);
    let own = match kind {
        Kind::Policy => "decide",
        Kind::RoutingKey => "keys",
    };
    match ["describe", "configure", own].into_iter().find(|name| !has(name)) {
        Some(missing) => {
            let words = format!(
                "it exports no `{missing}`; a routing key exports `describe`, `configure` and `keys`, a sampling \
                 policy `describe`, `configure` and `decide`"
            );
            Err(LoadFault::Export(words))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "contract_tests.rs"]
mod tests;
