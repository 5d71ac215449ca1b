//! Starting: the guide's files, wrong files, addresses that are taken.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

use sluice_tests::gateway::{Gateway, binary, project};
use sluice_tests::metrics::get;
use sluice_tests::{config, wait};
use tokio::net::TcpListener;

/// The guide's file starts as it is, though its name does not resolve here: alive, and not ready.
#[tokio::test(flavor = "multi_thread")]
async fn the_guides_file_starts() {
    let yaml = std::fs::read_to_string(project().join("config/guide.yaml")).expect("a sample");
    let yaml = yaml.replace("0.0.0.0:4317", "127.0.0.1:0").replace("0.0.0.0:13133", "127.0.0.1:0");
    let gateway =
        Gateway::start(&format!("{yaml}  telemetry: {{metrics: {{address: '127.0.0.1:0'}}}}\n")).await;
    let health = gateway.address("health");
    for path in ["/", "/health"] {
        assert_eq!(get(health, path).await.0, 200, "{path}");
    }
    assert_eq!(get(health, "/ready").await.0, 503);
    gateway.wait_for_log("failed to resolve").await;
}

/// A wrong file ends the start with status 1 and says what is wrong, where, and what was probably meant.
#[test]
fn a_wrong_file_is_explained() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let file = folder.path().join("wrong.yaml");
    let yaml = config::load_balancing(&[SocketAddr::from(([127, 0, 0, 1], 1))], "routingkey: traceID");
    std::fs::write(&file, yaml).expect("a file");
    let output = Command::new(binary()).arg("--config").arg(&file).output().expect("a binary that starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for expected in ["wrong.yaml", "routingkey", "routing_key"] {
        assert!(stderr.contains(expected), "{expected} is not in: {stderr}");
    }
}

/// A routing key that no plugin has is an error that names those there are.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_routing_key_is_explained() {
    let backend = SocketAddr::from(([127, 0, 0, 1], 1));
    let mut gateway = Gateway::spawn(&config::load_balancing(&[backend], "routing_key: traceid"), &[]);
    let status = gateway.wait().await;
    assert_eq!(status.code(), Some(1));
    assert!(gateway.has_logged("traceid") && gateway.has_logged("traceID"), "{:#?}", gateway.log());
}

/// A configured address that is taken ends the start and names the address and the key.
#[tokio::test(flavor = "multi_thread")]
async fn a_configured_address_that_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = taken.local_addr().expect("a bound address").to_string();
    for key in ["health_check:\n    endpoint: ", "metrics:\n      address: ", "grpc:\n        endpoint: "] {
        let yaml = config::load_balancing(&[SocketAddr::from(([127, 0, 0, 1], 1))], "");
        let yaml = yaml.replace(&format!("{key}127.0.0.1:0"), &format!("{key}{address}"));
        assert!(yaml.contains(&address), "{key}");
        let mut gateway = Gateway::spawn(&yaml, &[]);
        assert_eq!(gateway.wait().await.code(), Some(1), "{key}");
        assert!(gateway.has_logged(&address), "{key}: {:#?}", gateway.log());
    }
}

/// A default address that is taken (8888, 13133) is a warning: the gateway does its work without.
#[tokio::test(flavor = "multi_thread")]
async fn a_default_address_that_is_taken_is_a_warning() {
    // Another test, or another program, may have one of them: that serves as well.
    let _metrics = TcpListener::bind("127.0.0.1:8888").await;
    let _health = TcpListener::bind("127.0.0.1:13133").await;
    let yaml = "receivers: {otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}}}}\nexporters: {nop: }\n\
                extensions: {health_check: }\nservice:\n  extensions: [health_check]\n  pipelines:\n    \
                traces: {receivers: [otlp], exporters: [nop]}\n";
    let gateway = Gateway::start(yaml).await;
    for port in ["8888", "13133"] {
        let is_warning = |line: &String| line.contains("\twarn\t") && line.contains(port);
        assert!(gateway.log().iter().any(is_warning), "{port}: {:#?}", gateway.log());
    }
}

/// Without metrics, health is still told: probes must not restart a gateway that does its work.
#[tokio::test(flavor = "multi_thread")]
async fn health_needs_no_metrics() {
    let yaml = config::load_balancing(&[SocketAddr::from(([127, 0, 0, 1], 1))], "");
    let without = yaml.replace("address: 127.0.0.1:0", "level: none");
    assert_ne!(without, yaml);
    let gateway = Gateway::start(&without).await;
    for path in ["/health", "/ready"] {
        wait::until("health to be told", || async { get(gateway.address("health"), path).await.0 == 200 })
            .await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(get(gateway.address("health"), "/health").await.0, 200);
}

/// kill -9 leaves nothing behind that stops the next start, and the second start uses the compile cache.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_does_not_compile() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let more = format!("plugins:\n  cache: {}\n", folder.path().join("cache").display());
    let block = "resolver:\n  static:\n    hostnames: [127.0.0.1:1]";
    let yaml = config::pipelines("load_balancing", block, &more);
    drop(Gateway::start(&yaml).await);
    let compiled = entries(&folder.path().join("cache"));
    assert!(compiled.len() >= 2, "traceID and service are kept: {compiled:?}");
    drop(Gateway::start(&yaml).await);
    assert_eq!(entries(&folder.path().join("cache")), compiled, "no entry was written again");
}

/// Name and inode of every file in a folder: what is written anew has another inode.
fn entries(folder: &std::path::Path) -> std::collections::BTreeMap<std::path::PathBuf, u64> {
    let files = std::fs::read_dir(folder).expect("the cache").map(|entry| entry.expect("an entry"));
    files.map(|file| (file.path(), file.metadata().map(|metadata| metadata.ino()).expect("a file"))).collect()
}

/// `--help` and `--version` answer; a command line without `--config` says what is missing.
#[test]
fn the_command_line_explains_itself() {
    let run = |arguments: &[&str]| {
        Command::new(binary()).args(arguments).stdin(Stdio::null()).output().expect("a binary that starts")
    };
    for command in ["run", "validate", "config", "components", "locate", "completions", "man"] {
        assert!(run(&[command, "--help"]).status.success(), "{command}");
    }
    for arguments in [["--help"], ["--version"]] {
        assert!(run(&arguments).status.success(), "{arguments:?}");
    }
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--config"));
}

/// `sluice run --config F` is the same as `sluice --config F`, and an interrupt ends it with status 0.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_gateway_ends_at_once() {
    let yaml = config::load_balancing(&[SocketAddr::from(([127, 0, 0, 1], 1))], "");
    let mut gateway = Gateway::spawn_command(&["run"], &yaml, &[]).started().await;
    gateway.interrupt();
    let status = gateway.wait().await;
    assert!(status.success(), "{status}");
    wait::until("the last words", || async { gateway.has_logged("gateway stopped") }).await;
}
