//! Headers of senders that are sent on to the backends.

use std::sync::Arc;
use std::time::Duration;

use sluice_auth::{ClientAuth, HeaderAction, HeaderRule, HeaderSource, HeadersSetterSettings};
use sluice_otlp::{Payload, RequestMetadata, Signal, merge};
use sluice_pipeline::{Accepted, Consumer};
use sluice_routing::LoadBalancerSettings;
use sluice_tests::backend::Backend;
use sluice_tests::traffic::{spans_of, traces};

use crate::support::{PATIENCE, Rig, addresses, backends, nobody, payload, plain, quick_retry};

fn tenants() -> ClientAuth {
    let source = HeaderSource::FromContext { header: "x-tenant".to_owned(), default: None };
    let rules = vec![HeaderRule { key: "tenant".to_owned(), action: HeaderAction::Insert(source) }];
    let settings = HeadersSetterSettings { rules, additional: None, reload_interval: Duration::ZERO };
    ClientAuth::headers_setter("extensions::headers_setter", settings).unwrap()
}

fn with_tenants(mut settings: LoadBalancerSettings) -> LoadBalancerSettings {
    settings.client.auth = Some(tenants());
    settings
}

/// Requests of two tenants, as `batch` joins them, and how many spans each has.
fn batch() -> (Payload, [usize; 2]) {
    let of = |tenant: &'static str, count| {
        let sent = payload(&traces(count, 3), Signal::Traces, Some(PATIENCE));
        let headers =
            Arc::new([("x-tenant".parse().unwrap(), tenant.parse().unwrap())].into_iter().collect());
        let row = RequestMetadata { headers, ..sent.metadata[0].clone() };
        Payload { metadata: Arc::new([row]), ..sent }
    };
    (merge(vec![of("a", 20), of("b", 10), of("a", 5)]).unwrap(), [75, 30])
}

/// Spans that have arrived with the header of each tenant.
fn by_tenant(backends: &[Backend]) -> [usize; 2] {
    ["a", "b"].map(|tenant| {
        let all = backends.iter().flat_map(Backend::recordings);
        let theirs = all.filter(|recording| recording.headers["tenant"] == tenant);
        theirs
            .map(|recording| {
                let request = prost::Message::decode(recording.body).unwrap();
                spans_of(&[request]).values().sum::<usize>()
            })
            .sum()
    })
}

/// Over every backend, each span has the header of its own sender.
#[tokio::test]
async fn each_span_goes_with_its_sender_s_header() {
    let backends = backends(3).await;
    let rig = Rig::over(with_tenants(plain()), &addresses(&backends)).await;
    let (batch, expected) = batch();
    assert_eq!(rig.balancer.consume(batch).await, Ok(Accepted::all()));
    assert_eq!(by_tenant(&backends), expected);
}

/// What a backend that is gone leaves behind is routed again with the headers that it had.
#[tokio::test]
async fn what_is_routed_again_keeps_its_header() {
    let backends = backends(2).await;
    let mut all = addresses(&backends);
    all.push(nobody().await);
    let retry = quick_retry(Duration::ZERO);
    let rig = Rig::over(LoadBalancerSettings { retry, ..with_tenants(plain()) }, &all).await;
    let (batch, expected) = batch();
    let sending = tokio::spawn({
        let balancer = rig.balancer.clone();
        async move { balancer.consume(batch).await }
    });
    sluice_tests::wait::until("a failure", || async {
        rig.counted("otelcol_loadbalancer_backend_outcome_total", &["success=\"false\""]) > 0.0
    })
    .await;
    rig.set_endpoints(&addresses(&backends));
    assert_eq!(sending.await.unwrap(), Ok(Accepted::all()));
    assert_eq!(by_tenant(&backends), expected);
}
