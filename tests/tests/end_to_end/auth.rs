//! Who may send to the gateway, and what it shows to backends.

use std::collections::BTreeMap;

use prost::Message;
use sluice_tests::backend::Backend;
use sluice_tests::certificates::{Authority, write};
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::tls::{self, Tunnel};
use sluice_tests::traffic::{spans_of, traces};
use sluice_tests::{config, wait};
use tempfile::TempDir;
use tonic::Code;
use tonic::metadata::MetadataMap;

/// `myName` with `myPassword`, as Apache's documentation has it.
const HTPASSWD: &str = "myName:$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC";
const AGENT: &str = "Basic bXlOYW1lOm15UGFzc3dvcmQ=";

/// Agents show a password, and the gateway shows a token that is rotated while it runs; neither is ever in the log.
#[tokio::test(flavor = "multi_thread")]
async fn passwords_come_in_and_tokens_go_out() {
    let folder = TempDir::new().expect("a folder");
    let authority = Authority::new("authority");
    let ca = write(folder.path(), "ca.pem", &authority.pem());
    let token = write(folder.path(), "token", "first-token\n");
    let htpasswd = write(folder.path(), "htpasswd", HTPASSWD);
    let backend = Backend::start().await;
    let before_backend =
        Tunnel::before(backend.address(), tls::server(&authority.sign("backend.test"), None)).await;
    let yaml = config::load_balancing(&[before_backend.address()], "")
        .replace(
            "tls:\n          insecure: true",
            &format!("tls: {{ca_file: {}}}\n        auth: {{authenticator: bearertokenauth}}", ca.display()),
        )
        .replace(
            "grpc:\n        endpoint: 127.0.0.1:0",
            "grpc:\n        endpoint: 127.0.0.1:0\n        auth: {authenticator: basic_auth/agents}",
        )
        .replace(
            "extensions: [health_check]",
            "extensions: [health_check, basic_auth/agents, bearertokenauth]",
        )
        .replace(
            "extensions:\n  health_check:",
            &format!(
                "extensions:\n  basic_auth/agents: {{htpasswd: {{file: {}}}}}\n  \
                 bearertokenauth: {{filename: {}}}\n  health_check:",
                htpasswd.display(),
                token.display()
            ),
        );
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let send = async |authorization: Option<&str>| {
        let mut headers = MetadataMap::new();
        if let Some(value) = authorization {
            headers.insert("authorization", value.parse().expect("ASCII"));
        }
        client.send_bytes("traces", traces(1, 1).encode_to_vec().into(), headers).await
    };
    for wrong in [None, Some("Basic bXlOYW1lOndyb25n"), Some("Bearer first-token")] {
        assert_eq!(send(wrong).await.expect_err("denied").code(), Code::Unauthenticated);
    }
    assert!(backend.recordings().is_empty());
    let shown = |token: &str| {
        let expected = format!("Bearer {token}");
        backend.recordings().last().is_some_and(|last| last.headers["authorization"] == expected)
    };
    send(Some(AGENT)).await.expect("accepted");
    wait::until("the first token", || async { shown("first-token") }).await;
    write(folder.path(), "token", "second-token\n");
    wait::until("the second token", || async {
        send(Some(AGENT)).await.expect("accepted");
        shown("second-token")
    })
    .await;
    let log = gateway.log().join("\n");
    for secret in ["myPassword", "bXlOYW1l", "first-token", "second-token", "$2y$"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

/// Tenants whose requests `batch` joins reach the backends apart, each with its own header, as `headers_setter` says.
#[tokio::test(flavor = "multi_thread")]
async fn tenants_stay_apart_behind_batch() {
    let backends = [Backend::start().await, Backend::start().await];
    let addresses = [backends[0].address(), backends[1].address()];
    let yaml = config::load_balancing(&addresses, "")
        .replace(
            "insecure: true",
            "insecure: true\n        headers: {static: before}\n        auth: {authenticator: headers_setter}",
        )
        .replace("extensions: [health_check]", "extensions: [health_check, headers_setter]")
        .replace(
            "extensions:\n  health_check:",
            "processors: {batch: {timeout: 1s}}\nextensions:\n  headers_setter:\n    headers:\n      \
             - {key: X-Scope-OrgID, from_context: x-tenant, default_value: nobody}\n      \
             - {key: static, action: update, value: after}\n  health_check:",
        )
        .replace("traces: {receivers: [otlp],", "traces: {receivers: [otlp], processors: [batch],");
    let gateway = Gateway::start(&yaml).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let mut sending = tokio::task::JoinSet::new();
    for (tenant, spans) in [(Some("acme"), 1), (Some("other"), 2), (None, 3), (Some("acme"), 4)] {
        let client = client.clone();
        sending.spawn(async move {
            let mut headers = MetadataMap::new();
            if let Some(tenant) = tenant {
                headers.insert("x-tenant", tenant.parse().expect("ASCII"));
            }
            client.send_bytes("traces", traces(1, spans).encode_to_vec().into(), headers).await
        });
    }
    while let Some(sent) = sending.join_next().await {
        sent.expect("no panic").expect("accepted");
    }
    let arrived =
        || backends.iter().map(|backend| spans_of(&backend.traces()).values().sum::<usize>()).sum::<usize>();
    wait::until("10 spans", || async { arrived() >= 10 }).await;
    let mut spans = BTreeMap::<String, usize>::new();
    for recording in backends.iter().flat_map(Backend::recordings) {
        assert_eq!(recording.headers["static"], "after");
        let tenant = recording.headers["x-scope-orgid"].to_str().expect("ASCII").to_owned();
        let request = Message::decode(recording.body).expect("traces");
        *spans.entry(tenant).or_default() += spans_of(&[request]).values().sum::<usize>();
    }
    let expected =
        [("acme", 5), ("nobody", 3), ("other", 2)].map(|(tenant, spans)| (tenant.to_owned(), spans));
    assert_eq!(spans, BTreeMap::from(expected));
}
