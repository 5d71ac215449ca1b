use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{HTTP1_ANSWER, PREFACE, read};
use crate::metrics::ConnectionRefusal;

/// What becomes of a client that says `said` and then nothing more, and what it is told.
async fn told(said: &[u8]) -> (Result<(), ConnectionRefusal>, Vec<u8>) {
    let (mut client, mut server) = duplex(1024);
    client.write_all(said).await.expect("room");
    client.shutdown().await.expect("half closed");
    let outcome = read(&mut server, Duration::from_secs(30)).await.map(|_| ());
    drop(server);
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.expect("read");
    (outcome, answer)
}

/// The preface is taken, and not a byte more.
#[tokio::test]
async fn the_preface_is_taken() {
    let (outcome, answer) = told(&PREFACE).await;
    assert_eq!(outcome, Ok(()));
    assert!(answer.is_empty());
}

/// Clients of other protocols are told apart for the metrics; one with HTTP/1.1 gets a word of help.
#[tokio::test]
async fn other_protocols_are_told_apart() {
    assert_eq!(told(&[0x16, 0x03, 0x01, 0x02, 0x00]).await.0, Err(ConnectionRefusal::Tls));
    assert_eq!(told(b"SSH-2.0-x").await.0, Err(ConnectionRefusal::NotHttp2));
    assert_eq!(told(b"PRI * HTTP").await.0, Err(ConnectionRefusal::Silent));
    assert_eq!(told(b"").await.0, Err(ConnectionRefusal::Silent));
    let (outcome, answer) = told(b"POST /v1/traces HTTP/1.1\r\n\r\n").await;
    assert_eq!(outcome, Err(ConnectionRefusal::Http1));
    assert_eq!(answer, HTTP1_ANSWER);
}

/// The answer's length is what its header says.
#[test]
fn the_answer_has_the_length_that_it_says() {
    let text = std::str::from_utf8(HTTP1_ANSWER).expect("ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
}

/// A client that connects and says nothing is let go after a while.
#[tokio::test]
async fn a_silent_client_is_let_go() {
    let (_client, mut server) = duplex(64);
    assert_eq!(read(&mut server, Duration::from_millis(10)).await, Err(ConnectionRefusal::Silent));
}
