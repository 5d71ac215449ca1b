//! What a plugin may import and must export.

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::error::LoadFault;

/// The version of the WIT package that this host serves.
pub(super) const SERVED: &str = "0.1.0";

const PACKAGE: &str = "sluice:plugin/";

/// Interfaces that a routing key may import: types, and what pure functions lack.
const ALLOWED: [&str; 4] = ["columns", "types", "log", "counter"];

/// Checks imports and exports; answers with the version of the contract that the plugin was built for.
pub(super) fn check(engine: &Engine, component: &Component) -> Result<&'static str, LoadFault> {
    let kind = component.component_type();
    for (import, _) in kind.imports(engine) {
        check_import(import).map_err(|advice| LoadFault::Import { import: import.to_owned(), advice })?;
    }
    let exports: Vec<_> = kind.exports(engine).map(|(name, _)| name.to_owned()).collect();
    check_exports(&exports)?;
    Ok(SERVED)
}

fn check_import(import: &str) -> Result<(), String> {
    let (path, version) = import.split_once('@').unwrap_or((import, ""));
    if path.starts_with("wasi:") {
        return Err("plugins get no WASI: no clock, files, network or randomness; compile for \
                    wasm32-unknown-unknown, and leave out libraries that need them"
            .to_owned());
    }
    let Some(interface) = path.strip_prefix(PACKAGE) else {
        return Err(format!("plugins get nothing but {PACKAGE}log and {PACKAGE}counter"));
    };
    if version != SERVED {
        return Err(format!(
            "it was built for another version of the contract than the {SERVED} that this sluice serves; \
             build it with the SDK of this release, or use the sluice that it was built for"
        ));
    }
    if interface == "quota" {
        return Err("quotas are for sampling policies, this is asked for as a routing key".to_owned());
    }
    if !ALLOWED.contains(&interface) {
        return Err(format!("{PACKAGE}{interface} is not in version {SERVED} of the contract"));
    }
    Ok(())
}

fn check_exports(exports: &[String]) -> Result<(), LoadFault> {
    let has = |name: &str| exports.iter().any(|export| export == name);
    if has("decide") && !has("keys") {
        let words = "it is a sampling policy (it exports `decide`), and cannot be a routing key";
        return Err(LoadFault::Export(words.to_owned()));
    }
    match ["describe", "configure", "keys"].into_iter().find(|name| !has(name)) {
        Some(missing) => {
            let words = format!(
                "it exports no `{missing}`; a routing key exports `describe`, `configure` and `keys`"
            );
            Err(LoadFault::Export(words))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "contract_tests.rs"]
mod tests;
