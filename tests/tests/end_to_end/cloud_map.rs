//! The aws_cloud_map resolver against a real server of Cloud Map's API whose instances change.

use std::net::SocketAddr;
use std::path::Path;

use sluice_tests::backend::{Backend, accept_all};
use sluice_tests::client::Client;
use sluice_tests::cloud_map::{Keys, Moto};
use sluice_tests::gateway::{Gateway, project};
use sluice_tests::metrics::{Page, get};
use sluice_tests::{traffic, wait};

const NAMESPACE: &str = "otel-collectors";
const SERVICE: &str = "tier2-collector";

/// The appendix of the guide as it stands, but for where to ask and listen, and how often.
pub(crate) async fn start(endpoint: &str, port: u16, environment: &[(&str, &str)]) -> Gateway {
    let guide = project().join("host/config/tests/data/guide/appendix.yaml");
    let guide = std::fs::read_to_string(guide).expect("the guide's appendix");
    let cloud_map = "exporters.loadbalancing.resolver.aws_cloud_map";
    let settings = [
        "receivers.otlp.protocols.grpc.endpoint=127.0.0.1:0".to_owned(),
        "extensions.health_check.endpoint=127.0.0.1:0".to_owned(),
        "service.extensions=[health_check]".to_owned(),
        "service.telemetry.metrics.address=127.0.0.1:0".to_owned(),
        format!("{cloud_map}.endpoint={endpoint}"),
        format!("{cloud_map}.port={port}"),
        format!("{cloud_map}.interval=100ms"),
    ];
    let arguments: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    Gateway::start_in(environment, &guide, &arguments).await
}

/// What an ECS task has, so to say.
fn with_keys(keys: &Keys) -> [(&str, &str); 3] {
    [("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", &keys.id), ("AWS_SECRET_ACCESS_KEY", &keys.secret)]
}

fn any_keys() -> Keys {
    Keys { id: "testing".to_owned(), secret: "testing".to_owned() }
}

/// Backends come and go as instances are registered, fall ill and are deregistered, while traffic flows and none of it
/// is lost. Without a healthy instance, and without Cloud Map, the last list is kept.
#[tokio::test(flavor = "multi_thread")]
async fn instances_that_change_move_the_ring() {
    let moto = Moto::start().await;
    let first = Backend::start().await;
    let port = first.address().port();
    let second = Backend::start_on(SocketAddr::from(([127, 0, 0, 2], port)), accept_all()).await;
    let gateway = start(&moto.endpoint(), port, &with_keys(&any_keys())).await;
    let (health, metrics) = (gateway.address("health"), gateway.address("metrics"));
    gateway.wait_for_log("there is no namespace `otel-collectors` in region us-east-1").await;
    assert_eq!(get(health, "/ready").await.0, 503, "not ready before the first list of endpoints");
    assert_eq!(get(health, "/health").await.0, 200, "a resolver's trouble is none of liveness");

    let service = moto.service(NAMESPACE, SERVICE).await;
    service.register("i1", &[("AWS_INSTANCE_IPV4", "127.0.0.1"), ("AWS_INSTANCE_PORT", "1")]).await;
    gateway.wait_for_log(&format!("backend 127.0.0.1:{port} added")).await;
    wait::until("readiness", || async { get(health, "/ready").await.0 == 200 }).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let mut sent = 0;
    let mut send = async || {
        client.send("traces", &traffic::traces(20, 2)).await.expect("accepted");
        sent += 40;
        sent
    };
    let arrived =
        || [&first, &second].iter().map(|backend| traffic::spans_of(&backend.traces()).len()).sum::<usize>();
    let all = send().await;
    wait::until("all of it at the only backend", || async {
        traffic::spans_of(&first.traces()).len() == all
    })
    .await;

    service.register("i2", &[("AWS_INSTANCE_IPV4", "127.0.0.2"), ("AWS_INSTANCE_PORT", "1")]).await;
    service.register("i3", &[("AWS_INSTANCE_PORT", "1")]).await;
    gateway.wait_for_log(&format!("backend 127.0.0.2:{port} added")).await;
    gateway.wait_for_log("1 of 3 instances are left out: `i3`").await;
    let mut all = 0;
    while second.recordings().is_empty() {
        all = send().await;
        wait::until("all of it", || async { arrived() == all }).await;
    }
    assert!(all > 0);

    service.set_health("i1", "UNHEALTHY").await;
    gateway.wait_for_log(&format!("backend 127.0.0.1:{port} removed")).await;
    let before = traffic::spans_of(&first.traces()).len();
    let all = send().await;
    wait::until("all of it at the healthy one", || async { arrived() == all }).await;
    assert_eq!(traffic::spans_of(&first.traces()).len(), before);

    service.deregister("i2").await;
    gateway.wait_for_log("no instance can be used: `i3`").await;
    let all = send().await;
    wait::until("all of it at the last known backend", || async { arrived() == all }).await;
    drop(moto);
    let failures = async || {
        let page = Page::scrape(metrics).await;
        let labels = ["resolver=\"aws\"", "success=\"false\""];
        page.sum("otelcol_loadbalancer_num_resolutions_total", &labels)
    };
    let before = failures().await;
    wait::until("look-ups without Cloud Map", || async { failures().await > before + 2.0 }).await;
    let all = send().await;
    wait::until("all of it, still", || async { arrived() == all }).await;
    let page = Page::scrape(metrics).await;
    assert_eq!(page.sum("otelcol_loadbalancer_num_backends", &["resolver=\"aws\""]), 1.0);
    assert_eq!(page.sum("sluice_resolver_left_out_instances", &["resolver=\"aws\""]), 1.0);
    assert_eq!(get(health, "/ready").await.0, 200, "it has a list");
}

/// Requests are signed so that a server that checks takes them; a wrong secret and a missing permission are told as what
/// they are, and the gateway stays up, unready.
#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_what_decides() {
    let moto = Moto::start().await;
    let service = moto.service(NAMESPACE, SERVICE).await;
    service.register("i1", &[("AWS_INSTANCE_IPV4", "127.0.0.1")]).await;
    let good = moto.user("good", "servicediscovery:DiscoverInstances").await;
    let poor = moto.user("poor", "servicediscovery:ListServices").await;
    moto.check_signatures().await;

    let wrong = Keys { secret: "x".repeat(40), ..good.clone() };
    for keys in [wrong, poor] {
        let gateway = start(&moto.endpoint(), 4317, &with_keys(&keys)).await;
        gateway.wait_for_log("the AWS credentials are refused (HTTP 403").await;
        gateway.wait_for_log("the role has the permission servicediscovery:DiscoverInstances").await;
        assert_eq!(get(gateway.address("health"), "/health").await.0, 200);
        assert_eq!(get(gateway.address("health"), "/ready").await.0, 503);
    }
    let gateway = start(&moto.endpoint(), 4317, &with_keys(&good)).await;
    gateway.wait_for_log("backend 127.0.0.1:4317 added").await;
}

/// Without region and credentials the gateway starts, and the log has one line for each, with what to set; none of the
/// client's own at each attempt.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_environment_lacks_is_told_once() {
    let gateway = start("http://127.0.0.1:9", 4317, &[]).await;
    gateway.wait_for_log("no AWS region is configured: us-east-1 is taken").await;
    gateway.wait_for_log("there are no AWS credentials").await;
    let metrics = gateway.address("metrics");
    wait::until("more look-ups", || async {
        let page = Page::scrape(metrics).await;
        page.sum("otelcol_loadbalancer_num_resolutions_total", &["success=\"false\""]) > 4.0
    })
    .await;
    let lines = gateway.log();
    let about = |words: &str| lines.iter().filter(|line| line.contains(words)).count();
    assert_eq!((about("AWS region"), about("AWS credentials")), (1, 1), "{lines:#?}");
    assert_eq!(about("\"name\":\"otel-collectors/tier2-collector\""), 2, "{lines:#?}");
    assert_eq!(about("provider"), about("AWS credentials"), "nothing of the SDK's own: {lines:#?}");
}

/// A profile of the usual files says region and keys where the environment does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_region_and_keys() {
    let moto = Moto::start().await;
    let service = moto.service(NAMESPACE, SERVICE).await;
    service.register("i1", &[("AWS_INSTANCE_IPV6", "::1")]).await;
    let folder = tempfile::TempDir::new().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let config = write("config", "[profile tier1]\nregion = us-east-1\n");
    let secret =
        write("credentials", "[tier1]\naws_access_key_id = testing\naws_secret_access_key = testing\n");
    assert!(Path::new(&config).exists());
    let environment =
        [("AWS_PROFILE", "tier1"), ("AWS_CONFIG_FILE", &*config), ("AWS_SHARED_CREDENTIALS_FILE", &*secret)];
    let gateway = start(&moto.endpoint(), 4317, &environment).await;
    gateway.wait_for_log("backend [::1]:4317 added").await;
    assert!(!gateway.has_logged("no AWS region"));
}
