//! What is in the binary: a bill of materials by SPDX 2.3, out of what cargo resolves.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use serde_json::{Value, json};

use super::layout::{Architecture, digest};
use crate::guests;
use crate::project::Project;

/// The packages of the binary and of the plugins inside it, with how they depend on each other.
pub(super) fn bom(project: &Project, arch: Architecture, time: u64) -> anyhow::Result<Vec<u8>> {
    let mut packages = BTreeMap::new();
    let mut relations = BTreeSet::new();
    let host = metadata(project, "Cargo.toml", arch.target())?;
    let binary = host.packages.iter().find(|package| package.name.as_str() == "sluice");
    let binary = binary.context("the workspace has no package sluice")?;
    walk(&host, &binary.id, &mut packages, &mut relations)?;
    // The first of the workspaces has the plugins that are built in.
    let plugins = metadata(project, guests::MANIFESTS[0], guests::TARGET)?;
    for plugin in plugins.workspace_packages().into_iter().filter(|package| is_plugin(package)) {
        walk(&plugins, &plugin.id, &mut packages, &mut relations)?;
        relations.insert((id(binary), "CONTAINS", id(plugin)));
    }
    relations.insert(("SPDXRef-DOCUMENT".to_owned(), "DESCRIBES", id(binary)));
    let packages: Vec<Value> = packages.into_values().collect();
    let relations: Vec<Value> = relations
        .into_iter()
        .map(|(from, kind, to)| {
            json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
        })
        .collect();
    let contents = serde_json::to_vec(&(&packages, &relations))?;
    let document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": format!("sluice-{}", binary.version),
        // The same contents have the same name.
        "documentNamespace": format!("urn:sluice:spdx:{}", digest(&contents)),
        "creationInfo": {"created": rfc3339(time), "creators": ["Tool: cargo-xtask-image"]},
        "packages": packages,
        "relationships": relations,
    });
    Ok(serde_json::to_vec_pretty(&document)?)
}

fn metadata(project: &Project, manifest: &str, target: &str) -> anyhow::Result<Metadata> {
    let options = ["--locked", "--filter-platform", target].map(str::to_owned);
    MetadataCommand::new()
        .manifest_path(project.root().join(manifest))
        .other_options(options.to_vec())
        .exec()
        .with_context(|| format!("could not read the dependencies of {manifest}"))
}

/// Whether a package is a plugin: what becomes a library that stands alone.
fn is_plugin(package: &Package) -> bool {
    package.targets.iter().any(cargo_metadata::Target::is_cdylib)
}

type Relations = BTreeSet<(String, &'static str, String)>;

/// Adds a package and all that is compiled into it.
fn walk(
    metadata: &Metadata,
    root: &PackageId,
    packages: &mut BTreeMap<String, Value>,
    relations: &mut Relations,
) -> anyhow::Result<()> {
    let resolve = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let mut waiting = vec![root];
    let mut seen = BTreeSet::new();
    while let Some(next) = waiting.pop() {
        if !seen.insert(next) {
            continue;
        }
        let package = &metadata[next];
        packages.insert(id(package), described(package));
        let node = resolve.nodes.iter().find(|node| node.id == *next);
        for dependency in node.into_iter().flat_map(|node| &node.deps) {
            let is_inside = |kind: &cargo_metadata::DepKindInfo| kind.kind == DependencyKind::Normal;
            if dependency.dep_kinds.iter().any(is_inside) {
                relations.insert((id(package), "DEPENDS_ON", id(&metadata[&dependency.pkg])));
                waiting.push(&dependency.pkg);
            }
        }
    }
    Ok(())
}

fn id(package: &Package) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let text = format!("{}-{}", package.name, package.version);
    format!("SPDXRef-{}", text.chars().map(plain).collect::<String>())
}

fn described(package: &Package) -> Value {
    let license = package.license.as_deref().unwrap_or("NOASSERTION").replace('/', " OR ");
    let mut described = json!({
        "SPDXID": id(package),
        "name": package.name.as_str(),
        "versionInfo": package.version.to_string(),
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": license,
        "copyrightText": "NOASSERTION",
    });
    if package.source.is_some() {
        let purl = format!("pkg:cargo/{}@{}", package.name, package.version);
        described["externalRefs"] = json!([{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl,
        }]);
    }
    described
}

/// Seconds since 1970 as RFC 3339 writes them, in UTC. The date is Howard Hinnant's `civil_from_days`.
pub(super) fn rfc3339(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years begin in March, so that the day that is not always there is the last one.
    let day = days + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z")
}
