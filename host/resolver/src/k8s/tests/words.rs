use super::server::{ApiServer, Mode};
use super::start;
use crate::testing::{Lines, until_true};

/// A refusal is told of once, with what is missing and the manifest that adds it; then that it is over.
#[tokio::test]
async fn a_refusal_is_told_of_once() {
    let (lines, _guard) = Lines::gather();
    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    let message = "User \"system:serviceaccount:otel:nobody\" cannot list";
    server.set_mode(Mode::Status(403, message.to_owned()));
    let mut watched = start(&server);
    watched.until_failed(3).await;
    assert_eq!(lines.count("service account `nobody` of namespace `otel` may not list `endpointslices`"), 1);
    assert_eq!(lines.count("kind: RoleBinding"), 1, "{}", lines.text());
    assert_eq!(lines.count("0 endpoints are kept"), 1);
    server.set_mode(Mode::Fine);
    watched.until(&["10.0.0.1"]).await;
    until_true(|| lines.count("the API server tells of endpoints again") == 1).await;
    assert_eq!(lines.count("backend 10.0.0.1:4317 added"), 1);
    assert_eq!(lines.count("watching the EndpointSlices"), 1);

    server.put("a", &[]);
    until_true(|| lines.count("no endpoint that is ready") == 1).await;
    assert_eq!(lines.count("1 endpoints are kept"), 1);
    server.put("a", &["10.0.0.1"]);
    until_true(|| lines.count("every endpoint of the Service is taken again") == 1).await;
}
