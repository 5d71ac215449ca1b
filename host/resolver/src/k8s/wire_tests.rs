use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use prometheus_client::metrics::gauge::Gauge;

use super::{Heard, LastWord, MOST_BYTES, TOO_LARGE};

async fn read(is_watch: bool, chunk: &'static [u8], chunks: usize) -> Result<usize, String> {
    let frames = (0..chunks).map(move |_| Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(chunk))));
    let body = StreamBody::new(tokio_stream::iter(frames));
    let heard = Heard { body, last_word: None, is_watch, bytes: 0 };
    heard.collect().await.map(|all| all.to_bytes().len()).map_err(|error| error.to_string())
}

/// A list has a bound as a whole, a watch for each of its lines; beyond it is an error, and nothing more is read.
#[tokio::test]
async fn answers_have_a_bound() {
    static LINE: [u8; 1 << 20] = {
        let mut line = [b'x'; 1 << 20];
        line[1 << 19] = b'\n';
        line
    };
    static LONG: [u8; 1 << 20] = [b'x'; 1 << 20];
    let most = MOST_BYTES >> 20;
    assert_eq!(read(false, &LINE, most).await, Ok(MOST_BYTES));
    assert!(read(false, &LINE, most + 1).await.unwrap_err().contains(TOO_LARGE));
    assert_eq!(read(true, &LINE, 2 * most).await, Ok(2 * MOST_BYTES));
    assert!(read(true, &LONG, most + 1).await.unwrap_err().contains(TOO_LARGE));
}

/// A word is noted with the time of day, for all to see, and apart for watches.
#[tokio::test]
async fn the_last_word_is_noted() {
    let series = Gauge::default();
    let last_word = Arc::new(LastWord::new(series.clone()));
    let start = last_word.at();
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    last_word.heard(false);
    assert!(last_word.at() > start && series.get() > 1_600_000_000);
    assert_eq!(last_word.of_watch(), start);
    last_word.heard(true);
    assert!(last_word.of_watch() > start);
}
