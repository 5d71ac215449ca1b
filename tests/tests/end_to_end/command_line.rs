//! What the command line tells about itself and about a configuration, beside `validate` and `locate`.

use std::process::{Command, Output, Stdio};

use sluice_tests::gateway::{Gateway, binary, project};

const PLAIN: &str = "receivers: {otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}}}}\nexporters: {nop: }\n\
                     service:\n  telemetry: {metrics: {address: '127.0.0.1:0'}}\n  pipelines: {traces: {receivers: \
                     [otlp], exporters: [nop]}}\n";

fn run(arguments: &[&str]) -> Output {
    Command::new(binary())
        .args(arguments)
        .current_dir(project())
        .stdin(Stdio::null())
        .output()
        .expect("a binary that starts")
}

fn stdout(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The configuration in effect: sources merged, and secrets hidden.
#[test]
fn the_configuration_in_effect_is_printed() {
    let printed = stdout(&[
        "config",
        "--config",
        "config/gateway.yaml",
        "--config",
        "yaml:exporters::load_balancing::protocol::otlp::headers::authorization: Bearer hunter2",
        "--set",
        "extensions.health_check.endpoint=127.0.0.1:1",
    ]);
    assert!(printed.contains("authorization: '[REDACTED]'") && !printed.contains("hunter2"), "{printed}");
    assert!(printed.contains("endpoint: 127.0.0.1:1\n"), "{printed}");
    assert!(printed.contains("- 127.0.0.1:4347\n"), "{printed}");

    let output =
        run(&["config", "--config", "config/gateway.yaml", "--set", "exporters.kafka.password=hunter2"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("kafka exporter is outside") && !stderr.contains("hunter2"), "{stderr}");
}

/// `--help` of a command says what its exit status means, which its line in the list of commands has no room for.
#[test]
fn the_help_of_commands_is_whole() {
    for (command, words) in [
        ("validate", "status 0 when there is no error"),
        ("migrate", "status 0 when Sluice can run its half"),
        ("health", "status 0 when the answer is 200"),
        ("drain", "both are status 0"),
        ("resolve", "status 0 when each resolver sees a backend"),
        ("doctor", "status 0 when all of it can work"),
        ("replay", "3 when a limit"),
        ("capture", "1 when nothing was"),
    ] {
        let help = stdout(&[command, "--help"]).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(words), "{command}: {help}");
    }
}

/// Every component of the Collector's, and what it is here.
#[test]
fn components_are_listed() {
    let text = stdout(&["components"]);
    let row = |start: &[&str]| {
        let is_it = |line: &&str| line.split_whitespace().take(start.len()).eq(start.iter().copied());
        text.lines().find(is_it).unwrap_or_else(|| panic!("{start:?} is not in: {text}")).to_owned()
    };
    row(&["receivers", "otlp", "served"]);
    assert!(row(&["processors", "k8s_attributes", "outside:"]).contains("before tier 1"));
    assert!(row(&["connectors", "span_metrics", "outside:"]).contains("after tier 2"));
    row(&["extensions", "zpages", "inert:"]);

    let json = stdout(&["components", "--output", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).expect("JSON");
    assert_eq!(rows.len(), text.lines().count());
    assert!(rows.len() > 200);
}

/// Completions for every shell, and a manual page with every command.
#[test]
fn completions_and_manual_are_printed() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let completions = stdout(&["completions", shell]);
        assert!(completions.contains("sluice") && completions.contains("validate"), "{shell}: {completions}");
    }
    let manual = stdout(&["man"]);
    assert!(manual.contains(".TH sluice"), "{manual}");
    for command in [
        "run",
        "validate",
        "migrate",
        "config",
        "components",
        "locate",
        "explain",
        "replay",
        "capture",
        "completions",
        "man",
    ] {
        assert!(manual.contains(&format!(".SH \"sluice {command}\"")), "{command}: {manual}");
    }
    assert!(manual.contains("\\-\\-feature\\-gates"), "{manual}");
}

/// What is no source, or no `KEY=VALUE`, is a wrong command line, and says what to write.
#[test]
fn a_wrong_command_line_is_explained() {
    for (arguments, expected) in [
        (&["--config", "https://example.org/a.yaml"][..], "from the network"),
        (&["validate", "--config", "s3:bucket"], "`s3:` is none of"),
        (&["--config", "config/gateway.yaml", "--set", "a.b"], "has no `=`"),
        (&["--set", "a.b=c"], "--config"),
        (&["validate"], "--config"),
        (&["config"], "--config"),
    ] {
        let output = run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}

/// A start merges sources too; a feature gate that Sluice does not have is a warning in the log.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_takes_all_of_it() {
    let more = [
        "--set",
        "service.telemetry.logs.encoding=json",
        "--feature-gates",
        "-no.such.gate,pdata.useProtoPooling",
    ];
    let gateway = Gateway::start_with(PLAIN, &more).await;
    let log = gateway.log();
    assert!(log.iter().any(|line| line.starts_with('{') && line.contains("gateway started")), "{log:#?}");
    assert!(log.iter().any(|line| line.contains("`-no.such.gate` changes nothing")), "{log:#?}");
    assert!(!log.iter().any(|line| line.contains("useProtoPooling")), "{log:#?}");
}

/// In a container a warning names each server that nobody outside can reach, and none of those that somebody can.
#[test]
fn a_container_warns_of_what_nobody_reaches() {
    let yaml = "receivers:\n  otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}}}\n  otlp/2: {protocols: {grpc: {endpoint: \
                '0.0.0.0:0'}}}\nexporters: {file: {path: /no/such/folder/out}}\nservice: {pipelines: {traces: {receivers: \
                [otlp, otlp/2], exporters: [file]}}}\n";
    // The file cannot be opened, so that the start ends once everything was said.
    let output = Command::new(binary())
        .args(["--config", &format!("yaml:{yaml}")])
        .env("KUBERNETES_SERVICE_HOST", "10.0.0.1")
        .output()
        .expect("a binary that starts");
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{log}");
    let warnings: Vec<&str> =
        log.lines().filter(|line| line.contains("nobody outside of this container")).collect();
    assert_eq!(warnings.len(), 2, "{log}");
    assert!(warnings[0].contains("service::telemetry::metrics listens on localhost:8888"), "{log}");
    assert!(warnings[1].contains("receivers::otlp::protocols::grpc listens on 127.0.0.1:0"), "{log}");
}
