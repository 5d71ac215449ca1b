use std::time::Duration;

use tokio::time::timeout;

use super::{Bodies, HealthServer, RunningHealthServer};
use crate::health::Health;
use crate::testing::{PATIENCE, get};

fn start(path: &str) -> (RunningHealthServer, Health) {
    let health = Health::new();
    let server = HealthServer::bind("127.0.0.1:0", path).expect("a free port");
    (server.start(health.clone()).expect("a thread"), health)
}

/// All three paths tell liveness, with the body of the Collector's extension.
#[tokio::test]
async fn liveness_is_told_as_the_collector_tells_it() {
    let (server, health) = start("/configured");
    for path in ["/", "/health", "/configured"] {
        let answer = get(server.local_addr(), path).await;
        assert_eq!(answer.status, 503, "{path}");
        let expected = r#"{"status":"Server not available","upSince":"0001-01-01T00:00:00Z","uptime":"","#;
        assert!(answer.body.starts_with(expected), "{}", answer.body);
    }
    health.set_running();
    for path in ["/", "/health", "/configured"] {
        let answer = get(server.local_addr(), path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.head.contains("content-type: application/json"));
        let body: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(body["status"], "Server available");
        assert!(body["upSince"].as_str().is_some_and(|text| text.ends_with('Z') && text.starts_with("20")));
        assert!(body["uptime"].as_str().is_some_and(|text| text.ends_with('s')));
        assert!(body.get("reasons").is_none());
    }
    assert_eq!(get(server.local_addr(), "/elsewhere").await.status, 404);
}

/// Texts of the configuration stand in for the report, each in its time.
#[tokio::test]
async fn answers_have_the_text_that_is_wanted() {
    let health = Health::new();
    let bodies = Bodies { healthy: Some("fine".to_owned()), unhealthy: None };
    let server = HealthServer::bind("127.0.0.1:0", "/").expect("a free port").with(None, bodies);
    let server = server.start(health.clone()).expect("a thread");
    let before = get(server.local_addr(), "/").await;
    assert_eq!(before.status, 503);
    assert!(before.body.starts_with('{'), "{}", before.body);
    health.set_running();
    let after = get(server.local_addr(), "/health").await;
    assert_eq!((after.status, after.body.as_str()), (200, "fine"));
}

/// Readiness says why not, and recovers by itself.
#[tokio::test]
async fn readiness_says_why_not() {
    let (server, health) = start("/");
    health.set_running();
    let condition = health.condition("endpoints of loadbalancing");
    let answer = get(server.local_addr(), "/ready").await;
    assert_eq!(answer.status, 503);
    assert!(
        answer.body.contains(r#""reasons":["waiting for endpoints of loadbalancing"]"#),
        "{}",
        answer.body
    );
    assert_eq!(get(server.local_addr(), "/").await.status, 200, "a restart would not help");
    condition.set(true);
    assert_eq!(get(server.local_addr(), "/ready").await.status, 200);
    health.set_draining();
    assert_eq!(get(server.local_addr(), "/ready").await.status, 503);
    assert_eq!(get(server.local_addr(), "/health").await.status, 200);
}

/// A runtime whose only worker is blocked is seen from outside, and seen to recover.
#[tokio::test]
async fn a_wedged_runtime_is_not_live() {
    let (server, health) = start("/");
    health.set_running();
    let (unblock, blocked) = std::sync::mpsc::channel::<()>();
    let watched = health.clone();
    let wedged = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            watched.watch_runtime("the runtime", Duration::from_millis(200));
            tokio::task::yield_now().await;
            // What a task must never do.
            let _ = blocked.recv();
            std::future::pending::<()>().await;
        });
    });
    until(&server, 503).await;
    let body = get(server.local_addr(), "/health").await.body;
    assert!(body.contains("the runtime has been stuck"), "{body}");
    unblock.send(()).expect("it waits");
    until(&server, 200).await;
    // The thread runs on for ever by design; it ends with the test process.
    drop(wedged);
}

async fn until(server: &RunningHealthServer, status: u16) {
    let seen = async {
        while get(server.local_addr(), "/health").await.status != status {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("never {status}"));
}

/// Dropping the server frees its port.
#[tokio::test]
async fn dropping_it_ends_it() {
    let (server, _) = start("/");
    let address = server.local_addr();
    drop(server);
    HealthServer::bind(&address.to_string(), "/").expect("the port is free again");
}
