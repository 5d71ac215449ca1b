//! Who answers at an address: when that is asked, and what is made of the answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sluice_exporter::{Client, Instances};
use sluice_instance::Known;
use sluice_otlp::Signal;
use smallvec::smallvec;
use tokio::net::UdpSocket;
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

/// The connections of a name with two addresses are asked each, and take turns in being asked again: two instances are
/// found out, and one that has both addresses is one.
#[tokio::test]
async fn a_name_of_two_instances_is_several() {
    let server = name_server(&[[127, 0, 0, 1], [127, 0, 0, 2]]).await;
    for (other, expected) in [(B, Known::Several), (A, Known::One)] {
        let one = Backend::answering(|_| Answer::Named(A)).await;
        let port = one.address.port();
        let address = format!("127.0.0.2:{port}");
        let two = Backend::start_at(&address, usize::MAX, move |_| Answer::Named(other)).await;
        let (client, instances) = client(&format!("dns://{server}/tier2.test.:{port}"));
        for _ in 0..20 {
            assert!(export(&client).await);
        }
        assert_eq!(known(&instances), expected);
        let asked = [asked(&one).len(), asked(&two).len()];
        assert!(asked.iter().all(|times| (1..=2).contains(times)), "{asked:?}");
    }
}

/// A name server that knows these addresses, for every name.
async fn name_server(addresses: &'static [[u8; 4]]) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut query = [0; 512];
        loop {
            let (length, peer) = socket.recv_from(&mut query).await.unwrap();
            socket.send_to(&answer(&query[..length], addresses), peer).await.unwrap();
        }
    });
    address
}

/// RFC 1035, 4.1: a header of 12 bytes; the question, a name that ends with 0, its type and class; the answers.
fn answer(query: &[u8], addresses: &[[u8; 4]]) -> Vec<u8> {
    let end_of_name = 12 + query[12..].iter().position(|byte| *byte == 0).unwrap();
    let question = &query[12..end_of_name + 5];
    let is_for_ipv4 = query[end_of_name + 1..end_of_name + 3] == [0, 1];
    let addresses = if is_for_ipv4 { addresses } else { &[] };
    let mut answer =
        [&query[..2], &[0x81, 0x80, 0, 1, 0, addresses.len() as u8, 0, 0, 0, 0], question].concat();
    for address in addresses {
        // The name of the question, type A, class IN, for 60 s, of 4 bytes.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address);
    }
    answer
}
