//! Collectors' configurations of many kinds, parted into the half that Sluice runs and the halves that stay outside.
//!
//! Each `tests/data/migrate/NAME.yaml` has what becomes of it beside it, in `NAME.txt`: where each component went, what
//! changes, and every half. With `WRITE_EXPECTED=1` the test writes these, for the difference to be read before it
//! is committed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use sluice_config::{Config, Half, Migration, Source};

use super::support;

/// What a release that does not serve it yet says of a component; it goes when the last of them has come.
const NOT_YET: [&str; 2] =
    ["is not served yet; it comes with a later release", "not served: comes with a later release"];

fn inputs() -> Vec<PathBuf> {
    let entries = fs::read_dir(support::data("migrate")).expect("the folder");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    files
}

/// Every variable is set, but for those that say where the other halves are.
fn variables(name: &str) -> Option<String> {
    (!name.contains("_ENDPOINT")).then(|| "value".to_owned())
}

fn migrated(file: &Path) -> Migration {
    let migration = Config::migrate(&[Source::File(file.to_owned())], &variables);
    migration.unwrap_or_else(|findings| panic!("{}: {findings}", file.display()))
}

fn printed(migration: &Migration) -> String {
    let mut text = String::new();
    for placed in &migration.components {
        let halves: Vec<_> = placed.halves.iter().map(|half| half.file()).collect();
        writeln!(text, "{} -> [{}]: {}", placed.path, halves.join(", "), placed.because).expect("a string");
    }
    for change in &migration.changes {
        writeln!(text, "{}: {}: {}", change.half.file(), change.path, change.message).expect("a string");
    }
    for written in &migration.halves {
        for pipeline in &written.pipelines {
            writeln!(text, "{}: {pipeline}", written.half.file()).expect("a string");
        }
    }
    for written in &migration.halves {
        writeln!(text, "\n=== {}\n{}", written.half.file(), written.yaml).expect("a string");
    }
    text
}

/// Each configuration comes out as it is written beside it.
#[test]
fn every_migration_is_the_expected_one() {
    let mut wrong = String::new();
    for file in inputs() {
        let got = printed(&migrated(&file));
        let expected = file.with_extension("txt");
        if std::env::var_os("WRITE_EXPECTED").is_some() {
            fs::write(&expected, &got).expect("written");
        }
        if fs::read_to_string(&expected).is_ok_and(|expected| expected == got) {
            continue;
        }
        writeln!(wrong, "{}: got\n{got}", file.display()).expect("a string");
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(inputs().len() >= 20, "configurations are missing");
}

/// Sluice's half is a configuration that it runs; the others hang together, and have nothing of Sluice's in them.
#[test]
fn every_half_is_valid() {
    for file in inputs() {
        let migration = migrated(&file);
        let name = file.display();
        for written in &migration.halves {
            match written.half {
                Half::Sluice => runs(&format!("{name}: sluice"), &written.yaml),
                half => hangs_together(&format!("{name}: {}", half.file()), &written.yaml),
            }
        }
        ends_meet(&name.to_string(), &migration);
    }
}

fn runs(name: &str, yaml: &str) {
    let source = Source::Text { name: "sluice.yaml".to_owned(), text: yaml.to_owned() };
    let checked = Config::check(&[source], &variables);
    let errors = checked.findings.iter().filter(|finding| finding.severity == sluice_config::Severity::Error);
    let is_late = |message: &str| NOT_YET.iter().any(|late| message.contains(late));
    let errors: Vec<_> = errors.filter(|finding| !is_late(&finding.message)).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}\n{yaml}");
    let unused = checked.findings.iter().find(|finding| finding.message.contains("so it is not started"));
    assert!(unused.is_none(), "{name}: {unused:?}\n{yaml}");
}

/// What pipelines name is defined, what is defined is used, and there is no key that only Sluice knows.
fn hangs_together(name: &str, yaml: &str) {
    let tree: Json = serde_yaml::from_str(yaml).expect("YAML");
    let defined = |section: &str, id: &str| !tree[section].get(id).unwrap_or(&Json::Bool(false)).is_boolean();
    let pipelines = tree["service"]["pipelines"].as_object().expect("pipelines");
    let mut used: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, pipeline) in pipelines {
        for section in ["receivers", "processors", "exporters"] {
            let ids = pipeline[section].as_array().map(Vec::as_slice).unwrap_or_default();
            assert!(section == "processors" || !ids.is_empty(), "{name}: {id} has no {section}\n{yaml}");
            for component in ids.iter().map(|id| id.as_str().expect("an id")) {
                let home = [section, "connectors"].into_iter().find(|section| defined(section, component));
                let home = home.unwrap_or_else(|| panic!("{name}: {component} is not defined\n{yaml}"));
                used.entry(home).or_default().push(component);
                if home == "connectors" {
                    used.entry(if section == "receivers" { "taken" } else { "given" })
                        .or_default()
                        .push(component);
                }
            }
        }
    }
    assert_eq!(
        sorted(used.get("taken").cloned().unwrap_or_default()),
        sorted(used.get("given").cloned().unwrap_or_default()),
        "{name}: connectors have both ends\n{yaml}"
    );
    let listed = tree["service"]["extensions"].as_array().cloned().unwrap_or_default();
    for id in &listed {
        assert!(defined("extensions", id.as_str().expect("an id")), "{name}: {id} is not defined\n{yaml}");
    }
    for section in ["receivers", "processors", "exporters", "connectors", "extensions"] {
        for id in tree[section].as_object().into_iter().flatten().map(|(id, _)| id.as_str()) {
            let is_used = used.get(section).is_some_and(|used| used.contains(&id))
                || (section == "extensions" && listed.iter().any(|listed| listed == id));
            assert!(is_used, "{name}: {section}::{id} is not used\n{yaml}");
        }
    }
    for own in sluice_config::reference().into_iter().filter(|entry| entry.own) {
        let mut keys = own.path.split("::");
        let section = keys.next().unwrap_or_default();
        let kind = keys.next().unwrap_or_default();
        let top = tree.get(section).and_then(Json::as_object);
        for (_, block) in top.into_iter().flatten().filter(|(id, _)| id.split('/').next() == Some(kind)) {
            let found = keys.clone().try_fold(block, |block, key| block.get(key));
            assert!(found.is_none(), "{name}: has {}\n{yaml}", own.path);
        }
    }
}

fn sorted(mut ids: Vec<&str>) -> Vec<&str> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Every connection between two halves has an end in each, for the same signal.
fn ends_meet(name: &str, migration: &Migration) {
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    for written in &migration.halves {
        let tree: Json = serde_yaml::from_str(&written.yaml).expect("YAML");
        for (id, pipeline) in tree["service"]["pipelines"].as_object().expect("pipelines") {
            let signal = id.split('/').next().expect("a signal");
            let note = |section: &str, port: &dyn Fn(&str) -> String, list: &mut Vec<(String, String)>| {
                for id in pipeline[section].as_array().into_iter().flatten() {
                    let block = &tree[section][id.as_str().expect("an id")];
                    let endpoint = [&block["endpoint"], &block["protocols"]["grpc"]["endpoint"]];
                    let endpoint = endpoint.into_iter().find_map(Json::as_str).unwrap_or_default();
                    if ["/sluice", "/collector", "/from_"]
                        .iter()
                        .any(|part| id.as_str().is_some_and(|id| id.contains(part)))
                    {
                        list.push((port(endpoint), signal.to_owned()));
                    }
                }
            };
            let port =
                |text: &str| text.rsplit(':').next().unwrap_or_default().trim_end_matches('}').to_owned();
            note("exporters", &port, &mut begins);
            note("receivers", &port, &mut ends);
        }
    }
    for list in [&mut begins, &mut ends] {
        list.sort();
    }
    begins.dedup();
    let mut once = ends.clone();
    once.dedup();
    assert_eq!(once, ends, "{name}: two pipelines of a signal share a connection");
    assert_eq!(begins, ends, "{name}: what is sent is taken");
}

/// Several sources are merged first; what leads nowhere is said with its line.
#[test]
fn what_cannot_be_read_is_said() {
    let base = support::text("base.yaml", "receivers: {otlp: }\nexporters: {kafka: }\n");
    let late = support::text(
        "late.yaml",
        "service:\n  pipelines:\n    traces: {receivers: [otlp], exporters: [kafka, kafak]}\n    logs:\n",
    );
    let findings = Config::migrate(&[base.clone(), late], &variables).expect_err("references");
    assert_eq!(
        findings.to_string(),
        "error: late.yaml:3: service::pipelines::traces::exporters[1]: references `kafak`, which is not configured in \
         exporters or connectors\nerror: late.yaml:4: service::pipelines::logs: a pipeline has receivers and exporters"
    );
    let findings = Config::migrate(&[base], &variables).expect_err("no pipelines").to_string();
    assert!(findings.contains("has no pipeline"), "{findings}");
}

/// References stay references: nothing that is secret is written.
#[test]
fn references_are_not_replaced() {
    let file = support::data("migrate/02-tier-2-tail-sampling.yaml");
    let migration = migrated(&file);
    let all: String = migration.halves.iter().map(|written| written.yaml.as_str()).collect();
    assert!(all.contains("${env:KAFKA_BROKER}") && all.contains("${env:ENVIRONMENT}"), "{all}");
    assert!(!all.contains(": value"), "{all}");
}
