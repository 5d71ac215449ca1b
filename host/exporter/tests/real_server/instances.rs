//! Who answers at an address: when that is asked, and what is made of the answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sluice_exporter::{Client, Instances};
use sluice_instance::Known;
use sluice_otlp::Signal;
use smallvec::smallvec;
use tonic::Code;

use crate::backend::{Answer, Backend, dead};
use crate::support::{RESTARTS, client_settings, spans};

const LONG: Duration = Duration::from_secs(60);
const A: &str = "000000000000000a";
const B: &str = "000000000000000b";
const C: &str = "000000000000000c";

async fn export(client: &Client) -> bool {
    client.export(Signal::Traces, smallvec![spans(&["a"])], LONG, None).await.is_ok()
}

/// The positions of those requests that asked.
fn asked(backend: &Backend) -> Vec<usize> {
    let received = backend.received();
    let asks = |at: &usize| received[*at].headers.contains_key("sluice-instance");
    (0..received.len()).filter(asks).collect()
}

fn client(endpoint: &str) -> (Client, Arc<Instances>) {
    let instances = Arc::new(Instances::default());
    let client = Client::grpc_asking(endpoint, &client_settings(), Arc::clone(&instances)).unwrap();
    (client, instances)
}

fn known(instances: &Instances) -> Known {
    *instances.watch().borrow()
}

/// Over a connection it is asked once, though the answer may be slow to come: by the first request that finds the connection
/// there. A client that is not to know never asks.
#[tokio::test]
async fn a_connection_is_asked_once() {
    let backend = Backend::answering(|_| Answer::Named(A)).await;
    let (client, instances) = client(&backend.endpoint());
    for _ in 0..10 {
        assert!(export(&client).await);
    }
    assert_eq!((asked(&backend), backend.connections()), (vec![1], 1));
    assert_eq!(known(&instances), Known::One);

    let plain = Client::grpc(&backend.endpoint(), &client_settings()).unwrap();
    for _ in 0..10 {
        assert!(export(&plain).await);
    }
    assert_eq!(asked(&backend), [1]);
}

/// What answers after a restart is asked anew, and is one instance all the same.
#[tokio::test]
async fn a_restarted_server_is_asked_again() {
    let backend = Backend::start_at(RESTARTS, usize::MAX, |_| Answer::Named(A)).await;
    let address = backend.endpoint();
    let (client, instances) = client(&address);
    let mut before = backend;
    for id in [B, C] {
        while asked(&before).is_empty() {
            export(&client).await;
        }
        before.kill().await;
        before = Backend::start_at(&address, usize::MAX, move |_| Answer::Named(id)).await;
    }
    while asked(&before).is_empty() {
        export(&client).await;
    }
    assert_eq!(known(&instances), Known::One);
}

/// A refusal answers nothing, so the next request asks; what is no id, and no id at all, are taken for no answer and not asked
/// for again.
#[tokio::test]
async fn what_is_no_answer_is_passed_over() {
    let mut count = 0;
    let backend = Backend::answering(move |_| {
        count += 1;
        if count <= 3 { Answer::code(Code::Unavailable) } else { Answer::Named("not 16 hex digits") }
    })
    .await;
    let (client, instances) = client(&backend.endpoint());
    for _ in 0..10 {
        export(&client).await;
    }
    assert_eq!(asked(&backend), [1, 2, 3]);
    assert_eq!(known(&instances), Known::Nothing);
}

/// A connection that only asks sends one empty request. When another instance than that of the client's own connection
/// answers there, the own one is asked again: that it is still there means that there are two.
#[tokio::test]
async fn a_connection_of_its_own_finds_the_other_instance() {
    let mut first = None;
    let backend = Backend::answering(move |received| {
        let own = *first.get_or_insert(received.peer);
        Answer::Named(if received.peer == own { A } else { B })
    })
    .await;
    let (client, instances) = client(&backend.endpoint());
    assert!(export(&client).await && export(&client).await);
    assert_eq!(known(&instances), Known::One);
    let (endpoint, settings) = (backend.endpoint(), client_settings());
    assert!(instances.ask_anew(&endpoint, &settings, Signal::Traces, LONG).await);
    assert_eq!((backend.received()[2].body.clone(), known(&instances)), (Bytes::new(), Known::One));
    assert!(export(&client).await);
    assert_eq!(known(&instances), Known::Several);
    assert!(export(&client).await);
    assert_eq!((asked(&backend), backend.connections()), (vec![1, 2, 3], 2));

    let (_socket, nobody) = dead();
    assert!(!instances.ask_anew(&nobody, &settings, Signal::Traces, LONG).await);
}
