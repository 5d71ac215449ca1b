//! What the binary and its tests are allowed to depend on: licences, sources, and what is banned.

use anyhow::{Context, bail};
use cargo_metadata::{Metadata, MetadataCommand, Package};
use spdx::{Expression, LicenseReq};

use crate::guests;
use crate::project::{Project, step};

/// Licences that Apache-2.0 software can ship with.
const LICENSES: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Zlib",
];

/// Crates that must not come in by way of another one, and why.
const BANNED: [(&str, &str); 5] = [
    ("aws-lc-rs", "rustls uses ring here; this one needs cmake and a second TLS stack"),
    ("openssl-sys", "a second TLS stack, and a system library"),
    ("native-tls", "a second TLS stack"),
    ("wasmtime-wasi", "plugins get no WASI"),
    ("chrono", "brings a time zone database for what std does"),
];

/// Of these there must be one version only: their types cross crate boundaries.
const SINGLE: [&str; 8] = ["bytes", "http", "hyper", "prost", "rustls", "tokio", "tonic", "wasmtime"];

/// Checks the dependencies of the gateway and of the plugins.
pub(crate) fn check(project: &Project) -> anyhow::Result<()> {
    step("checking the dependencies");
    let mut findings = Vec::new();
    for manifest in ["Cargo.toml"].into_iter().chain(guests::MANIFESTS) {
        let metadata = MetadataCommand::new()
            .manifest_path(project.root().join(manifest))
            .other_options(vec!["--locked".to_owned()])
            .exec()
            .with_context(|| format!("could not read the dependencies of {manifest}"))?;
        examine(&metadata, &mut findings);
    }
    findings.sort();
    findings.dedup();
    if findings.is_empty() { Ok(()) } else { bail!("dependencies:\n  {}", findings.join("\n  ")) }
}

fn examine(metadata: &Metadata, findings: &mut Vec<String>) {
    for package in metadata.packages.iter().filter(|package| package.source.is_some()) {
        findings.extend(license_finding(package));
        findings.extend(source_finding(package));
        let banned = BANNED.iter().find(|(name, _)| package.name.as_str() == *name);
        findings.extend(banned.map(|(name, why)| format!("{name} is banned: {why}")));
    }
    for name in SINGLE {
        let versions = metadata.packages.iter().filter(|package| package.name.as_str() == name).count();
        if versions > 1 {
            findings.push(format!("{name} comes in {versions} versions; its types cross crate boundaries"));
        }
    }
}

fn license_finding(package: &Package) -> Option<String> {
    let Some(license) = &package.license else {
        return Some(format!("{} {} names no licence", package.name, package.version));
    };
    let Ok(expression) = Expression::parse_mode(license, spdx::ParseMode::LAX) else {
        return Some(format!("{} {}: `{license}` is no licence expression", package.name, package.version));
    };
    let allowed = expression.evaluate(is_allowed);
    (!allowed).then(|| format!("{} {}: licence {license} is not on the list", package.name, package.version))
}

fn is_allowed(requirement: &LicenseReq) -> bool {
    requirement.license.id().is_some_and(|id| LICENSES.contains(&id.name))
}

fn source_finding(package: &Package) -> Option<String> {
    let source = package.source.as_ref()?;
    (!source.is_crates_io())
        .then(|| format!("{} {} comes from {source}, not from the registry", package.name, package.version))
}
