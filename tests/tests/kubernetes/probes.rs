use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use serde_json::Value;
use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::dns::Knot;
use sluice_tests::gateway::Gateway;
use sluice_tests::kubelet::{Action, Probe, Prober, Purpose};
use sluice_tests::kubernetes::{ADDRESS, Cluster, documents, ready};
use sluice_tests::metrics::{Page, get, try_get};
use sluice_tests::{traffic, wait};
use tempfile::{NamedTempFile, TempDir};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::examples::TIER_2;
use crate::manifests::guide;
use crate::pod;

/// What the runner calls it.
pub(crate) const NAME: &str = "five_minutes_without_anything_restart_nothing";
const LENGTH: Duration = Duration::from_secs(5 * 60);

/// Where there is an API server for the gateway that has none, in the end.
const LATER: u16 = 6444;

/// The guide's examples are as they stand, but for where they listen, the endpoint of example 3 that the probes ask, and
/// TLS, which example 3 would speak.
const SETTINGS: [&str; 10] = [
    "--set",
    "exporters.loadbalancing.protocol.otlp.tls.insecure=true",
    "--set",
    "receivers.otlp.protocols.grpc.endpoint=127.0.0.1:0",
    "--set",
    "service.telemetry.metrics.address=127.0.0.1:0",
    "--set",
    "extensions.health_check.endpoint=127.0.0.1:0",
    "--set",
    "service.extensions=[health_check]",
];

/// With the guide's probes, five minutes without API server, DNS or backends cause no restart, and take no pod out of
/// service; when what is missing comes, the gateways go on by themselves. It runs beside other scenarios, to which nothing
/// of it is known.
pub(crate) struct Outage {
    without_api_server: Gateway,
    without_dns: Gateway,
    without_backends: Gateway,
    silent: Knot,
    probed: Vec<(&'static str, Purpose, JoinHandle<Seen>)>,
    sender: JoinHandle<Sent>,
    /// What the gateways have mounted, or ask.
    _kept: (TempDir, NamedTempFile, NamedTempFile, Knot),
}

impl Outage {
    /// Starts the gateways, their probes, and a client.
    pub(crate) async fn begin(cluster: &Cluster) -> Self {
        let token = cluster.account("observability", "otelcol-tier1").await;
        let account = pod::account(cluster, "observability", &token);
        let port = LATER.to_string();
        let api_server = [("KUBERNETES_SERVICE_HOST", "127.0.0.1"), ("KUBERNETES_SERVICE_PORT", &*port)];
        let without_api_server = start(2, &api_server, (account.path(), pod::ACCOUNT)).await;

        let silent = pod::knot(54).await;
        silent.set(TIER_2, &["198.18.0.35"]);
        silent.pause();
        let to_silent = pod::name_server(&silent);
        let without_dns = start(1, &[], (to_silent.path(), "/etc/resolv.conf")).await;

        let knot = pod::knot(55).await;
        knot.set(TIER_2, &["198.18.0.33", "198.18.0.34"]);
        let to_knot = pod::name_server(&knot);
        let without_backends = start(3, &[], (to_knot.path(), "/etc/resolv.conf")).await;
        without_backends.wait_for_log("backend 198.18.0.34:4317 added").await;

        let probes = guides_probes(cluster).await;
        let gateways =
            [("API server", &without_api_server), ("DNS", &without_dns), ("backends", &without_backends)];
        let begun = Instant::now();
        let mut probed = Vec::new();
        for (lacking, gateway) in gateways {
            for (purpose, probe) in &probes {
                let prober = Prober::new(probe.clone(), *purpose, Duration::ZERO);
                let seen = tokio::spawn(ask(prober, gateway.address("health"), begun, LENGTH));
                probed.push((lacking, *purpose, seen));
            }
        }
        let sender = tokio::spawn(send(without_backends.address("receiver"), begun));
        let _kept = (account, to_silent, to_knot, knot);
        Self { without_api_server, without_dns, without_backends, silent, probed, sender, _kept }
    }

    /// Waits until the five minutes are over, and brings what was missing.
    pub(crate) async fn end(self, cluster: &Cluster) {
        for (lacking, purpose, seen) in self.probed {
            let seen = seen.await.expect("probes that end");
            println!("    without {lacking}: {purpose:?}: {:?} {:?}", seen.statuses, seen.actions);
            let expected = if purpose == Purpose::Readiness { vec![Action::Ready] } else { Vec::new() };
            assert_eq!(seen.actions, expected, "without {lacking}: {purpose:?}");
            // A busy machine may be late; what it says then is still that all is well.
            let others = seen.statuses.keys().flatten().filter(|status| **status != 200);
            assert_eq!(others.count(), 0, "without {lacking}: {purpose:?}: {:?}", seen.statuses);
            assert!(seen.statuses[&Some(200)] >= 10, "without {lacking}: {purpose:?}: {:?}", seen.statuses);
        }
        let sent = self.sender.await.expect("a sender");
        println!("    without backends: {} accepted, refused {:?}", sent.accepted.len(), sent.refused);
        assert!(!sent.refused.is_empty(), "five minutes are more than its queues hold");

        for gateway in [&self.without_api_server, &self.without_dns] {
            assert_eq!(get(gateway.address("health"), "/ready").await.0, 503, "no list yet");
        }
        api_server_comes(cluster, &self.without_api_server).await;
        self.silent.resume();
        goes_on(&self.without_dns, "198.18.0.35").await;
        backends_come(&self.without_backends, &sent).await;
    }
}

/// The kubelet would restart a gateway that hangs.
pub(crate) async fn a_gateway_that_hangs_would_be_restarted(cluster: &mut Cluster) {
    let mut deployment = documents(&guide("tier1-deployment.yaml")).remove(0);
    let probe = &mut deployment["spec"]["template"]["spec"]["containers"][0]["livenessProbe"];
    (probe["initialDelaySeconds"], probe["periodSeconds"]) = (0.into(), 1.into());
    let probe = probes_of(cluster, &deployment).await.remove(0).1;
    let gateway = Gateway::start(&pod::yaml("")).await;
    gateway.pause();
    let prober = Prober::new(probe, Purpose::Liveness, Duration::ZERO);
    let seen = ask(prober, gateway.address("health"), Instant::now(), Duration::from_secs(7)).await;
    gateway.resume();
    assert!(seen.actions.contains(&Action::Restart), "{seen:?}");
}

/// An example of the guide's, with its own view of one file or folder.
async fn start(example: u8, environment: &[(&str, &str)], mount: (&Path, &str)) -> Gateway {
    Gateway::start_in_container(&pod::example(example), &SETTINGS, environment, &[mount]).await
}

/// The guide's probes, with what the API server fills in.
async fn guides_probes(cluster: &Cluster) -> Vec<(Purpose, Probe)> {
    probes_of(cluster, &documents(&guide("tier1-deployment.yaml"))[0]).await
}

async fn probes_of(cluster: &Cluster, deployment: &Value) -> Vec<(Purpose, Probe)> {
    cluster.account("observability", "otelcol-tier1").await;
    let complete = cluster.dry_run(deployment, "observability").await;
    let container = &complete.object["spec"]["template"]["spec"]["containers"][0];
    let probe = |key: &str| serde_json::from_value(container[key].clone()).expect("a probe");
    vec![(Purpose::Liveness, probe("livenessProbe")), (Purpose::Readiness, probe("readinessProbe"))]
}

/// What a probe saw, and what the kubelet would have done.
#[derive(Debug, Default)]
struct Seen {
    /// How often which status came; `None`: nothing in time.
    statuses: BTreeMap<Option<u16>, usize>,
    actions: Vec<Action>,
}

/// Asks whenever it is time, for so long.
async fn ask(mut prober: Prober, health: SocketAddr, begun: Instant, length: Duration) -> Seen {
    let mut seen = Seen::default();
    while prober.due() < length {
        tokio::time::sleep_until((begun + prober.due()).into()).await;
        let probe = prober.probe();
        let answer = timeout(probe.timeout(), try_get(health, probe.path())).await;
        let status = answer.ok().flatten().map(|(status, _)| status);
        *seen.statuses.entry(status).or_default() += 1;
        seen.actions.extend(prober.answered(status, begun.elapsed()));
    }
    seen
}

/// What a client sent.
struct Sent {
    accepted: Vec<ExportTraceServiceRequest>,
    refused: BTreeMap<String, usize>,
}

/// Sends until the time is over. Every request is answered, and a refusal says to come back.
async fn send(gateway: SocketAddr, begun: Instant) -> Sent {
    let client = Client::connect(gateway).await;
    let mut sent = Sent { accepted: Vec::new(), refused: BTreeMap::new() };
    while begun.elapsed() < LENGTH {
        let request = traffic::traces(2, 2);
        let answer = timeout(Duration::from_secs(30), client.send("traces", &request)).await;
        match answer.expect("an answer, whatever it is") {
            Ok(_) => sent.accepted.push(request),
            Err(status) => {
                assert!(is_retryable(&status), "{status:?}");
                *sent.refused.entry(format!("{:?}", status.code())).or_default() += 1;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    sent
}

/// By the rules of OTLP.
fn is_retryable(status: &Status) -> bool {
    match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => true,
        Code::ResourceExhausted => status.get_details_retry_info().is_some(),
        _ => false,
    }
}

/// The API server gets its address, and the permission that the guide gives is there.
async fn api_server_comes(cluster: &Cluster, gateway: &Gateway) {
    for manifest in documents(&guide("rbac.yaml")) {
        cluster.apply(&manifest).await;
    }
    cluster.slice("observability", "otelcol-tier2", "outage", &[ready("198.18.0.31")]).await;
    let listener = TcpListener::bind(("127.0.0.1", LATER)).await.expect("a free port");
    let leading = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((mut tcp, _)) = listener.accept().await {
            connections.spawn(async move {
                let mut server = TcpStream::connect(ADDRESS).await?;
                tokio::io::copy_bidirectional(&mut tcp, &mut server).await
            });
        }
    });
    goes_on(gateway, "198.18.0.31").await;
    leading.abort();
}

/// The gateway hears of a backend, is ready, and delivers to it.
async fn goes_on(gateway: &Gateway, host: &str) {
    let address = SocketAddr::new(host.parse().expect("an address"), 4317);
    let backend = Backend::start_on(address, accept_all()).await;
    gateway.wait_for_log(&format!("backend {address} added")).await;
    wait::until("readiness", || async { get(gateway.address("health"), "/ready").await.0 == 200 }).await;
    let client = Client::connect(gateway.address("receiver")).await;
    wait::until("traffic", || async {
        client.send("traces", &traffic::traces(5, 1)).await.expect("accepted");
        !backend.recordings().is_empty()
    })
    .await;
}

/// What was accepted arrives, now that somebody takes it; what was given up meanwhile is counted.
async fn backends_come(gateway: &Gateway, sent: &Sent) {
    let mut backends = Vec::new();
    for host in [33, 34] {
        let address = SocketAddr::from(([198, 18, 0, host], 4317));
        backends.push(Backend::start_on(address, accept_all()).await);
    }
    let expected = traffic::spans_of(&sent.accepted);
    let arrived = || traffic::spans_of(&backends.iter().flat_map(Backend::traces).collect::<Vec<_>>());
    let given_up = async || {
        let page = Page::scrape(gateway.address("metrics")).await;
        page.sum("otelcol_exporter_send_failed_spans_total", &[]) as usize
    };
    wait::within(Duration::from_secs(180), "everything to arrive", || async {
        arrived().len() + given_up().await >= expected.len()
    })
    .await;
    println!("    then: {} spans arrived, {} were given up", arrived().len(), given_up().await);
    assert!(arrived().iter().all(|(span, times)| *times == 1 && expected.contains_key(span)), "each once");
    assert_eq!(arrived().len() + given_up().await, expected.len());
}
