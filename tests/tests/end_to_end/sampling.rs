//! `tail_sampling`: whole traces are kept or not, as the policies say, through the real plugins.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use sluice_tests::backend::Backend;
use sluice_tests::client::Client;
use sluice_tests::gateway::{Gateway, binary, project, test_plugins};
use sluice_tests::metrics::Page;
use sluice_tests::traffic::of_service;
use sluice_tests::{config, traffic, wait};

/// Policies of the guide's example 4.
const GUIDE: &str = "\
policies:
- name: errors-policy
  type: status_code
  status_code: {status_codes: [ERROR]}
- name: latency-policy
  type: latency
  latency: {threshold_ms: 500}
- name: probabilistic-policy
  type: probabilistic
  probabilistic: {sampling_percentage: 10}
";

/// However slow the machine is, a trace is decided when all of it has come.
const AFTER_ROOT: &str = "decision_wait: 600s\ndecision_wait_after_root_received: 200ms\n";

/// A tier-2 process with this block of `tail_sampling` before one backend.
fn sampler(sampling: &str, backend: SocketAddr) -> String {
    let sampling: Vec<String> = sampling.lines().map(|line| format!("    {line}")).collect();
    format!(
        "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}}}\n\
         processors:\n  tail_sampling:\n{}\n\
         exporters: {{otlp: {{endpoint: '{backend}', tls: {{insecure: true}}}}}}\n\
         sluice: {{admin_endpoint: '127.0.0.1:0'}}\n\
         service:\n  telemetry: {{metrics: {{address: '127.0.0.1:0'}}}}\n  pipelines:\n    \
         traces: {{receivers: [otlp], processors: [tail_sampling], exporters: [otlp]}}\n",
        sampling.join("\n")
    )
}

/// Spans that arrived, by trace.
fn arrived(backend: &Backend) -> BTreeMap<Vec<u8>, usize> {
    let mut traces = BTreeMap::new();
    let requests = backend.traces();
    let resources = requests.iter().flat_map(|request| &request.resource_spans);
    for span in resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans) {
        *traces.entry(span.trace_id.clone()).or_default() += 1;
    }
    traces
}

/// What is sent of each trace: three spans of three services, one of which may have failed or be slow. That of the service
/// that sends last is the root.
struct Traffic {
    errors: BTreeSet<Vec<u8>>,
    slow: BTreeSet<Vec<u8>>,
    others: BTreeSet<Vec<u8>>,
}

impl Traffic {
    fn new(errors: usize, slow: usize, others: usize) -> Self {
        let ids = |count| (0..count).map(|_| traffic::trace_id()).collect();
        Self { errors: ids(errors), slow: ids(slow), others: ids(others) }
    }

    fn span(&self, id: &[u8], service: &str) -> Span {
        let mut span = traffic::span(id, service);
        if service != "payment" {
            span.parent_span_id = vec![7; 8];
        }
        if service == "cart" && self.errors.contains(id) {
            span.status = Some(Status { code: 2, message: "out of stock".to_owned() });
        }
        if service == "payment" && self.slow.contains(id) {
            span.end_time_unix_nano = span.start_time_unix_nano + 501_000_000;
        }
        span
    }

    /// Each service sends on its own, its traces in an order of its own.
    async fn send(&self, clients: &[Client]) {
        for (number, service) in ["shop", "cart", "payment"].into_iter().enumerate() {
            let mut ids: Vec<_> = self.errors.iter().chain(&self.slow).chain(&self.others).collect();
            fastrand::shuffle(&mut ids);
            for some in ids.chunks(50) {
                let spans = some.iter().map(|id| self.span(id, service)).collect();
                let client = &clients[number % clients.len()];
                client.send("traces", &of_service(service, spans)).await.expect("an accepted request");
            }
        }
    }
}

/// The guide's example 4: all that failed and all that was slow is kept, of the rest the share that was asked for; what
/// is kept is whole, and nothing comes twice.
#[tokio::test(flavor = "multi_thread")]
async fn the_guides_policies_keep_what_they_should() {
    let backend = Backend::start().await;
    let policies = format!("{AFTER_ROOT}num_traces: 50000\n{GUIDE}");
    let gateway = Gateway::start(&sampler(&policies, backend.address())).await;
    let traffic = Traffic::new(50, 50, 1000);
    traffic.send(&[Client::connect(gateway.address("receiver")).await]).await;
    let decided = || async {
        let page = Page::scrape(gateway.address("metrics")).await;
        page.sum("otelcol_processor_tail_sampling_global_count_traces_sampled_total", &[]) as usize
    };
    wait::until("all traces to be decided", || async { decided().await == 1100 }).await;
    let page = Page::scrape(gateway.address("metrics")).await;
    let sampled = ["sampled=\"true\""];
    let kept =
        page.sum("otelcol_processor_tail_sampling_global_count_traces_sampled_total", &sampled) as usize;
    wait::until("what is kept to arrive", || async { arrived(&backend).len() == kept }).await;

    let arrived = arrived(&backend);
    assert!(arrived.values().all(|spans| *spans == 3), "each trace is whole, and came once");
    assert!(traffic.errors.iter().chain(&traffic.slow).all(|id| arrived.contains_key(id)));
    let others = traffic.others.iter().filter(|id| arrived.contains_key(*id)).count();
    // 1000 of them at 10 %: six standard deviations to either side.
    assert!((43..=157).contains(&others), "{others}");
    let of = |policy: &str| {
        let labels = [&format!("policy=\"{policy}\"")[..], "sampled=\"true\""];
        page.sum("otelcol_processor_tail_sampling_count_traces_sampled_total", &labels) as usize
    };
    assert_eq!((of("errors-policy"), of("latency-policy")), (50, 50));
}

/// Both tiers: spans that three services send to two gateways meet at the one of three samplers that their trace belongs
/// to, and no trace is split or decided twice.
#[tokio::test(flavor = "multi_thread")]
async fn two_tiers_see_whole_traces() {
    let backend = Backend::start().await;
    // Spans that a gateway has in its queues may be overtaken by roots that the other one sends.
    let yaml = sampler(&format!("{}{GUIDE}", AFTER_ROOT.replace("200ms", "8s")), backend.address());
    let samplers = [Gateway::start(&yaml).await, Gateway::start(&yaml).await, Gateway::start(&yaml).await];
    let addresses: Vec<_> = samplers.iter().map(|sampler| sampler.address("receiver")).collect();
    let yaml = config::load_balancing(&addresses, "");
    let gateways = [Gateway::start(&yaml).await, Gateway::start(&yaml).await];
    let mut clients = Vec::new();
    for gateway in &gateways {
        clients.push(Client::connect(gateway.address("receiver")).await);
    }
    let traffic = Traffic::new(100, 100, 100);
    traffic.send(&clients).await;
    let must = traffic.errors.len() + traffic.slow.len();
    wait::until("what failed or was slow to arrive", || async {
        let arrived = arrived(&backend);
        traffic.errors.iter().chain(&traffic.slow).filter(|id| arrived.get(*id) == Some(&3)).count() == must
    })
    .await;
    let mut decided = 0;
    for sampler in &samplers {
        let page = Page::scrape(sampler.address("metrics")).await;
        let own = page.sum("otelcol_processor_tail_sampling_global_count_traces_sampled_total", &[]) as usize;
        assert!(own > 0, "with 300 traces every sampler gets some");
        decided += own;
    }
    assert_eq!(decided, 300, "each trace is decided once");
    assert!(arrived(&backend).values().all(|spans| *spans == 3));
}

/// What was accepted is decided and passed on before the process ends, however long it would have waited.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_loses_nothing() {
    let backend = Backend::start().await;
    let all = "decision_wait: 600s\npolicies:\n- {name: all, type: always_sample}\n";
    let mut gateway = Gateway::start(&sampler(all, backend.address())).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent: Vec<_> = (0..10).map(|_| traffic::traces(20, 8)).collect();
    for request in &sent {
        client.send("traces", request).await.expect("an accepted request");
    }
    gateway.terminate();
    assert!(gateway.wait().await.success());
    assert!(traffic::spans_of(&backend.traces()) == traffic::spans_of(&sent), "byte for byte, each once");
}

/// A backend that refuses for a while delays what is kept, and loses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusing_backend_delays_and_loses_nothing() {
    let answer = |asked| match asked {
        0..5 => Err(tonic::Status::unavailable("not yet")),
        _ => Ok(bytes::Bytes::new()),
    };
    let backend = Backend::start_on(([127, 0, 0, 1], 0).into(), std::sync::Arc::new(answer)).await;
    let all = "decision_wait: 100ms\npolicies:\n- {name: all, type: always_sample}\n";
    let yaml = sampler(all, backend.address()).replace(
        "tls: {insecure: true}",
        "tls: {insecure: true}, sending_queue: {enabled: false}, retry_on_failure: {enabled: false}",
    );
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let sent = traffic::traces(50, 8);
    client.send("traces", &sent).await.expect("an accepted request");
    let expected = traffic::spans_of(&[sent]);
    wait::until("all spans", || async { traffic::spans_of(&backend.traces()).len() == expected.len() }).await;
    assert!(traffic::spans_of(&backend.traces()) == expected);
}

/// A user's own policy (`vip`, from a .wasm file) has a say, beside a drop policy with a condition, and is told by name
/// what is wrong with its settings.
#[tokio::test(flavor = "multi_thread")]
async fn a_users_policy_has_a_vote() {
    let backend = Backend::start().await;
    let policies = "decision_wait: 500ms
policies:
- name: no-probes
  type: drop
  drop:
    drop_sub_policy:
    - {name: probe, type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['name == \"probe\"']}}
- {name: vip, type: vip, vip: {tenants: [gold], slower_than_ms: 100}}
";
    let plugins = test_plugins();
    let plugins = plugins.to_str().expect("a path in Unicode");
    let yaml = sampler(policies, backend.address());
    let gateway = Gateway::start_with(&yaml, &["--plugins", plugins]).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let [gold, silver, probe] = [0; 3].map(|_| traffic::trace_id());
    let of_tenant = |tenant: &str, span: Span| {
        let mut request = of_service("shop", vec![span]);
        let resource = request.resource_spans[0].resource.as_mut().expect("a resource");
        resource.attributes.push(traffic::attribute("tenant.id", tenant));
        request
    };
    for request in [
        of_tenant("gold", traffic::span(&gold, "GET /")),
        of_tenant("silver", traffic::span(&silver, "GET /")),
        of_tenant("gold", traffic::span(&probe, "probe")),
    ] {
        client.send("traces", &request).await.expect("an accepted request");
    }
    let decided = |decision: &'static str| {
        let metrics = gateway.address("metrics");
        async move {
            let label = format!("decision=\"{decision}\"");
            let page = Page::scrape(metrics).await;
            page.sum("otelcol_processor_tail_sampling_global_count_traces_sampled_total", &[&label]) as usize
        }
    };
    wait::until("three decisions", || async {
        (decided("sampled").await, decided("not_sampled").await, decided("dropped").await) == (1, 1, 1)
    })
    .await;
    wait::until("the trace to arrive", || async { arrived(&backend).contains_key(&gold) }).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(arrived(&backend).len(), 1);
}

/// A policy is told the headers of the requests that spans came in, behind `batch` too: what a tenant has sent any part of is
/// kept, with what others have sent of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_sees_a_tenants_header() {
    let backend = Backend::start().await;
    let policies = format!(
        "{AFTER_ROOT}policies:\n- name: gold\n  type: header_policy\n  header_policy: {{header: x-tenant, values: [gold]}}\n"
    );
    let yaml = sampler(&policies, backend.address())
        .replace("grpc: {endpoint", "grpc: {include_metadata: true, endpoint")
        .replace("processors:\n  tail", "processors:\n  batch: {timeout: 50ms}\n  tail")
        .replace("[tail_sampling]", "[batch, tail_sampling]");
    let plugins = test_plugins();
    let gateway = Gateway::start_with(&yaml, &["--plugins", plugins.to_str().expect("Unicode")]).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let [gold, tin, shared, nobodys] = [0; 4].map(|_| traffic::trace_id());
    let child = |id: &[u8]| Span { parent_span_id: vec![7; 8], ..traffic::span(id, "db") };
    let root = |id: &[u8]| traffic::span(id, "GET /");
    let send = async |tenant: Option<&str>, spans: Vec<Span>| {
        let mut headers = tonic::metadata::MetadataMap::new();
        if let Some(tenant) = tenant {
            headers.insert("x-tenant", tenant.parse().expect("a header's value"));
        }
        let body = prost::Message::encode_to_vec(&of_service("shop", spans));
        client.send_bytes("traces", body.into(), headers).await.expect("an accepted request");
    };
    send(Some("tin"), vec![child(&shared), child(&tin)]).await;
    tokio::join!(
        send(Some("gold"), vec![root(&gold), root(&shared)]),
        send(Some("tin"), vec![root(&tin)]),
        send(None, vec![root(&nobodys)])
    );
    let decided = || async {
        let page = Page::scrape(gateway.address("metrics")).await;
        page.sum("otelcol_processor_tail_sampling_global_count_traces_sampled_total", &[]) as usize
    };
    wait::until("all traces to be decided", || async { decided().await == 4 }).await;
    let expected = BTreeMap::from([(gold.to_vec(), 1), (shared.to_vec(), 2)]);
    wait::until("what is kept to arrive", || async { arrived(&backend) == expected }).await;
}

/// `sluice explain` tells what became of a trace that was dropped, what each policy said, and why, as text and as JSON.
#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_trace_is_explained() {
    let backend = Backend::start().await;
    let policies = "decision_wait: 100ms
policies:
- {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
- {name: slow, type: latency, latency: {threshold_ms: 500}}
- {name: all, type: always_sample, mode: shadow}
";
    let gateway = Gateway::start(&sampler(policies, backend.address())).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let id = traffic::trace_id();
    let request = of_service("shop", vec![traffic::span(&id, "GET /"), traffic::span(&id, "db")]);
    client.send("traces", &request).await.expect("an accepted request");
    gateway.wait_for_log("listening").await;
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let admin = gateway.address("admin").to_string();
    let explain = |arguments: &[&str]| {
        let output = std::process::Command::new(binary())
            .args(["explain", "--admin", &admin])
            .args(arguments)
            .output()
            .expect("the binary");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    wait::until("the decision", || async { explain(&[&id]).contains("not_sampled") }).await;
    let text = explain(&["--last", "20", "--dropped"]);
    assert!(text.starts_with(&format!("{id}  not_sampled; 2 spans, ")), "{text}");
    for line in [
        "  errors (load 1)  not_sampled",
        "  slow (load 1)  not_sampled: latency 120 ms <= 500 ms",
        "  all (load 1, in shadow)  sampled",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let rows: serde_json::Value = serde_json::from_str(&explain(&[&id, "--output", "json"])).expect("JSON");
    assert_eq!((&rows[0]["trace_id"], &rows[0]["trigger"]), (&id.into(), &"timeout".into()));
    assert_eq!(rows[0]["votes"][1]["leaves"], serde_json::json!([{"policy": "slow", "epoch": 1}]));
    assert!(explain(&["00000000000000000000000000000001"]).contains("no such decision"));
}

/// A policy's file is replaced while spans are held: nothing is lost, and the decision is the new load's and says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_swapped_under_held_traces() {
    let backend = Backend::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let built_ins = project().join("target/plugins");
    let install = |plugin: &str| {
        let new = folder.path().join("new");
        std::fs::copy(built_ins.join(plugin), &new).expect("a built-in plugin");
        std::fs::rename(new, folder.path().join("mine.wasm")).expect("the same folder");
    };
    install("trace_flags.wasm");
    let policies = format!("{AFTER_ROOT}policies:\n- {{name: own, type: mine}}\n");
    let yaml = sampler(&policies, backend.address());
    let gateway = Gateway::start_with(&yaml, &["--plugins", folder.path().to_str().expect("Unicode")]).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let traffic = Traffic::new(0, 0, 20);
    let of =
        |service| of_service(service, traffic.others.iter().map(|id| traffic.span(id, service)).collect());
    let (held, roots) = (of("shop"), of("payment"));
    client.send("traces", &held).await.expect("an accepted request");
    install("always_sample.wasm");
    gateway.wait_for_log("plugin reloaded").await;
    client.send("traces", &roots).await.expect("an accepted request");
    let expected = traffic::spans_of(&[held, roots]);
    wait::until("all spans", || async { traffic::spans_of(&backend.traces()).len() == expected.len() }).await;
    assert!(
        traffic::spans_of(&backend.traces()) == expected,
        "no trace is flagged: the first load keeps none"
    );
    let admin = gateway.address("admin").to_string();
    let output = std::process::Command::new(binary())
        .args(["explain", "--admin", &admin, "--last", "1"])
        .output()
        .expect("the binary");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("own (load 2)  sampled"), "{text}");
}
