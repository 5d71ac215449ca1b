//! What clients compress.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// What the bombs of tests unfold to.
pub(crate) const BOMB_BYTES: usize = 256 * 1024 * 1024;

pub(crate) fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("compressed");
    encoder.finish().expect("compressed")
}

pub(crate) fn zstd(data: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(data, 1).expect("compressed")
}

/// With frames, as Go's clients write it.
pub(crate) fn snappy(data: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(data).expect("compressed");
    encoder.into_inner().expect("compressed")
}
