use std::sync::Arc;
use std::time::{Duration, SystemTime};

use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::watch;

use super::{Asked, ResolverReport, ResolverStatus};
use crate::Endpoints;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// A report has no age before the first answer, then counts from the last one, and shows what is wrong; a clock that was
/// set back makes no age of it.
#[test]
fn a_report_says_how_old_the_list_is() {
    let (endpoints, trouble, last_answer) =
        (watch::Sender::new(None), watch::Sender::new(None), Gauge::default());
    let asked = Asked { name: "ring.otel.test".to_owned(), last_answer: last_answer.clone() };
    let status = ResolverStatus::new("dns", Some(asked), endpoints.subscribe(), trouble.subscribe());
    trouble.send_replace(Some("no answer".to_owned()));
    let expected = ResolverReport {
        resolver: "dns",
        name: Some("ring.otel.test".to_owned()),
        age: None,
        trouble: Some("no answer".to_owned()),
        endpoints: None,
    };
    assert_eq!(status.report(at(1_000)), expected);

    let list: Endpoints = Arc::from(["10.0.0.1".to_owned()]);
    endpoints.send_replace(Some(Arc::clone(&list)));
    trouble.send_replace(None);
    last_answer.set(1_000);
    let expected = ResolverReport {
        age: Some(Duration::from_secs(90)),
        trouble: None,
        endpoints: Some(list),
        ..expected
    };
    assert_eq!(status.report(at(1_090)), expected);
    assert_eq!(status.report(at(900)).age, Some(Duration::ZERO));
}
