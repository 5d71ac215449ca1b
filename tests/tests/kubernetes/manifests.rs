use std::path::PathBuf;

use serde_json::{Value, json};
use sluice_tests::deploy::{CHART_CHOICES, chart, monitoring, overlays};
use sluice_tests::gateway::project;
use sluice_tests::kubernetes::{Cluster, documents};
use sluice_tests::programs::{prepared, words};
use sluice_tests::wait;

/// Where the manifests belong.
const NAMESPACE: &str = "observability";

/// The API server takes every overlay, deploy/monitoring, and the chart with each of its choices, in a namespace that
/// enforces the pod security standard `restricted`, and has nothing to say about them; nor about the pods that they are
/// for.
pub(crate) async fn everything_in_deploy_passes_a_dry_run(cluster: &mut Cluster) {
    prepare(cluster).await;
    let mut sets: Vec<(String, String)> = overlays().unwrap_or_default();
    sets.extend(monitoring().map(|manifests| ("monitoring".to_owned(), manifests)));
    for values in CHART_CHOICES {
        let Some(output) = chart(values) else { break };
        assert!(output.status.success(), "{values:?}: {}", words(&output));
        sets.push((format!("chart {values:?}"), String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    let mut objects = 0;
    for (name, manifests) in &sets {
        let manifests = documents(manifests);
        objects += manifests.len();
        let complaints = dry_run(cluster, &manifests).await;
        assert!(complaints.is_empty(), "{name}: {complaints:#?}");
    }
    println!("    {objects} objects in {} sets", sets.len());
}

/// The same check finds a field that there is none of, a value of another type, a pod that may do more than `restricted`
/// allows, by itself and within its workload, and a field of the operator's kinds that its definitions do not have.
pub(crate) async fn broken_manifests_do_not_pass_a_dry_run(cluster: &mut Cluster) {
    prepare(cluster).await;
    let good = &documents(&guide("tier1-deployment.yaml"))[0];
    let metadata = json!({"name": "otelcol-tier1", "namespace": NAMESPACE});
    cluster.apply(&json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})).await;
    let none = dry_run(cluster, std::slice::from_ref(good)).await;
    assert!(none.is_empty(), "{none:#?}");
    let container = "/spec/template/spec/containers/0";
    for (place, key, value, expected) in [
        (container, "livenesProbe", json!({}), &["field not declared in schema"][..]),
        ("/spec", "replicas", json!("two"), &["expected numeric"]),
        (
            &*format!("{container}/securityContext"),
            "allowPrivilegeEscalation",
            json!(true),
            &["would violate PodSecurity", "violates PodSecurity"],
        ),
        ("/spec/template/spec/volumes/0/configMap", "name", json!(""), &["Required value"]),
    ] {
        let mut broken = good.clone();
        broken.pointer_mut(place).expect("a place")[key] = value;
        let complaints = dry_run(cluster, &[broken]).await;
        for expected in expected {
            assert!(
                complaints.iter().any(|told| told.contains(expected)),
                "{key}: {expected}: {complaints:#?}"
            );
        }
    }
    let monitor = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "broken"},
        "spec": {"selector": {}, "endpoint": []},
    });
    let complaints = dry_run(cluster, &[monitor]).await;
    assert!(complaints.iter().any(|complaint| complaint.contains("spec.endpoint")), "{complaints:#?}");
}

/// A manifest of the guide's.
pub(crate) fn guide(name: &str) -> String {
    std::fs::read_to_string(project().join("tests/data/guide").join(name)).expect("a manifest of the guide's")
}

/// The namespace that one deploys to, and the kinds of the Prometheus operator.
async fn prepare(cluster: &Cluster) {
    let level = |mode: &str| (format!("pod-security.kubernetes.io/{mode}"), json!("restricted"));
    // Workloads are warned about what their pods would be refused for.
    let labels: serde_json::Map<String, Value> = ["enforce", "warn"].map(level).into_iter().collect();
    let metadata = json!({"name": NAMESPACE, "labels": labels});
    cluster.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})).await;
    for file in definitions() {
        let definition = &documents(&std::fs::read_to_string(file).expect("a definition"))[0];
        cluster.apply(definition).await;
        let name = definition["metadata"]["name"].as_str().expect("a name");
        wait::until(&format!("{name} to be served"), || cluster.serves(definition)).await;
    }
}

/// The Prometheus operator's own definitions of its kinds, which `cargo xtask kubernetes` has brought.
fn definitions() -> [PathBuf; 2] {
    ["servicemonitors", "prometheusrules"]
        .map(|kinds| prepared(&format!("kubernetes/prometheus-operator/monitoring.coreos.com_{kinds}.yaml")))
}

/// What there is to complain about manifests, and about the pods of their workloads.
async fn dry_run(cluster: &Cluster, manifests: &[Value]) -> Vec<String> {
    let mut complaints = Vec::new();
    for manifest in manifests {
        complaints.extend(cluster.dry_run(manifest, NAMESPACE).await.complaints);
        if manifest["kind"] == "ServiceAccount" {
            // Pods need one that is there.
            let mut account = manifest.clone();
            account["metadata"]["namespace"] = json!(NAMESPACE);
            cluster.apply(&account).await;
        }
    }
    for workload in manifests.iter().filter(|manifest| manifest["spec"]["template"]["spec"].is_object()) {
        let template = &workload["spec"]["template"];
        let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"], "spec": template["spec"]});
        pod["metadata"]["name"] = workload["metadata"]["name"].clone();
        complaints.extend(cluster.dry_run(&pod, NAMESPACE).await.complaints);
    }
    complaints
}
