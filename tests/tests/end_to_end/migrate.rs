//! `sluice migrate`: a Collector's configuration in halves, each in its file.

use std::path::Path;
use std::process::{Command, Output};

use sluice_tests::gateway::{binary, project};
use tempfile::TempDir;

fn migrate(config: &str, folder: &Path, more: &[&str]) -> Output {
    Command::new(binary())
        .args(["migrate", "--config", config, "--output-dir"])
        .arg(folder)
        .args(more)
        .env_clear()
        .current_dir(project())
        .output()
        .expect("a binary that starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const TIER_1: &str = "host/config/tests/data/migrate/01-tier-1-gateway.yaml";

/// The halves are in their files, only for us to read; `validate` takes Sluice's, and what was printed says why.
#[test]
fn the_halves_are_written() {
    let folder = TempDir::new().expect("a temporary folder");
    let halves = folder.path().join("halves");
    let output = migrate(TIER_1, &halves, &["--set", "processors.batch.timeout=3s"]);
    let said = stdout(&output);
    assert!(output.status.success(), "{output:?}");
    for expected in [
        "/before.yaml for the Collectors before tier 1, which send OTLP to Sluice\n  traces: otlp -> memory_limiter, k8sattributes \
         -> otlp/sluice\n",
        "/sluice.yaml for Sluice\n  traces: otlp/from_collector -> memory_limiter, batch -> loadbalancing\n",
        "  processors::k8sattributes: before.yaml: it belongs before tier 1",
        "  sluice.yaml: receivers::otlp/from_collector: new: takes pipeline traces",
        "  warning: sluice.yaml:",
    ] {
        assert!(said.contains(expected), "{expected} is not in: {said}");
    }
    let sluice = halves.join("sluice.yaml");
    let text = std::fs::read_to_string(&sluice).expect("the half");
    assert!(text.contains("    timeout: 3s\n"), "{text}");
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&sluice).expect("the half"));
    assert_eq!(mode & 0o077, 0);
    let validated =
        Command::new(binary()).args(["validate", "--config"]).arg(&sluice).output().expect("a binary");
    assert!(validated.status.success(), "{}", stdout(&validated));
    assert!(!halves.join("after.yaml").exists());

    let again = migrate(TIER_1, &halves, &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is in"), "{again:?}");
    assert_eq!(std::fs::read_to_string(&sluice).expect("the half"), text, "nothing was written over");
}

/// The same for scripts: one JSON object.
#[test]
fn what_was_done_comes_as_json() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = migrate(TIER_1, folder.path(), &["--output", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["files"][1]["file"], "sluice.yaml");
    let components = report["components"].as_array().expect("components");
    let limiter = components.iter().find(|row| row["path"] == "processors::memory_limiter").expect("a row");
    assert_eq!(limiter["files"], serde_json::json!(["before.yaml", "sluice.yaml"]));
    assert!(report["changes"].as_array().is_some_and(|changes| !changes.is_empty()), "{report}");
}

/// Where Sluice has nothing to do, that is said, and no half of its is written; what is no configuration is an error.
#[test]
fn what_sluice_has_no_part_in_is_said() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = migrate("host/config/tests/data/migrate/17-scraper.yaml", folder.path(), &[]);
    assert!(output.status.success(), "{output:?}");
    assert!(stdout(&output).contains("no pipeline has anything that Sluice does"), "{}", stdout(&output));
    assert!(!folder.path().join("sluice.yaml").exists());

    let output = migrate(
        "yaml:service: {pipelines: {traces: {receivers: [otlp], exporters: [nop]}}}",
        folder.path(),
        &[],
    );
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("references `otlp`, which is not configured"), "{stderr}");
}
