use serde_json::Value;
use sluice_tests::gateway::Gateway;
use sluice_tests::kubernetes::{ADDRESS, Cluster, ready};
use sluice_tests::metrics::get;
use sluice_tests::wait;

use crate::pod;

/// Without the role the gateway is up and not ready, and says once who lacks which rule; the manifest of that line,
/// applied, makes it ready.
pub(crate) async fn a_missing_role_is_named_and_its_manifest_cures_it(cluster: &mut Cluster) {
    let token = cluster.account("forbidden", "nobody").await;
    pod::mount_account(cluster, "forbidden", &token);
    cluster.slice("forbidden", "tier2", "a", &[ready("198.18.0.11")]).await;
    let gateway = Gateway::start(&pod::yaml("")).await;
    let missing = "service account `nobody` of namespace `forbidden` may not list `endpointslices` (API group \
                   `discovery.k8s.io`) in namespace `forbidden`";
    gateway.wait_for_log(missing).await;
    let health = gateway.address("health");
    assert_eq!(get(health, "/health").await.0, 200);
    assert_eq!(get(health, "/ready").await.0, 503);
    wait::until("some more attempts", || async {
        pod::counted(&gateway, "otelcol_loadbalancer_num_resolutions_total").await > 4.0
    })
    .await;
    let lines: Vec<String> = gateway.log().into_iter().filter(|line| line.contains("may not")).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");

    let (_, manifest) = lines[0].split_once("kubectl apply -f -): ").expect("a manifest");
    let (manifest, _) = manifest.split_once("; 0 endpoints are kept").expect("the end of the manifest");
    let manifest: Value = serde_yaml::from_str(manifest).expect("YAML");
    for object in manifest["items"].as_array().expect("a list") {
        cluster.apply(object).await;
    }
    gateway.wait_for_log("backend 198.18.0.11:4317 added").await;
    wait::until("readiness", || async { get(health, "/ready").await.0 == 200 }).await;
}

/// A pod without a service account starts, not ready, and says so; when it gets one, it needs no restart.
pub(crate) async fn a_pod_gets_its_service_account_later(cluster: &mut Cluster) {
    let token = cluster.account("later", "sluice").await;
    cluster.permit("later", "sluice").await;
    cluster.slice("later", "tier2", "a", &[ready("198.18.0.13")]).await;
    pod::unmount_account();
    let yaml = pod::yaml("").replace("service: tier2", "service: tier2.later");
    let gateway = Gateway::start(&yaml).await;
    gateway.wait_for_log("no Kubernetes API server to ask").await;
    assert_eq!(get(gateway.address("health"), "/ready").await.0, 503);
    pod::mount_account(cluster, "later", &token);
    gateway.wait_for_log("backend 198.18.0.13:4317 added").await;
    wait::until("readiness", || async { get(gateway.address("health"), "/ready").await.0 == 200 }).await;
}

/// Outside of a pod, KUBECONFIG says where the API server is and who we are; the Service's namespace is written out.
pub(crate) async fn a_kubeconfig_is_taken_where_it_is_set(cluster: &mut Cluster) {
    let token = cluster.account("outside", "sluice").await;
    cluster.permit("outside", "sluice").await;
    pod::mount_account(cluster, "outside", "a token of nobody");
    cluster.slice("outside", "tier2", "a", &[ready("198.18.0.12")]).await;
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join("ca.crt"), cluster.authority()).expect("a file");
    let kubeconfig = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
         clusters: [{{name: c, cluster: {{server: 'https://{ADDRESS}', certificate-authority: ca.crt}}}}]\n\
         users: [{{name: u, user: {{token: {token}}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
    );
    let file = folder.path().join("config");
    std::fs::write(&file, kubeconfig).expect("a file");
    let yaml = pod::yaml("").replace("service: tier2", "service: tier2.outside.svc.cluster.local");
    let environment = [("KUBECONFIG", file.to_string_lossy().into_owned())];
    let gateway = Gateway::spawn_with_environment(&yaml, &environment).started().await;
    gateway.wait_for_log("backend 198.18.0.12:4317 added").await;
}
