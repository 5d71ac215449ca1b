use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sluice_tests::gateway::Gateway;
use sluice_tests::kubernetes::{Cluster, ready};
use sluice_tests::wait;

use crate::pod;

/// 25 generations of pods, over three slices that share some of them: what is left on the ring are the live ones.
pub(crate) async fn churn_leaves_the_live_endpoints(cluster: &mut Cluster) {
    pod::namespace(cluster, "churn").await;
    cluster.slice("churn", "tier2", "a", &[ready("198.18.0.1")]).await;
    let gateway = Gateway::start(&pod::yaml("")).await;
    gateway.wait_for_log("backend 198.18.0.1:4317 added").await;
    let mut live: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for _ in 0..25 {
        for slice in ["a", "b", "c"] {
            if live.contains_key(slice) && fastrand::u8(0..6) == 0 {
                cluster.remove_slice("churn", slice).await;
                live.remove(slice);
                continue;
            }
            let hosts: BTreeSet<u8> = (0..fastrand::usize(1..12)).map(|_| fastrand::u8(1..=40)).collect();
            let of_slice = live.entry(slice).or_default();
            of_slice.clear();
            let endpoints: Vec<Value> = hosts.iter().map(|host| endpoint(*host, of_slice)).collect();
            cluster.slice("churn", "tier2", slice, &endpoints).await;
        }
    }
    // One that is there whatever chance has brought: an empty list would be none.
    cluster.slice("churn", "tier2", "d", &[ready("198.18.0.30")]).await;
    live.insert("d", BTreeSet::from(["198.18.0.30:4317".to_owned()]));
    let live: BTreeSet<String> = live.into_values().flatten().collect();
    wait::until("just the live endpoints", || async { pod::backends(&gateway) == live }).await;
    let backends = pod::counted(&gateway, "otelcol_loadbalancer_num_backends").await;
    assert_eq!(backends, live.len() as f64);
}

/// An endpoint in one of the states that a pod has; the live ones are noted.
fn endpoint(host: u8, live: &mut BTreeSet<String>) -> Value {
    let address = format!("198.18.0.{host}");
    let conditions = match fastrand::u8(0..5) {
        0 => json!({"ready": false, "serving": false, "terminating": false}),
        1 => json!({"ready": false, "serving": true, "terminating": true}),
        // Nothing is said, and so it is ready.
        2 => json!({}),
        _ => json!({"ready": true, "serving": true, "terminating": false}),
    };
    if conditions["ready"] != json!(false) {
        live.insert(format!("{address}:4317"));
    }
    json!({"addresses": [address], "conditions": conditions})
}

/// A thousand endpoints in ten slices are on the ring by one swap.
pub(crate) async fn a_thousand_endpoints_are_one_change(cluster: &mut Cluster) {
    pod::namespace(cluster, "thousand").await;
    for slice in 0..10 {
        let endpoints: Vec<Value> =
            (0..100).map(|host| ready(&format!("198.18.{}.{}", 100 + slice, host + 1))).collect();
        cluster.slice("thousand", "tier2", &format!("slice-{slice}"), &endpoints).await;
    }
    let gateway = Gateway::start(&pod::yaml("")).await;
    wait::until("a thousand backends", || async {
        pod::counted(&gateway, "otelcol_loadbalancer_num_backends").await == 1000.0
    })
    .await;
    assert_eq!(pod::counted(&gateway, "otelcol_loadbalancer_num_backend_updates_total").await, 1.0);
    cluster.slice("thousand", "tier2", "slice-3", &[ready("198.18.103.1")]).await;
    wait::until("99 fewer", || async {
        pod::counted(&gateway, "otelcol_loadbalancer_num_backends").await == 901.0
    })
    .await;
    assert_eq!(pod::counted(&gateway, "otelcol_loadbalancer_num_backend_updates_total").await, 2.0);
}

/// How long a change takes from the write to the ring is printed; that it takes no part of the watch's length is
/// asserted.
pub(crate) async fn a_change_is_on_the_ring_soon(cluster: &mut Cluster) {
    pod::namespace(cluster, "reaction").await;
    cluster.slice("reaction", "tier2", "a", &[ready("198.18.0.1")]).await;
    let gateway = Gateway::start(&pod::yaml("")).await;
    gateway.wait_for_log("backend 198.18.0.1:4317 added").await;
    let mut times = Vec::new();
    for host in 2..=11 {
        let start = Instant::now();
        let address = format!("198.18.0.{host}");
        cluster.slice("reaction", "tier2", &format!("s{host}"), &[ready(&address)]).await;
        let line = format!("backend {address}:4317 added");
        while !gateway.has_logged(&line) {
            assert!(start.elapsed() < Duration::from_secs(10), "{line} is late");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push(start.elapsed());
    }
    times.sort();
    println!("    from the write to the ring: median {:?}, longest {:?}", times[5], times[9]);
}
