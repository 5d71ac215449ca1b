use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::Stalled;

/// A write to somebody who never reads ends with an error, and so does the next one.
#[tokio::test]
async fn a_write_that_nobody_takes_ends() {
    let (_client, server) = duplex(8);
    let mut stream = Stalled::new(server, Some(Duration::from_millis(20)));
    for _ in 0..2 {
        let error = stream.write_all(&[0; 100]).await.expect_err("nobody reads");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
}

/// Somebody who reads gets everything, through a buffer that is far too small for it.
#[tokio::test]
async fn a_reader_gets_everything() {
    let (mut client, server) = duplex(8);
    let mut stream = Stalled::new(server, Some(Duration::from_secs(60)));
    let writing = tokio::spawn(async move { stream.write_all(&[7; 1000]).await });
    let mut got = Vec::new();
    client.read_to_end(&mut got).await.expect("read");
    writing.await.expect("no panic").expect("taken");
    assert_eq!(got, [7; 1000]);
}
