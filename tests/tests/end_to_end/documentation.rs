//! Every sample configuration starts, and every command in the docs is one that a test runs.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use sluice_tests::gateway::{Gateway, binary, project};

/// Commands of the docs that need no further proof than the tests and CI that run them, and who does.
const RUN_ELSEWHERE: [&str; 19] = [
    // CI runs this; `cargo xtask test` ends by trying `cargo xtask run --demo`, which builds as `build` does.
    "cargo xtask test",
    "cargo xtask run",
    "cargo xtask run --demo",
    "cargo xtask build",
    // image.rs of xtask builds one from the binary under test.
    "cargo xtask image",
    // deploy/ renders what is applied here, and runs promtool in the folder.
    "kubectl create namespace observability",
    "kubectl apply -k deploy/kubernetes/overlays/dns",
    "helm install tiers deploy/helm/sluice --namespace observability --set resolver=k8s",
    "promtool check rules deploy/monitoring/rules.yaml",
    "promtool test rules deploy/monitoring/rules_test.yaml",
    // migrate.rs runs this, into folders of its own: nothing is written over.
    "sluice migrate --config collector.yaml --output-dir halves",
    // sampling.rs asks a sampler that it has started.
    "sluice explain --last 20 --dropped",
    "sluice explain 5b8aa5a2d2c872e8321cf37308d69df2",
    // span_metrics.rs runs this, and expects it to fail.
    "sluice validate --config config/collector/span-metrics.yaml",
    // replay.rs runs these on traces that it has made.
    "sluice capture --traces 1000 --redact-all-attributes --keep service.name --output traces.bin",
    "sluice replay --config sampler.yaml --input traces.bin --explain",
    "sluice replay --config new.yaml --baseline sampler.yaml --input traces.bin --max-lost-traces 1% --max-kept-bytes +10%",
    // The plugin of docs/plugins.md is config/plugins/tenant, which `cargo xtask test` builds, tests and loads.
    "cargo build --release --target wasm32-unknown-unknown",
    "cp target/wasm32-unknown-unknown/release/tenant.wasm /etc/sluice/plugins/",
];

fn documents() -> Vec<PathBuf> {
    let folders = ["docs", "docs/policies"].map(|folder| project().join(folder));
    let entries = folders.into_iter().flat_map(|folder| std::fs::read_dir(folder).expect("a folder of docs"));
    let docs = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    ["README.md", "CONTRIBUTING.md"].map(|name| project().join(name)).into_iter().chain(docs).collect()
}

/// The code blocks of a language (or none, when indented by four) in a document.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}");
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match &mut block {
            Some(lines) if line.trim_start() == "```" => {
                found.push(std::mem::take(lines));
                block = None;
            }
            Some(lines) => {
                lines.push_str(line.trim_start());
                lines.push('\n');
            }
            None if line.trim_start() == fence => block = Some(String::new()),
            None => {}
        }
    }
    found
}

/// Every command in a `sh` block is run: here, or by the tests that are named.
#[test]
fn every_command_of_the_docs_is_run() {
    let known: BTreeSet<&str> = RUN_ELSEWHERE.into_iter().collect();
    let mut unknown = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).expect("a document");
        for block in blocks(&text, "sh") {
            let commands = block.lines().map(|line| line.split(" #").next().unwrap_or(line).trim());
            for command in commands.filter(|command| !command.is_empty()) {
                if !known.contains(command) && !runs(command) {
                    unknown.push(format!("{}: {command}", document.display()));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "no test runs these, or they fail:\n{}", unknown.join("\n"));
}

/// Runs a command of the docs: with the binary under test, or with cargo.
fn runs(command: &str) -> bool {
    let mut words = command.split_whitespace();
    let Some(program) = words.next() else { return true };
    let arguments: Vec<&str> = words.collect();
    if program.ends_with("sluice") {
        // What only starts the gateway is run by `every_sample_starts`.
        let started = match arguments.as_slice() {
            ["--config", file] | ["run", "--config", file] | ["--config", file, "--plugins", _] => Some(file),
            _ => None,
        };
        return started.is_some_and(|file| project().join(file).exists())
            || Command::new(binary())
                .args(&arguments)
                .current_dir(project())
                .stdout(Stdio::null())
                .status()
                .is_ok_and(|status| status.success());
    }
    // Built by `cargo xtask test` with the toolchain that it found; here it counts that the folder is there.
    let manifest = arguments.iter().skip_while(|word| **word != "--manifest-path").nth(1);
    program == "cargo" && manifest.is_some_and(|manifest| project().join(manifest).exists())
}

/// Every file in config/ starts as it is, on ports of the system's choice.
#[tokio::test(flavor = "multi_thread")]
async fn every_sample_starts() {
    let folder = std::fs::read_dir(project().join("config")).expect("config/");
    let files = folder.map(|entry| entry.expect("an entry").path());
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")) {
        let yaml = std::fs::read_to_string(&file).expect("a sample");
        let telemetry = if yaml.contains("telemetry:") {
            ""
        } else {
            "  telemetry: {metrics: {address: '127.0.0.1:0'}}\n"
        };
        let yaml = format!("{}{telemetry}", on_free_ports(&yaml));
        let plugins = sluice_tests::gateway::test_plugins();
        let gateway = Gateway::start_with(&yaml, &["--plugins", &plugins.to_string_lossy()]).await;
        assert!(gateway.has_logged("gateway started"), "{}", file.display());
    }
}

/// The same configuration with port 0 wherever it listens, which exporters do not.
fn on_free_ports(yaml: &str) -> String {
    let mut section = "";
    let mut free = String::new();
    for line in yaml.lines() {
        if line.starts_with(char::is_alphabetic) {
            section = line;
        }
        match line.split_once(": ") {
            Some((key, _)) if section != "exporters:" && ["endpoint", "address"].contains(&key.trim()) => {
                free.push_str(key);
                free.push_str(": 127.0.0.1:0\n");
            }
            _ => {
                free.push_str(line);
                free.push('\n');
            }
        }
    }
    free
}
