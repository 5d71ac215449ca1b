use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Extension;
use axum::extract::State;
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::{Drain, Draining, begin};
use crate::http1::Peer;

/// Only a program on this machine drains, and no page in its browser: the others are told so, and nothing happens.
#[tokio::test]
async fn only_this_machine_drains() {
    let drained = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&drained);
    let drain: Drain = Arc::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Draining { requests: 1, held_traces: 2 }
    });
    let ask = async |peer: &str, headers: HeaderMap| {
        let peer = Peer(peer.parse().expect("an address"));
        begin(State(Arc::clone(&drain)), Extension(peer), headers).await.status()
    };
    assert_eq!(ask("10.0.0.1:1", HeaderMap::new()).await, StatusCode::FORBIDDEN);
    assert_eq!(ask("[2001:db8::1]:1", HeaderMap::new()).await, StatusCode::FORBIDDEN);
    let from_a_page = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static("http://localhost"))]);
    assert_eq!(ask("127.0.0.1:1", from_a_page).await, StatusCode::FORBIDDEN);
    assert_eq!(drained.load(Ordering::SeqCst), 0);
    for local in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        assert_eq!(ask(local, HeaderMap::new()).await, StatusCode::OK, "{local}");
    }
    assert_eq!(drained.load(Ordering::SeqCst), 3);
}
