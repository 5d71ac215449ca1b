//! `oauth2client` against a server of tokens, for exporters by gRPC and by HTTP.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use sluice_tests::backend::Backend;
use sluice_tests::certificates::{Authority, write};
use sluice_tests::client::Client;
use sluice_tests::gateway::Gateway;
use sluice_tests::http_server::{HttpServer, Recording, answer};
use sluice_tests::metrics::Page;
use sluice_tests::tls::{self, Tunnel};
use sluice_tests::{config, traffic, wait};
use tempfile::TempDir;

/// What a server of tokens, a gRPC backend and an HTTP backend need to speak TLS.
struct Place {
    folder: TempDir,
    authority: Authority,
}

impl Place {
    fn new() -> Self {
        let (folder, authority) = (TempDir::new().expect("a folder"), Authority::new("authority"));
        write(folder.path(), "ca.pem", &authority.pem());
        write(folder.path(), "secret", "hunter2\n");
        Self { folder, authority }
    }

    async fn tunnel(&self, to: std::net::SocketAddr) -> Tunnel {
        let mut config = (*tls::server(&self.authority.sign("localhost"), None)).clone();
        config.alpn_protocols.clear();
        Tunnel::before(to, Arc::new(config)).await
    }

    async fn grpc_tunnel(&self, to: std::net::SocketAddr) -> Tunnel {
        Tunnel::before(to, tls::server(&self.authority.sign("localhost"), None)).await
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A gateway whose exporter, with this block, shows a token of the server at `tokens`.
    fn yaml(&self, exporter: &str, endpoint: &str, tokens: &Tunnel, more: &str) -> String {
        let path = self.path().display();
        let block = format!(
            "endpoint: {endpoint}\ntls: {{ca_file: {path}/ca.pem}}\nauth: {{authenticator: oauth2client}}\n\
             retry_on_failure: {{initial_interval: 50ms, max_interval: 500ms}}"
        );
        let port = tokens.address().port();
        config::pipelines(exporter, &block, "")
            .replace("extensions: [health_check]", "extensions: [health_check, oauth2client]")
            .replace(
                "extensions:\n  health_check:",
                &format!(
                    "extensions:\n  oauth2client: {{client_id: 'a gateway', client_secret_file: {path}/secret, \
                     token_url: 'https://localhost:{port}/token?x=y', tls: {{ca_file: {path}/ca.pem}}{more}}}\n  \
                     health_check:"
                ),
            )
    }
}

fn given(token: &str, seconds: u64) -> String {
    json!({"access_token": token, "token_type": "bearer", "expires_in": seconds}).to_string()
}

async fn lost(gateway: &Gateway) -> f64 {
    Page::scrape(gateway.address("metrics")).await.sum("otelcol_exporter_send_failed_spans_total", &[])
}

/// "a gateway" and "hunter2", each written as in a form.
const BASIC: &str = "Basic YStnYXRld2F5Omh1bnRlcjI=";

/// A token is asked for once, with all that is configured, however many requests need it; a server that wants the
/// secret in the body gets it there. Neither the secret nor the token is in the log.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_asked_for_once() {
    let place = Place::new();
    let tokens = HttpServer::start(|_, recording: &Recording| {
        if String::from_utf8_lossy(&recording.body).contains("client_secret=hunter2") {
            answer(200, &[("content-type", "application/json")], given("the-token", 3_600))
        } else {
            answer(401, &[], json!({"error": "invalid_client"}).to_string())
        }
    })
    .await;
    let (backend, server) = (Backend::start().await, HttpServer::start(|_, _| answer(200, &[], "")).await);
    let before_tokens = place.tunnel(tokens.address()).await;
    let before_backend = place.grpc_tunnel(backend.address()).await;
    let before_server = place.tunnel(server.address()).await;
    let more = ", scopes: [a, 'b&c'], endpoint_params: {audience: otel, many: [one, two]}";
    let grpc = format!("localhost:{}", before_backend.address().port());
    let http = format!("https://localhost:{}", before_server.address().port());
    for (exporter, endpoint) in [("otlp_grpc", &grpc), ("otlp_http", &http)] {
        let asked = tokens.recordings().len();
        let gateway = Gateway::start(&place.yaml(exporter, endpoint, &before_tokens, more)).await;
        let client = Client::connect(gateway.address("receiver")).await;
        for _ in 0..10 {
            client.send("traces", &traffic::traces(1, 1)).await.expect("accepted");
        }
        let shown = || match exporter {
            "otlp_grpc" => backend
                .recordings()
                .iter()
                .map(|one| one.headers["authorization"].clone())
                .collect::<Vec<_>>(),
            _ => server.recordings().iter().map(|one| one.headers["authorization"].clone()).collect(),
        };
        wait::until("requests with the token", || async { !shown().is_empty() }).await;
        client.send("logs", &traffic::logs(1, 1)).await.expect("accepted");
        wait::until("another request", || async { shown().len() >= 2 }).await;
        assert!(shown().iter().all(|value| value == "Bearer the-token"));
        let asked = tokens.recordings().split_off(asked);
        assert_eq!(asked.len(), 2, "first in the header, then in the body, and never again");
        assert_eq!(
            (asked[0].target.as_str(), &asked[0].headers["authorization"]),
            ("/token?x=y", &BASIC.parse().expect("ASCII"))
        );
        assert_eq!(
            String::from_utf8_lossy(&asked[0].body),
            "grant_type=client_credentials&scope=a+b%26c&audience=otel&many=one&many=two"
        );
        assert!(
            String::from_utf8_lossy(&asked[1].body).ends_with("&client_id=a+gateway&client_secret=hunter2")
        );
        assert!(!asked[1].headers.contains_key("authorization"));
        let log = gateway.log().join("\n");
        assert!(!log.contains("hunter2") && !log.contains("the-token"), "{log}");
    }
}

/// A token that expires is replaced while traffic flows, with the secret that is in the file by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_replaced_in_time() {
    let place = Place::new();
    let tokens = HttpServer::start(|number, _| answer(200, &[], given(&format!("token-{number}"), 2))).await;
    let server = HttpServer::start(|_, _| answer(200, &[], "")).await;
    let (before_tokens, before_server) =
        (place.tunnel(tokens.address()).await, place.tunnel(server.address()).await);
    let endpoint = format!("https://localhost:{}", before_server.address().port());
    let gateway = Gateway::start(&place.yaml("otlp_http", &endpoint, &before_tokens, "")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    let shows = |token: &str| {
        let expected = format!("Bearer {token}");
        server.recordings().iter().any(|one| one.headers["authorization"] == expected)
    };
    let until_shown = async |token: &str| {
        wait::until(token, || async {
            client.send("traces", &traffic::traces(1, 1)).await.expect("accepted");
            shows(token)
        })
        .await;
    };
    until_shown("token-0").await;
    write(place.path(), "secret", "another");
    until_shown("token-1").await;
    until_shown("token-2").await;
    let last = tokens.recordings().pop().expect("a request");
    // "a gateway" and "another".
    assert_eq!(last.headers["authorization"], "Basic YStnYXRld2F5OmFub3RoZXI=");
    assert_eq!(lost(&gateway).await, 0.0);
}

/// While there is no token, data waits, and the log says why in the server's words; then all of it is delivered.
#[tokio::test(flavor = "multi_thread")]
async fn data_waits_for_a_token() {
    let place = Place::new();
    let is_up = Arc::new(AtomicBool::new(false));
    let up = is_up.clone();
    let tokens = HttpServer::start(move |_, _| {
        if up.load(Ordering::Relaxed) {
            answer(200, &[], given("late", 3_600))
        } else {
            answer(
                503,
                &[],
                json!({"error": "temporarily_unavailable", "error_description": "have patience"}).to_string(),
            )
        }
    })
    .await;
    let backend = Backend::start().await;
    let (before_tokens, before_backend) =
        (place.tunnel(tokens.address()).await, place.grpc_tunnel(backend.address()).await);
    let endpoint = format!("localhost:{}", before_backend.address().port());
    let gateway = Gateway::start(&place.yaml("otlp_grpc", &endpoint, &before_tokens, ", timeout: 5s")).await;
    let client = Client::connect(gateway.address("receiver")).await;
    for _ in 0..5 {
        client.send("traces", &traffic::traces(1, 1)).await.expect("the queue takes it");
    }
    gateway.wait_for_log("temporarily_unavailable: have patience").await;
    assert!(backend.recordings().is_empty(), "nothing leaves without a token");
    is_up.store(true, Ordering::Relaxed);
    wait::until("what waited to arrive", || async {
        traffic::spans_of(&backend.traces()).values().sum::<usize>() == 5
    })
    .await;
    assert_eq!(lost(&gateway).await, 0.0);
}
