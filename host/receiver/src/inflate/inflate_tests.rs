use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
use prometheus_client::registry::Registry;

use super::{Encoding, inflate};
use crate::ReceiverMetrics;
use crate::intake::{Budget, Hold};
use crate::rejection::{Cause, Rejection};

const ALL: [Encoding; 5] = [Encoding::Gzip, Encoding::Zstd, Encoding::Zlib, Encoding::Snappy, Encoding::Lz4];
const MIB: usize = 1024 * 1024;

fn compress(encoding: Encoding, data: &[u8]) -> Vec<u8> {
    match encoding {
        Encoding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(data).expect("compressed");
            encoder.finish().expect("compressed")
        }
        Encoding::Zlib => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(data).expect("compressed");
            encoder.finish().expect("compressed")
        }
        Encoding::Zstd => zstd::stream::encode_all(data, 1).expect("compressed"),
        Encoding::Snappy => {
            let mut encoder = snap::write::FrameEncoder::new(Vec::new());
            encoder.write_all(data).expect("compressed");
            encoder.into_inner().expect("compressed")
        }
        Encoding::Lz4 => {
            let mut encoder = FrameEncoder::new(Vec::new());
            encoder.write_all(data).expect("compressed");
            encoder.finish().expect("compressed")
        }
    }
}

/// A budget that admits one message of 16 MiB.
fn hold() -> Hold {
    let metrics = Arc::new(ReceiverMetrics::register(&mut Registry::default()).handles("otlp", "grpc"));
    Arc::new(Budget::new(0, 16 * MIB, metrics)).admit().expect("room for one")
}

async fn inflated(encoding: Encoding, compressed: &[u8], max: usize) -> Result<Vec<u8>, Rejection> {
    inflate(encoding, compressed, max, &mut hold()).await.map(|bytes| bytes.to_vec())
}

/// Data that no encoding shrinks to nothing, of sizes around the steps of inflating.
fn data(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * at % 251) as u8).collect()
}

/// What was compressed comes out again, whatever the encoding and the size.
#[tokio::test]
async fn every_encoding_gives_back_what_went_in() {
    for encoding in ALL {
        for length in [0, 1, 1000, super::STEP - 1, super::STEP, super::STEP + 1, 3 * MIB] {
            let data = data(length);
            let result = inflated(encoding, &compress(encoding, &data), 4 * MIB).await;
            assert!(result.expect("good data") == data, "{encoding} of {length} bytes");
        }
    }
}

/// Exactly the limit is allowed, one byte more is not.
#[tokio::test]
async fn the_limit_is_exact() {
    for encoding in ALL {
        let compressed = compress(encoding, &data(MIB));
        assert!(inflated(encoding, &compressed, MIB).await.is_ok(), "{encoding}");
        let rejection = inflated(encoding, &compressed, MIB - 1).await.expect_err("too large");
        assert_eq!(rejection.cause, Cause::TooLarge, "{encoding}");
        assert!(rejection.retry_after.is_none(), "final");
    }
}

/// A bomb is stopped at the limit: what it would unfold to is never allocated.
#[tokio::test]
async fn a_bomb_stops_at_the_limit() {
    for encoding in ALL {
        let bomb = compress(encoding, &vec![0; 64 * MIB]);
        let mut hold = hold();
        let rejection = inflate(encoding, &bomb, 8 * MIB, &mut hold).await.expect_err("too large");
        assert_eq!(rejection.cause, Cause::TooLarge, "{encoding}");
    }
}

/// A bomb within the message limit but beyond the bytes in flight is refused so that a retry can help.
#[tokio::test]
async fn a_bomb_stops_at_the_budget() {
    let bomb = compress(Encoding::Gzip, &vec![0; 64 * MIB]);
    let rejection = inflated(Encoding::Gzip, &bomb, 128 * MIB).await.expect_err("no room");
    assert_eq!(rejection.cause, Cause::BytesInFlight);
    assert!(rejection.retry_after.is_some());
}

/// Broken data is the client's fault, and never a panic: cut off, changed, or not compressed at all.
#[tokio::test]
async fn broken_data_is_malformed() {
    for encoding in ALL {
        let good = compress(encoding, &data(10_000));
        let mut changed = good.clone();
        changed[0] ^= 0xff;
        for broken in [&good[..good.len() - 3], &good[..5], &changed[..], b"not compressed"] {
            let rejection = inflated(encoding, broken, MIB).await.expect_err("broken");
            assert_eq!(rejection.cause, Cause::Malformed, "{encoding}");
            assert!(rejection.message.contains(&encoding.to_string()), "{}", rejection.message);
        }
    }
}

/// What a sender wrote in several frames or members is read to its end, and what follows them is not overlooked.
#[tokio::test]
async fn every_frame_is_read() {
    for encoding in [Encoding::Gzip, Encoding::Zstd] {
        let two = [compress(encoding, &data(1000)), compress(encoding, &data(500))].concat();
        let expected = [data(1000), data(500)].concat();
        assert_eq!(inflated(encoding, &two, MIB).await.expect("good data"), expected, "{encoding}");
        let more = [&two[..], b"and more"].concat();
        let rejection = inflated(encoding, &more, MIB).await.expect_err("something follows");
        assert_eq!(rejection.cause, Cause::Malformed, "{encoding}");
    }
}

/// A message in lz4 is one frame, whole and with nothing behind it: whatever of it is cut off is missed.
#[tokio::test]
async fn a_frame_of_lz4_is_whole() {
    let frame = compress(Encoding::Lz4, &data(5_000));
    for length in 0..frame.len() {
        let rejection = inflated(Encoding::Lz4, &frame[..length], MIB).await.expect_err("cut off");
        assert_eq!(rejection.cause, Cause::Malformed, "{length}");
    }
    let two = [&frame[..], &frame[..]].concat();
    let rejection = inflated(Encoding::Lz4, &two, MIB).await.expect_err("one too many");
    assert!(rejection.message.contains("something follows the frame"), "{}", rejection.message);
}

/// What the decoder itself needs is taken from the budget, and given back.
#[tokio::test]
async fn a_decoder_of_lz4_is_paid_for() {
    let mut encoder =
        FrameEncoder::with_frame_info(FrameInfo::new().block_size(BlockSize::Max4MB), Vec::new());
    encoder.write_all(b"x").expect("compressed");
    let frame = encoder.finish().expect("compressed");
    let mut hold = hold();
    assert_eq!(inflate(Encoding::Lz4, &frame, MIB, &mut hold).await.expect("good data"), "x");
    hold.grow(32 * MIB - 1).expect("all of the budget but a byte is free");
    hold.shrink(16 * MIB);
    inflate(Encoding::Lz4, &frame, MIB, &mut hold).await.expect("16 MiB are enough");
    hold.grow(8 * MIB).expect("half of them");
    let rejection = inflate(Encoding::Lz4, &frame, MIB, &mut hold).await.expect_err("8 MiB are not");
    assert_eq!(rejection.cause, Cause::BytesInFlight);
}

/// A claim of an enormous size allocates in proportion to what came, not to the claim.
#[test]
fn an_incredible_size_is_not_believed() {
    let mut gzip = compress(Encoding::Gzip, b"x");
    let end = gzip.len();
    gzip[end - 4..].fill(0xff);
    assert!(Encoding::Gzip.size_hint(&gzip) <= gzip.len() * 32);
    assert_eq!(Encoding::Gzip.size_hint(b""), 0);
    let data = data(1000);
    assert_eq!(Encoding::Gzip.size_hint(&compress(Encoding::Gzip, &data)), 1000);
}

/// Snappy without frames is told apart from snappy with them, and has the same limits.
#[tokio::test]
async fn a_block_of_snappy_is_known() {
    let block = |data: &[u8]| snap::raw::Encoder::new().compress_vec(data).expect("compressed");
    for length in [1, 1000, 3 * MIB] {
        let data = data(length);
        let result = inflated(Encoding::Snappy, &block(&data), 4 * MIB).await;
        assert!(result.expect("good data") == data, "{length}");
    }
    let large = block(&vec![0; 8 * MIB]);
    let rejection = inflated(Encoding::Snappy, &large, 8 * MIB - 1).await.expect_err("too large");
    assert_eq!(rejection.cause, Cause::TooLarge);
    let rejection =
        inflated(Encoding::Snappy, &large[..large.len() - 1], 8 * MIB).await.expect_err("cut off");
    assert_eq!(rejection.cause, Cause::Malformed);
}
