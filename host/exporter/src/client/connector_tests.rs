use std::time::{Duration, Instant};

use http::Uri;
use tokio::net::{TcpListener, TcpSocket};
use tower::Service;

use super::{Backoff, Connector, Names, Pause, Way, connect_timeout, pauses};

fn uri(address: std::net::SocketAddr) -> Uri {
    format!("http://{address}").parse().unwrap()
}

/// After a failure nobody is dialled until the pause is over; who asks meanwhile hears what was wrong.
#[tokio::test]
async fn a_pause_is_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = uri(listener.local_addr().unwrap());
    let mut connector = Connector::new(Duration::from_secs(60), Way::Direct(Names::System), None);
    let now = Instant::now();
    let pause = |until| Pause { backoff: Backoff::new(&pauses(), now), until, error: "refused".to_owned() };
    *connector.state.pause.lock().unwrap() = Some(pause(now + Duration::from_secs(3_600)));
    let error = connector.call(address.clone()).await.unwrap_err();
    assert_eq!(error.to_string(), "refused");

    *connector.state.pause.lock().unwrap() = Some(pause(now));
    connector.call(address).await.unwrap();
    assert!(connector.state.pause.lock().unwrap().is_none(), "a success ends it");
}

/// A failed attempt begins a pause, for all clones.
#[tokio::test]
async fn a_failure_begins_a_pause() {
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let mut connector = Connector::new(Duration::from_secs(60), Way::Direct(Names::System), None);
    let before = Instant::now();
    let error = connector.clone().call(uri(taken.local_addr().unwrap())).await.unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
    let until = connector.state.pause.lock().unwrap().as_ref().unwrap().until;
    assert!(until > before + Duration::from_millis(50));
    let _ = connector.call(uri(taken.local_addr().unwrap())).await;
}

/// Connecting leaves an attempt time to hear of its failure, and is bounded where attempts are not.
#[test]
fn connecting_takes_part_of_an_attempt() {
    assert_eq!(connect_timeout(Duration::from_secs(1)), Duration::from_millis(750));
    assert_eq!(connect_timeout(Duration::from_secs(60)), Duration::from_secs(5));
    assert_eq!(connect_timeout(Duration::ZERO), Duration::from_secs(5));
}
