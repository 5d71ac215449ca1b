use bytes::Bytes;
use proptest::prelude::*;
use smallvec::SmallVec;

use super::{Form, compress, decompress};
use crate::Chunks;

const FORMS: [Form; 5] = [Form::Gzip, Form::Zlib, Form::Zstd, Form::Snappy, Form::Lz4];

/// What servers call it.
fn encoding(form: Form) -> &'static str {
    match form {
        Form::Gzip => "gzip",
        Form::Zlib => "deflate",
        Form::Zstd => "zstd",
        Form::Snappy => "snappy",
        Form::Lz4 => "lz4",
    }
}

proptest! {
    /// Whatever the chunks, what is compressed decompresses to their concatenation, behind the room asked for;
    /// also on a compressor that was used before.
    #[test]
    fn every_form_is_undone(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40_000), 0..4),
        form in prop::sample::select(FORMS.as_slice()),
    ) {
        let chunks: Chunks = chunks.into_iter().map(Bytes::from).collect::<SmallVec<_>>();
        let compressed = compress(form, &chunks, 5).unwrap();
        prop_assert_eq!(&compressed[..5], &[0; 5]);
        let whole = decompress(encoding(form), &compressed[5..], 1_000_000).unwrap();
        prop_assert_eq!(whole.as_ref(), chunks.concat());
    }

    /// A hostile answer is an error, not a panic.
    #[test]
    fn arbitrary_bytes_do_no_harm(
        bytes in prop::collection::vec(any::<u8>(), 0..500),
        form in prop::sample::select(FORMS.as_slice()),
    ) {
        let _ = decompress(encoding(form), &bytes, 1000);
    }
}

/// A few bytes that unfold to many are not unfolded past the limit.
#[test]
fn a_bomb_is_not_unfolded() {
    let zeros: Chunks = SmallVec::from_iter([Bytes::from(vec![0; 10_000_000])]);
    for form in FORMS {
        let bomb = compress(form, &zeros, 0).unwrap();
        assert!(bomb.len() < 1_000_000);
        let error = decompress(encoding(form), &bomb, 1000).unwrap_err();
        assert!(error.to_string().contains("more than 1000 bytes"), "{error}");
    }
}

/// A compression that we never offered is named in the error.
#[test]
fn an_unknown_form_is_an_error() {
    assert!(decompress("br", b"x", 10).unwrap_err().to_string().contains("\"br\""));
}
