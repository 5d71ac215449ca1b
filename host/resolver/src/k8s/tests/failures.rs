use std::time::Duration;

use serde_json::json;

use super::server::{ApiServer, Mode};
use super::{settings, start, start_with, updates};
use crate::k8s::K8sSettings;
use crate::testing::until_true;

fn forbidden(verb: &str) -> String {
    format!(
        "endpointslices.discovery.k8s.io is forbidden: User \"system:serviceaccount:otel:nobody\" cannot {verb} resource \
         \"endpointslices\" in API group \"discovery.k8s.io\" in the namespace \"otel\""
    )
}

/// Whatever goes wrong with lists and watches, the last list stays, it is counted, and what changed meanwhile is taken.
#[tokio::test]
async fn the_last_list_outlives_every_failure() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    let mut watched = start(&server);
    watched.until(&["10.0.0.1"]).await;
    let failures = [
        Mode::Status(401, "Unauthorized".to_owned()),
        Mode::Status(403, forbidden("list")),
        Mode::Status(429, "slower".to_owned()),
        Mode::Status(500, "etcdserver: no leader".to_owned()),
        Mode::Status(503, String::new()),
    ];
    for (number, failure) in failures.into_iter().enumerate() {
        let before = watched.current();
        server.set_mode(failure);
        server.end_watches("");
        watched.until_failed(2).await;
        let next = format!("10.0.1.{number}");
        server.put("a", &[&next]);
        assert_eq!(watched.current(), before);
        server.set_mode(Mode::Fine);
        watched.until(&[&next]).await;
    }
}

/// A server that cannot be read as one, or says too much, does no harm, and is listed again afterwards: what an event
/// that nobody can read told of is not missed.
#[tokio::test]
async fn what_makes_no_sense_does_no_harm() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    let mut watched = start(&server);
    watched.until(&["10.0.0.1"]).await;
    let last_words = [
        "{\"type\": \"ADDED\", \"object\": {\"metadata\": 7}}\n".to_owned(),
        "<html>a proxy</html>\n".to_owned(),
        "\u{fffd}\n\n\n}\n".to_owned(),
        "x".repeat(33 << 20),
    ];
    for (number, words) in last_words.into_iter().enumerate() {
        let (lists, next) = (server.lists(), format!("10.0.1.{number}"));
        server.end_watches(words);
        server.put("a", &[&next]);
        watched.until(&[&next]).await;
        assert!(server.lists() > lists, "listed again");
    }
    let lists = [
        "".to_owned(),
        "[]".to_owned(),
        json!({"kind": "EndpointSliceList", "metadata": {}, "items": []}).to_string(),
        json!({"kind": "EndpointSliceList", "metadata": {"resourceVersion": "1"}, "items": [{"endpoints": "many"}]}).to_string(),
        " ".repeat(33 << 20),
    ];
    for list in lists {
        server.set_mode(Mode::List(list.into()));
        server.end_watches("x\n");
        watched.until_failed(2).await;
        assert_eq!(watched.current().len(), 1);
    }
    server.set_mode(Mode::Fine);
    server.put("a", &["10.0.0.9"]);
    watched.until(&["10.0.0.9"]).await;
}

/// A watch from a version that is too old ends with 410: everything is listed again, and that is no failure.
#[tokio::test]
async fn an_expired_watch_is_listed_again() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    server.put("b", &["10.0.0.2"]);
    let mut watched = start(&server);
    watched.until(&["10.0.0.1", "10.0.0.2"]).await;
    let status = json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version: 1 (9)"});
    server.end_watches(format!("{}\n", json!({"type": "ERROR", "object": status})));
    server.remove("a");
    watched.until(&["10.0.0.2"]).await;
    assert_eq!(watched.failures(), 0);
    assert_eq!(server.lists(), 2);
}

/// A watch that ends in order, or breaks, goes on where it was: nothing is missed, nothing listed.
#[tokio::test]
async fn a_watch_that_ends_goes_on() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    let mut watched = start_with(&server, K8sSettings { timeout: Duration::from_secs(1), ..settings() });
    watched.until(&["10.0.0.1"]).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    server.put("b", &["10.0.0.2"]);
    watched.until(&["10.0.0.1", "10.0.0.2"]).await;
    assert_eq!((watched.failures(), server.lists()), (0, 1));
}

/// No server, and then one that says nothing, and then one that refuses: the list comes when one answers.
#[tokio::test]
async fn the_first_list_may_take_its_time() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    server.set_mode(Mode::Status(403, forbidden("list")));
    let mut watched = start(&server);
    watched.until_failed(2).await;
    assert!(watched.endpoints.borrow().is_none());
    server.set_mode(Mode::Fine);
    watched.until(&["10.0.0.1"]).await;
}

/// Who may list and not watch gets lists: late, but no stale ones.
#[tokio::test]
async fn without_the_right_to_watch_there_are_lists() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    server.set_mode(Mode::WatchStatus(403, forbidden("watch")));
    let mut watched = start(&server);
    watched.until(&["10.0.0.1"]).await;
    watched.until_failed(1).await;
    server.put("a", &["10.0.0.2"]);
    watched.until(&["10.0.0.2"]).await;
}

/// A server that stays connected and says nothing is noticed, whether it was watched or is asked for a list.
#[tokio::test]
async fn silence_is_noticed() {
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    let mut watched = start_with(&server, K8sSettings { timeout: Duration::from_secs(1), ..settings() });
    watched.until(&["10.0.0.1"]).await;
    let series = r#"sluice_resolver_last_answer_timestamp_seconds{resolver="k8s",name="tier2.otel"}"#;
    assert!(watched.metric(series) > 1_600_000_000);
    server.mute(true);
    server.set_mode(Mode::Silence);
    watched.until_failed(1).await;
    assert_eq!(watched.current(), ["10.0.0.1"]);
    server.mute(false);
    server.set_mode(Mode::Fine);
    server.put("a", &["10.0.0.2"]);
    watched.until(&["10.0.0.2"]).await;
    until_true(|| updates(&watched) == 2).await;
}
