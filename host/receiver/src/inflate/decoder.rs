use std::fmt;
use std::io::{self, Read};

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use super::lz4::{self, Lz4Frame};

/// How a message may be compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Gzip,
    Zstd,
    /// Deflate with zlib's head and checksum; HTTP's `deflate`.
    Zlib,
    /// The framed format, as Go's clients send it, or one block.
    Snappy,
    /// The framed format, of which OTLP has no word: the Collector's clients send it over HTTP.
    Lz4,
}

/// Largest window that a zstd frame may ask for, as a power of two: 8 MiB, which RFC 8878 asks every decoder
/// to support, and which the levels up to 19 stay within.
const ZSTD_WINDOW_LOG: u32 = 23;

/// No more than this is allocated ahead on the word of the compressed data, per byte of it: OTLP shrinks by
/// 5 to 20.
const CREDIBLE_RATIO: usize = 32;

/// How framed snappy begins.
const SNAPPY_FRAMES: &[u8] = b"\xff\x06\x00\x00sNaPpY";

impl Encoding {
    /// What is compressed so, by its name in `grpc-encoding`.
    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"gzip" => Some(Self::Gzip),
            b"zstd" => Some(Self::Zstd),
            b"snappy" => Some(Self::Snappy),
            _ => None,
        }
    }

    /// Whether the data is one block of snappy: senders mean either form by the same word.
    pub(super) fn is_block(self, compressed: &[u8]) -> bool {
        self == Self::Snappy && !compressed.is_empty() && !compressed.starts_with(SNAPPY_FRAMES)
    }

    pub(super) fn decoder<'a>(self, compressed: &'a [u8]) -> io::Result<Box<dyn Read + Send + 'a>> {
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(compressed)),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(compressed)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Box::new(decoder)
            }
            Self::Zlib => Box::new(ZlibDecoder::new(compressed)),
            Self::Snappy => Box::new(snap::read::FrameDecoder::new(compressed)),
            Self::Lz4 => Box::new(Lz4Frame::new(compressed)),
        })
    }

    /// What a decoder holds besides its output, beyond some KiB. zstd touches of its window only what it has written.
    pub(super) fn workspace(self, compressed: &[u8]) -> usize {
        match self {
            Self::Lz4 => lz4::workspace(compressed),
            Self::Gzip | Self::Zstd | Self::Zlib | Self::Snappy => 0,
        }
    }

    /// How many bytes to allocate ahead: what the data says of itself, as far as that is credible. Right
    /// means one allocation of the exact size; wrong costs copies, nothing else.
    pub(super) fn size_hint(self, compressed: &[u8]) -> usize {
        let said = match self {
            // RFC 1952: the last four bytes are the size modulo 2^32.
            Self::Gzip => compressed.last_chunk::<4>().map(|size| u64::from(u32::from_le_bytes(*size))),
            Self::Zstd => zstd::zstd_safe::get_frame_content_size(compressed).ok().flatten(),
            Self::Zlib | Self::Snappy | Self::Lz4 => None,
        };
        let said = said.and_then(|size| usize::try_from(size).ok()).unwrap_or(compressed.len() * 4);
        said.min(compressed.len() * CREDIBLE_RATIO)
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zlib => "deflate",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
        })
    }
}
