//! What one asks from inside a pod: `sluice doctor` and `sluice resolve`.

use std::process::{Command, Output};

use serde_json::{Value, json};
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::gateway::binary;
use sluice_tests::kubernetes::{Cluster, ready};
use sluice_tests::{programs, wait};

use crate::pod;

/// Runs a command with the configuration of a pod.
async fn sluice(arguments: &[&str]) -> Output {
    let mut command = Command::new(binary());
    command.args(arguments).args(["--config", &format!("yaml:{}", pod::yaml(""))]);
    programs::run(command).await
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The line about the permission.
async fn permission() -> String {
    let printed = printed(&sluice(&["doctor", "--timeout", "5s"]).await);
    let line = printed.lines().find(|line| line.contains(" loadbalancing permission: "));
    line.unwrap_or_else(|| panic!("nothing about the permission: {printed}")).to_owned()
}

/// Without the role doctor fails, and says who lacks what with a manifest; the manifest, applied, makes all of it well.
/// With lists but no watches it warns.
pub(crate) async fn doctor_asks_what_is_permitted(cluster: &mut Cluster) {
    let token = cluster.account("doctor", "nobody").await;
    pod::mount_account(cluster, "doctor", &token);
    cluster.slice("doctor", "tier2", "a", &[ready("198.18.0.21")]).await;
    let _backend = Backend::start_on("198.18.0.21:4317".parse().expect("an address"), accept_all()).await;

    let output = sluice(&["doctor"]).await;
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let missing = "fail  loadbalancing permission: RBAC: service account `nobody` of namespace `doctor` may not list or watch \
                   `endpointslices` (API group `discovery.k8s.io`) in namespace `doctor`";
    assert!(text.contains(missing), "{text}");
    let (_, manifest) = text.split_once("kubectl apply -f -): ").expect("a manifest");
    let manifest: Value = serde_yaml::from_str(manifest.lines().next().expect("a line")).expect("YAML");
    for object in manifest["items"].as_array().expect("a list") {
        cluster.apply(object).await;
    }

    let may =
        "ok    loadbalancing permission: `endpointslices` of namespace `doctor` may be listed and watched";
    wait::until("the role to count", || async { permission().await == may }).await;
    let output = sluice(&["doctor"]).await;
    let text = printed(&output);
    assert!(output.status.success(), "{text}");
    for line in [
        "ok    loadbalancing resolver: 1 backend (1 endpoint in 1 slice)\n",
        "ok    loadbalancing backend 198.18.0.21:4317: takes connections\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }

    let mut role = manifest["items"][0].clone();
    role["rules"][0]["verbs"] = json!(["list"]);
    cluster.apply(&role).await;
    wait::until("the role to count", || async { permission().await != may }).await;
    let output = sluice(&["doctor"]).await;
    let text = printed(&output);
    assert!(output.status.success(), "lists are enough: {text}");
    let missing = "RBAC: service account `nobody` of namespace `doctor` may not watch `endpointslices`";
    assert!(text.contains("warn  loadbalancing permission: ") && text.contains(missing), "{text}");
    assert!(text.contains("ok    loadbalancing resolver: 1 backend"), "{text}");
}

/// An account that nobody knows, and an API server that is away, are told apart.
pub(crate) async fn doctor_says_why_nobody_tells_it_what_is_permitted(cluster: &mut Cluster) {
    pod::namespace(cluster, "unknown").await;
    pod::mount_account(cluster, "unknown", "a token of nobody");
    let line = permission().await;
    let expected = "fail  loadbalancing permission: the API server does not know us (401 Unauthorized)";
    assert!(line.starts_with(expected), "{line}");

    cluster.kill();
    let line = permission().await;
    assert!(line.starts_with("fail  loadbalancing permission: the API server cannot be reached: "), "{line}");
    cluster.restart().await;

    pod::unmount_account();
    let line = permission().await;
    assert!(line.starts_with("fail  loadbalancing permission: no Kubernetes API server to ask: "), "{line}");
}

/// Every endpoint of every slice is printed with what becomes of it, and every backend with its part of the keys.
pub(crate) async fn resolve_prints_slices_and_owners(cluster: &mut Cluster) {
    pod::namespace(cluster, "resolve").await;
    let mut first = ready("198.18.0.22");
    first["zone"] = json!("north");
    first["targetRef"] = json!({"kind": "Pod", "name": "tier2-0"});
    cluster.slice("resolve", "tier2", "tier2-a", &[first, ready("198.18.0.23")]).await;
    let leaving = json!({"ready": false, "serving": true, "terminating": true});
    let leaving = json!({"addresses": ["198.18.0.24"], "conditions": leaving});
    cluster.slice("resolve", "tier2", "tier2-b", &[ready("198.18.0.23"), leaving]).await;
    cluster.slice("resolve", "other", "other-a", &[ready("198.18.0.25")]).await;

    let output = sluice(&["resolve"]).await;
    let text = printed(&output);
    assert!(output.status.success(), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "loadbalancing: 2 backends");
    for (line, address) in lines[1..3].iter().zip(["198.18.0.22:4317", "198.18.0.23:4317"]) {
        assert!(line.contains(address) && line.ends_with(" % of the keys"), "{text}");
    }
    assert_eq!(
        lines[3..],
        [
            "loadbalancing: 4 endpoints in 2 slices, 1 left out",
            "  tier2-a: 198.18.0.22 ready, zone north, pod tier2-0 -> 198.18.0.22:4317",
            "  tier2-a: 198.18.0.23 ready -> 198.18.0.23:4317",
            "  tier2-b: 198.18.0.23 ready -> 198.18.0.23:4317",
            "  tier2-b: 198.18.0.24 not ready, terminating -> left out",
        ]
    );

    let output = sluice(&["resolve", "--output", "json"]).await;
    let seen: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(seen[0]["backends"].as_array().map(Vec::len), Some(2), "{seen}");
    assert_eq!(
        seen[0]["records"][0],
        json!({
            "type": "EndpointSlice", "slice": "tier2-a", "addresses": ["198.18.0.22"], "ready": true, "terminating": false,
            "zone": "north", "pod": "tier2-0", "endpoints": ["198.18.0.22:4317"],
        })
    );
}
