use std::io::{self, Read};

use lz4_flex::frame::FrameDecoder;

/// How frames begin in the format of today; the legacy one marks no end.
const MAGIC: &[u8] = b"\x04\x22\x4d\x18";
/// Of the frame's flags: a checksum follows its end mark.
const CONTENT_CHECKSUM: u8 = 1 << 2;

/// The one frame of a message, whole and with nothing behind it. More of them would each have buffers cleared for
/// them, which is megabytes of work for a few bytes; senders write one.
///
/// Source: lz4_Frame_format.md of the lz4 project, 1.6.4.
pub(super) struct Lz4Frame<'a> {
    decoder: FrameDecoder<&'a [u8]>,
    is_whole: bool,
}

impl<'a> Lz4Frame<'a> {
    pub(super) fn new(compressed: &'a [u8]) -> Self {
        Self { decoder: FrameDecoder::new(compressed), is_whole: is_whole(compressed) }
    }
}

impl Read for Lz4Frame<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        if !self.decoder.get_ref().is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "something follows the frame"));
        }
        // The decoder takes the end of its input for the end of the frame.
        if self.is_whole { Ok(0) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// Whether the frame's end mark, a block of no bytes, is where it should be.
fn is_whole(compressed: &[u8]) -> bool {
    if !compressed.starts_with(MAGIC) {
        return !compressed.is_empty();
    }
    let has_checksum = compressed.get(4).is_some_and(|flags| flags & CONTENT_CHECKSUM != 0);
    let end = compressed.len().saturating_sub(if has_checksum { 4 } else { 0 });
    compressed.get(..end).is_some_and(|frame| frame.ends_with(&[0; 4]))
}

/// The buffers that the decoder makes: two blocks of output and one of input, of the size that the frame says.
pub(super) fn workspace(compressed: &[u8]) -> usize {
    let block = match compressed.get(5).map(|sizes| sizes >> 4 & 7) {
        _ if !compressed.starts_with(MAGIC) => 8 << 20,
        Some(4) => 64 << 10,
        Some(5) => 256 << 10,
        Some(6) => 1 << 20,
        _ => 4 << 20,
    };
    3 * block
}
