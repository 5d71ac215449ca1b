use http::Method;
use sluice_receiver::{CorsSettings, HttpSettings};

use super::client::{HttpClient, JSON};
use crate::consumers::Collecting;
use crate::server::{Server, all, http_settings};

const SITE: (&str, &str) = ("origin", "https://app.example");

/// A browser asks first, sends then, and may show its script the answer; errors included.
#[tokio::test]
async fn a_browser_may_send_from_an_allowed_site() {
    let cors = CorsSettings {
        allowed_origins: vec!["https://*.example".to_owned()],
        allowed_headers: vec!["x-tenant".to_owned(), "content-type".to_owned()],
        exposed_headers: vec!["retry-after".to_owned()],
        max_age: 600,
    };
    let server = Server::start_http(HttpSettings { cors, ..http_settings() }, all(Collecting::new()));
    for mut client in HttpClient::both(server.address).await {
        let question = [
            SITE,
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type,x-tenant"),
        ];
        let answer = client.send(Method::OPTIONS, "/v1/traces", &question, "".into()).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        assert_eq!(answer.header("access-control-allow-origin"), SITE.1);
        assert_eq!(answer.header("access-control-allow-headers"), "content-type,x-tenant");
        assert_eq!(answer.header("access-control-max-age"), "600");
        for (body, status) in [("{}", 200), ("[]", 400)] {
            let answer = client.send(Method::POST, "/v1/traces", &[JSON, SITE], body.into()).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("access-control-allow-origin"), SITE.1);
            assert_eq!(answer.header("access-control-expose-headers"), "retry-after");
            assert_eq!(answer.header("vary"), "origin");
        }
        let other = ("origin", "https://other.site");
        let answer = client.send(Method::POST, "/v1/traces", &[JSON, other], "{}".into()).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""));
    }
    // A question is no request that was refused.
    assert_eq!(server.rejected("method_not_allowed"), 0);
}

/// Without `cors` nothing is said to browsers, which then keep scripts of other sites out.
#[tokio::test]
async fn without_cors_browsers_are_told_nothing() {
    let server = Server::start_http(http_settings(), all(Collecting::new()));
    let mut client = HttpClient::connect(server.address).await;
    let question = [SITE, ("access-control-request-method", "POST")];
    let answer = client.send(Method::OPTIONS, "/v1/traces", &question, "".into()).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (405, ""));
    let answer = client.send(Method::POST, "/v1/traces", &[JSON, SITE], "{}".into()).await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin"), answer.header("vary")),
        (200, "", "")
    );
}
