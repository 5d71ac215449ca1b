use bytes::Bytes;
use http_body_util::BodyExt;
use smallvec::{SmallVec, smallvec};

use super::{SMALL_CHUNK, frame};
use crate::client::compress::decompress;
use crate::{Chunks, Compression};

async fn frames(chunks: Chunks, compression: Compression) -> Vec<Bytes> {
    let mut body = frame(chunks, compression).await.unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        frames.push(frame.unwrap().into_data().unwrap());
    }
    frames
}

/// A small body travels in one piece with its prefix.
#[tokio::test]
async fn a_small_body_is_one_frame() {
    let frames = frames(smallvec![Bytes::from("ab"), Bytes::from("c")], Compression::None).await;
    assert_eq!(frames, [Bytes::from_static(b"\0\0\0\0\x03abc")]);
}

/// A large body is not copied: its chunks leave as they are, behind the prefix.
#[tokio::test]
async fn a_large_body_is_passed_on() {
    let large = Bytes::from(vec![7; SMALL_CHUNK]);
    let frames = frames(smallvec![large.clone(), Bytes::from("x")], Compression::None).await;
    let length = u32::try_from(SMALL_CHUNK + 1).unwrap().to_be_bytes();
    assert_eq!(frames[0], [&[0], length.as_slice()].concat());
    assert_eq!(frames[1].as_ptr(), large.as_ptr());
    assert_eq!(frames[2], "x");
}

/// A compressed message says so in its prefix, whether it is compressed here or on another thread.
#[tokio::test]
async fn a_compressed_body_is_marked() {
    for size in [10, 1_000_000] {
        let body = vec![7; size];
        let chunks: Chunks = SmallVec::from_iter([Bytes::from(body.clone())]);
        let frames = frames(chunks, Compression::Gzip).await;
        assert_eq!(frames.len(), 1);
        let (prefix, message) = frames[0].split_at(5);
        assert_eq!(prefix[0], 1);
        assert_eq!(u32::from_be_bytes(prefix[1..].try_into().unwrap()) as usize, message.len());
        assert_eq!(decompress("gzip", message, size).unwrap(), body);
    }
}

/// A message without content is a prefix alone.
#[tokio::test]
async fn an_empty_body_is_a_prefix() {
    assert_eq!(frames(smallvec![], Compression::None).await, [Bytes::from_static(&[0; 5])]);
}

/// Many small chunks, which would each be a frame and a system call, leave in one piece.
#[tokio::test]
async fn many_small_chunks_are_one_frame() {
    let chunks: Vec<Bytes> = (0..40).map(|number| Bytes::from(vec![number; 10_000])).collect();
    let frames = frames(SmallVec::from_iter(chunks.clone()), Compression::None).await;
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0][5..], chunks.concat());
}
