use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use serde_json::Value;
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::gateway::{Gateway, project};
use sluice_tests::kubernetes::{Cluster, documents, ready};
use sluice_tests::{traffic, wait};

use crate::pod;

/// The guide's example 2, as it stands: while traffic flows, its Service goes from 3 to 6 to 2 backends. Every span
/// arrives once, and the traces of backends that stay do not move.
pub(crate) async fn traffic_flows_while_example_2_goes_from_3_to_6_to_2(cluster: &mut Cluster) {
    let token = cluster.account("observability", "sluice").await;
    for manifest in documented_role() {
        cluster.apply(&manifest).await;
    }
    pod::mount_account(cluster, "observability", &token);
    let hosts: Vec<String> = (11..17).map(|host| format!("198.18.0.{host}")).collect();
    let mut backends = Vec::new();
    for host in &hosts {
        let address = SocketAddr::new(host.parse().expect("an address"), 4317);
        backends.push(Backend::start_on(address, accept_all()).await);
    }
    let set = async |hosts: &[String]| {
        let endpoints: Vec<_> = hosts.iter().map(|host| ready(host)).collect();
        cluster.slice("observability", "otelcol-tier2", "otelcol-tier2-a", &endpoints).await;
    };
    set(&hosts[..3]).await;
    let gateway = Gateway::start(&pod::example(2)).await;
    for host in &hosts[..3] {
        gateway.wait_for_log(&format!("backend {host}:4317 added")).await;
    }

    let client = Client::connect(gateway.address("receiver")).await;
    let first = pod::first_trace(&client).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let sender = tokio::spawn(send_until(client.clone(), Arc::clone(&is_over)));
    // The same traces at each stage, to see where they belong.
    let probe = traffic::traces(200, 1);
    let mut owners = Vec::new();
    for stage in [&hosts[..3], &hosts[..6], &hosts[4..]] {
        set(stage).await;
        wait::until("the backends of the stage", || async { pod::backends(&gateway).len() == stage.len() })
            .await;
        let before: Vec<usize> = backends.iter().map(|backend| backend.traces().len()).collect();
        client.send("traces", &probe).await.expect("accepted");
        wait::until("the probe to arrive", || async { owners_of(&probe, &backends, &before).len() == 200 })
            .await;
        owners.push(owners_of(&probe, &backends, &before));
    }
    is_over.store(true, Ordering::Relaxed);
    let mut sent = sender.await.expect("a sender");
    sent.extend([first, probe.clone(), probe.clone(), probe.clone()]);

    let expected = traffic::spans_of(&sent);
    let arrived = || traffic::spans_of(&backends.iter().flat_map(Backend::traces).collect::<Vec<_>>());
    wait::until("every span to arrive", || async {
        arrived().values().sum::<usize>() >= expected.values().sum()
    })
    .await;
    assert!(arrived() == expected, "each span once, byte for byte");
    println!("    {} spans, nothing lost", expected.values().sum::<usize>());

    for (trace, owner) in &owners[1] {
        assert!(*owner >= 3 || *owner == owners[0][trace], "a trace moved between backends that stayed");
        assert!(*owner < 4 || *owner == owners[2][trace], "a trace of a backend that stayed moved");
    }
}

/// The role and its binding that docs/kubernetes.md asks for.
fn documented_role() -> Vec<Value> {
    let page = std::fs::read_to_string(project().join("docs/kubernetes.md")).expect("the page");
    let block = page.split("```yaml\n").find(|block| block.contains("kind: Role\n")).expect("a role");
    let (manifests, _) = block.split_once("```").expect("its end");
    documents(manifests)
}

async fn send_until(client: Client, is_over: Arc<AtomicBool>) -> Vec<ExportTraceServiceRequest> {
    let mut sent = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let request = traffic::traces(20, 4);
        client.send("traces", &request).await.expect("accepted");
        sent.push(request);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    sent
}

/// Which backend got each trace of the probe, in what arrived behind what was there `before`.
fn owners_of(
    probe: &ExportTraceServiceRequest,
    backends: &[Backend],
    before: &[usize],
) -> BTreeMap<Vec<u8>, usize> {
    let ids = traffic::trace_ids_of(std::slice::from_ref(probe));
    let mut owners = BTreeMap::new();
    for (number, (backend, before)) in backends.iter().zip(before).enumerate() {
        let arrived = traffic::trace_ids_of(&backend.traces()[*before..]);
        owners.extend(arrived.into_iter().filter(|id| ids.contains(id)).map(|id| (id, number)));
    }
    owners
}
