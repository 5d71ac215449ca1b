//! `sluice validate`: what is wrong is said before anything runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sluice_tests::gateway::{binary, project, test_plugins};
use tempfile::TempDir;

/// A tier 1 with queue and retry at both levels: there is nothing to say about it.
const GOOD: &str = "
receivers: {otlp: {protocols: {grpc: }}}
exporters:
  load_balancing:
    sending_queue:
    retry_on_failure: {enabled: true, initial_interval: 5s, max_interval: 30s, max_elapsed_time: 300s}
    resolver: {dns: {hostname: tier2.example.invalid, port: 4317}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [load_balancing]}}}
";

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// Runs `sluice validate` with nothing in its environment but a place for the compile cache.
    fn validate(&self, file: &Path, arguments: &[&str]) -> Output {
        Command::new(binary())
            .args(["validate", "--config"])
            .arg(file)
            .args(arguments)
            .env_clear()
            .env("XDG_CACHE_HOME", self.0.path())
            .current_dir(project())
            .output()
            .expect("a binary that starts")
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A good file is good without a network: its backends' name does not resolve.
#[test]
fn a_good_file_passes() {
    let folder = Folder::new();
    let output = folder.validate(&folder.file("good.yaml", GOOD), &["--strict"]);
    assert_eq!(stdout(&output), "no errors, no warnings\n");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

/// The samples are as they should be: there is nothing to say about them.
#[test]
fn the_samples_are_good() {
    let folder = Folder::new();
    let plugins = test_plugins();
    for name in
        ["gateway.yaml", "sampler.yaml", "backend.yaml", "guide.yaml", "span-metrics.yaml", "tenant.yaml"]
    {
        let file = project().join("config").join(name);
        let output = folder.validate(&file, &["--strict", "--plugins", &plugins.to_string_lossy()]);
        assert_eq!(stdout(&output), "no errors, no warnings\n", "{name}");
        assert!(output.status.success(), "{name}: {output:?}");
    }
}

/// A warning passes, but not with `--strict`: a variable that is not set, and a queue that is off.
#[test]
fn warnings_fail_only_when_they_are_to() {
    let folder = Folder::new();
    let text =
        GOOD.replace("    sending_queue:\n", "    protocol: {otlp: {headers: {x-token: '${env:TOKEN}'}}}\n");
    let file = folder.file("doubtful.yaml", &text);
    let output = folder.validate(&file, &[]);
    assert!(output.status.success(), "{output:?}");
    let said = stdout(&output);
    assert!(said.contains("environment variable `TOKEN` is not set"), "{said}");
    assert!(said.contains("load_balancing::sending_queue: off at this level"), "{said}");
    assert!(said.ends_with("no errors, 2 warnings\n"), "{said}");
    assert_eq!(folder.validate(&file, &["--strict"]).status.code(), Some(1));
}

/// Everything that is wrong is said at once, on stdout, with its line and what was probably meant; status 1.
#[test]
fn errors_are_said_together() {
    let folder = Folder::new();
    let text = GOOD
        .replace("    sending_queue:\n", "    routingkey: traceID\n")
        .replace("port: 4317", "interval: 5");
    let file = folder.file("wrong.yaml", &text);
    let output = folder.validate(&file, &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = stdout(&output);
    let file = file.display();
    for expected in [
        format!(
            "error: {file}:5: exporters::load_balancing::routingkey: unknown key; did you mean `routing_key`?"
        ),
        format!("error: {file}:7: exporters::load_balancing::resolver::dns::interval: `5` has no unit"),
        "2 errors, 1 warning\n".to_owned(),
    ] {
        assert!(said.contains(&expected), "{expected} is not in: {said}");
    }
}

/// The same for scripts: one JSON object.
#[test]
fn findings_come_as_json() {
    let folder = Folder::new();
    let file = folder.file("wrong.yaml", &GOOD.replace("otlp], exporters", "oltp], exporters"));
    let output = folder.validate(&file, &["--output", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["errors"], &report["warnings"]), (&1.into(), &1.into()), "{report}");
    let finding = &report["findings"][1];
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["file"], file.display().to_string());
    assert_eq!(finding["line"], 8);
    assert_eq!(finding["path"], "service::pipelines::traces::receivers[0]");
    assert_eq!(finding["suggestion"], "otlp");
}

/// The plugins are asked: a key that none of them makes, and settings that one of them refuses.
#[test]
fn plugins_are_asked() {
    let folder = Folder::new();
    let plugins = test_plugins();
    let plugins = ["--plugins", &plugins.to_string_lossy()];
    let with = |key: &str| GOOD.replace("    sending_queue:\n", &format!("    sending_queue:\n{key}"));

    let file = folder.file("unknown.yaml", &with("    routing_key: traceid\n"));
    let output = folder.validate(&file, &plugins);
    let said = stdout(&output);
    let expected = format!("error: {}:6: exporters::load_balancing::routing_key: ", file.display());
    assert!(said.contains(&expected) && said.contains("did you mean `traceID`?"), "{said}");
    assert_eq!(output.status.code(), Some(1));

    let file = folder.file("settings.yaml", &with("    routing_key: tenant\n    tenant: {haeder: x}\n"));
    let output = folder.validate(&file, &plugins);
    let said = stdout(&output);
    assert!(
        said.contains(":6: exporters::load_balancing::routing_key: ") && said.contains("haeder"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(1));

    let file = folder.file("good.yaml", &with("    routing_key: tenant\n    tenant: {header: x}\n"));
    let output = folder.validate(&file, &plugins);
    assert!(output.status.success(), "{}", stdout(&output));
    assert_eq!(folder.validate(&file, &[]).status.code(), Some(1), "tenant is in no directory then");
}

/// A directory of plugins that is not there would keep the gateway from starting.
#[test]
fn a_missing_plugin_directory_is_an_error() {
    let folder = Folder::new();
    let file = folder.file("f.yaml", &format!("{GOOD}plugins:\n  directories: [/no/such/directory]\n"));
    let output = folder.validate(&file, &[]);
    let said = stdout(&output);
    assert!(said.contains(":10: plugins::directories: ") && said.contains("/no/such/directory"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

/// Several sources are merged, and each finding names its own.
#[test]
fn sources_are_merged() {
    let folder = Folder::new();
    let base = folder.file("base.yaml", GOOD);
    let site = folder.file("site.yaml", "processors:\n  batch:\n    timeot: 1s\n");
    let site = format!("file:{}", site.display());
    let output = folder.validate(
        &base,
        &[
            "--config",
            &site,
            "--set",
            "service.pipelines.traces.processors=[batch]",
            "--set",
            "exporters.nop.x=1",
        ],
    );
    let said = stdout(&output);
    for expected in [
        "site.yaml:3: processors::batch::timeot: unknown key; did you mean `timeout`?",
        "error: --set exporters.nop.x: exporters::nop::x: unknown key",
        "2 errors, 1 warning",
    ] {
        assert!(said.contains(expected), "{expected} is not in: {said}");
    }
}
