use super::*;
use crate::admin::{AdminServer, Answers};
use crate::testing::send;
use tokio_util::sync::CancellationToken;

/// Guarantees: what is asked is read, and what cannot be is refused in words.
#[test]
fn requests_are_read() {
    let usual = CaptureRequest {
        traces: 5,
        bytes: 2 << 20,
        time: Duration::from_secs(60),
        processor: None,
        redact: Vec::new(),
        redact_all: false,
        keep: Vec::new(),
    };
    assert_eq!(CaptureRequest::parse("traces=5&max_mib=2"), Ok(usual.clone()));
    assert_eq!(
        CaptureRequest::parse(
            "traces=5&max_mib=2&seconds=600&processor=tail_sampling%2F2&redact=a.b&redact=c"
        ),
        Ok(CaptureRequest {
            time: Duration::from_secs(600),
            processor: Some("tail_sampling/2".to_owned()),
            redact: vec!["a.b".to_owned(), "c".to_owned()],
            ..usual.clone()
        })
    );
    assert_eq!(
        CaptureRequest::parse("traces=5&max_mib=2&redact_all=true&keep=service.name"),
        Ok(CaptureRequest { redact_all: true, keep: vec!["service.name".to_owned()], ..usual })
    );
    for (query, words) in [
        ("", "traces and max_mib must be given"),
        ("traces=0&max_mib=1", "no number from 1 to 1000000"),
        ("traces=1&max_mib=99999999999999999999", "no number from 1 to 4096"),
        ("traces=1&max_mib=1&seconds=601", "no number from 1 to 600"),
        ("traces=1&max_mib=1&redact_all=yes", "true or false"),
        ("traces=1&max_mib=1&redact_all=true&redact=a", "exclude each other"),
        ("traces=1&max_mib=1&keep=a", "goes with redact_all"),
        ("trace=1", "known are traces"),
    ] {
        let refused = CaptureRequest::parse(query).expect_err("must be refused");
        assert!(refused.contains(words), "{query}: {refused}");
    }
}

/// Guarantees: traces go to whoever asks by POST and for an address, not to a web page that has a browser ask; refusals say
/// whose fault they are.
#[tokio::test]
async fn web_pages_capture_nothing() {
    let server = AdminServer::bind("127.0.0.1:0").expect("a port");
    let address = server.local_addr();
    let captures: Captures = Arc::new(|request: &CaptureRequest| match request.traces {
        1 => Ok(Body::from("a trace")),
        2 => Err(CaptureRefusal::Busy("busy".to_owned())),
        _ => Err(CaptureRefusal::Forbidden("not allowed".to_owned())),
    });
    let drain = Arc::new(|| unreachable!("nobody drains"));
    let answers =
        Answers { decisions: Arc::new(|_: &_| Vec::new()), resolvers: Arc::new(Vec::new), captures, drain };
    let stop = CancellationToken::new();
    let serving = tokio::spawn(server.serve(answers, stop.clone()));
    let ask = |method: &'static str, query: &'static str, host: &'static str| async move {
        let request =
            format!("{method} /capture?{query} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n");
        let answer = send(address, &request).await;
        (answer.status, answer.body)
    };
    for host in ["127.0.0.1:13134", "localhost", "[::1]:13134"] {
        assert_eq!(ask("POST", "traces=1&max_mib=1", host).await, (200, "a trace".to_owned()), "{host}");
    }
    assert_eq!(ask("POST", "traces=1&max_mib=1", "evil.example:13134").await.0, 403);
    assert_eq!(ask("GET", "traces=1&max_mib=1", "127.0.0.1").await.0, 405);
    assert_eq!(ask("POST", "traces=2&max_mib=1", "127.0.0.1").await, (409, "busy\n".to_owned()));
    assert_eq!(ask("POST", "traces=3&max_mib=1", "127.0.0.1").await, (403, "not allowed\n".to_owned()));
    assert_eq!(ask("POST", "traces=3", "127.0.0.1").await.0, 400);
    stop.cancel();
    serving.await.expect("no panic").expect("a good end");
}
