use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{Opening, PREFACE, Spoken};

/// What is made of a client that says `said` and then nothing more.
async fn opening(said: &[u8]) -> (Opening, tokio::io::DuplexStream) {
    let (mut client, mut server) = duplex(1024);
    client.write_all(said).await.expect("room");
    client.shutdown().await.expect("half closed");
    (Opening::read(&mut server, Duration::from_secs(30)).await, server)
}

/// Protocols are told apart by their first bytes, however few there are.
#[tokio::test]
async fn protocols_are_told_apart() {
    let cases: [(&[u8], Spoken); 9] = [
        (&PREFACE, Spoken::Http2),
        (b"POST /v1/traces HTTP/1.1\r\n\r\n", Spoken::Http1),
        (b"PUT / HTTP/1.1\r\n\r\n", Spoken::Http1),
        (&[0x16, 0x03, 0x01, 0x02, 0x00], Spoken::Tls),
        (b"SSH-2.0-x", Spoken::Other),
        (b"PRI * HTTP/3", Spoken::Other),
        (b"PRI * HTTP", Spoken::Nothing),
        (b"P", Spoken::Nothing),
        (b"", Spoken::Nothing),
    ];
    for (said, spoken) in cases {
        assert_eq!(opening(said).await.0.spoken(), spoken, "{}", said.escape_ascii());
    }
}

/// What was read to tell the protocol is read again by who serves it, to the byte.
#[tokio::test]
async fn nothing_is_lost() {
    let long = [&PREFACE[..], &[7; 100]].concat();
    for said in [&b""[..], b"P", b"POST /v1/traces HTTP/1.1\r\n\r\nbody", &PREFACE, &long] {
        let (opening, server) = opening(said).await;
        let mut replayed = Vec::new();
        opening.replay(server).read_to_end(&mut replayed).await.expect("read");
        assert_eq!(replayed, said);
    }
}

/// A client that connects and says nothing is let go after a while.
#[tokio::test]
async fn a_silent_client_is_let_go() {
    let (_client, mut server) = duplex(64);
    let opening = Opening::read(&mut server, Duration::from_millis(10)).await;
    assert_eq!(opening.spoken(), Spoken::Nothing);
}
