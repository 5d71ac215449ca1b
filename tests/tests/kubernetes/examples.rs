use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;

use serde_json::json;
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::certificates::{Authority, write};
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::kubernetes::{Cluster, documents, ready};
use sluice_tests::metrics::get;
use sluice_tests::tls::{self, Tunnel};
use sluice_tests::{traffic, wait};
use tempfile::TempDir;

use crate::manifests::guide;
use crate::pod;

/// Where backends are.
const HOSTS: [Ipv4Addr; 3] =
    [Ipv4Addr::new(198, 18, 0, 11), Ipv4Addr::new(198, 18, 0, 12), Ipv4Addr::new(198, 18, 0, 13)];

/// The name of the guide's headless Service, below the domain of services.
pub(crate) const TIER_2: &str = "otelcol-tier2-headless.observability";

/// The guide's Service and ClusterRole are taken as they stand, and with them its example 2 finds its backends: before, the
/// log says what the service account may not do.
pub(crate) async fn the_guides_cluster_role_is_what_example_2_needs(cluster: &mut Cluster) {
    let token = cluster.account("observability", "otelcol-tier1").await;
    pod::mount_account(cluster, "observability", &token);
    let service = documents(&guide("tier2-headless-service.yaml")).remove(0);
    cluster.apply(&service).await;
    let backends = backends().await;
    let endpoints = [ready("198.18.0.11"), ready("198.18.0.12")];
    cluster.slice("observability", "otelcol-tier2", "otelcol-tier2-a", &endpoints).await;
    let gateway = Gateway::start(&pod::example(2)).await;
    gateway.wait_for_log("service account `otelcol-tier1` of namespace `observability` may not list").await;
    for manifest in documents(&guide("rbac.yaml")) {
        cluster.apply(&manifest).await;
    }
    for host in ["198.18.0.11", "198.18.0.12"] {
        gateway.wait_for_log(&format!("backend {host}:4317 added")).await;
    }
    traffic_arrives(&gateway, &backends, 0..2).await;
}

/// The guide's example 1 as it stands asks the cluster's name server for the headless Service, as the pod's resolv.conf
/// says, and follows what it answers.
pub(crate) async fn example_1_follows_the_headless_service(_: &mut Cluster) {
    let backends = backends().await;
    drop(follows_the_headless_service(1, &[], &backends).await);
}

/// So does example 3. It says nothing of TLS, and so speaks it: its backends have certificates for their addresses, of an
/// authority that the system trusts. Its endpoint for the guide's probes is on the pod's address.
pub(crate) async fn example_3_follows_the_headless_service_by_tls(_: &mut Cluster) {
    let authority = Authority::new("system");
    let folder = TempDir::new().expect("a temporary folder");
    let trusted = write(folder.path(), "ca.pem", &authority.pem());
    let (mut backends, mut tunnels) = (Vec::new(), Vec::new());
    for host in HOSTS {
        let backend = Backend::start().await;
        let shown = tls::server(&authority.sign(&host.to_string()), None);
        tunnels.push(Tunnel::before_on(SocketAddr::from((host, 4317)), backend.address(), shown).await);
        backends.push(backend);
    }
    let environment = [("SSL_CERT_FILE", trusted.to_str().expect("text"))];
    let _gateway = follows_the_headless_service(3, &environment, &backends).await;
    let (status, _) = get(SocketAddr::from(([198, 18, 0, 1], 13133)), "/health").await;
    assert_eq!(status, 200);
}

async fn follows_the_headless_service(
    example: u8,
    environment: &[(&str, &str)],
    backends: &[Backend],
) -> Gateway {
    let knot = pod::knot(53).await;
    let servers = pod::name_server(&knot);
    knot.set(TIER_2, &["198.18.0.11", "198.18.0.12"]);
    let mounts = [(servers.path(), "/etc/resolv.conf")];
    let gateway = Gateway::start_in_container(&pod::example(example), &[], environment, &mounts).await;
    for host in ["198.18.0.11", "198.18.0.12"] {
        gateway.wait_for_log(&format!("backend {host}:4317 added")).await;
    }
    traffic_arrives(&gateway, backends, 0..2).await;
    knot.set(TIER_2, &["198.18.0.12", "198.18.0.13"]);
    gateway.wait_for_log("backend 198.18.0.13:4317 added").await;
    gateway.wait_for_log("backend 198.18.0.11:4317 removed").await;
    traffic_arrives(&gateway, backends, 1..3).await;
    gateway
}

/// The Service of before is headless to the API server, too.
pub(crate) async fn the_guides_manifests_pass_a_dry_run(cluster: &mut Cluster) {
    cluster.account("observability", "otelcol-tier1").await;
    for file in ["tier2-headless-service.yaml", "rbac.yaml", "tier1-deployment.yaml"] {
        for manifest in documents(&guide(file)) {
            let dry_run = cluster.dry_run(&manifest, "observability").await;
            assert!(dry_run.complaints.is_empty(), "{file}: {:#?}", dry_run.complaints);
            if manifest["kind"] == "Service" {
                assert_eq!(dry_run.object["spec"]["clusterIPs"], json!(["None"]));
            }
        }
    }
}

/// Three, at the port of the guide.
async fn backends() -> Vec<Backend> {
    let mut backends = Vec::new();
    for host in HOSTS {
        backends.push(Backend::start_on(SocketAddr::from((host, 4317)), accept_all()).await);
    }
    backends
}

/// Traces come to arrive at just these of the backends, at each of them; none is lost on the way there.
async fn traffic_arrives(gateway: &Gateway, backends: &[Backend], at: Range<usize>) {
    let client = Client::connect(gateway.address("receiver")).await;
    pod::first_trace(&client).await;
    // The ring is a moment behind what the log tells.
    wait::until("traffic at the new backends alone", || async {
        let request = traffic::traces(100, 1);
        let ids = traffic::trace_ids_of(std::slice::from_ref(&request));
        client.send("traces", &request).await.expect("accepted");
        let arrived = || -> Vec<usize> {
            let at = |backend: &Backend| traffic::trace_ids_of(&backend.traces()).intersection(&ids).count();
            backends.iter().map(at).collect()
        };
        wait::until("all of it", || async { arrived().iter().sum::<usize>() == ids.len() }).await;
        arrived().iter().enumerate().all(|(number, arrived)| (*arrived > 0) == at.contains(&number))
    })
    .await;
}
