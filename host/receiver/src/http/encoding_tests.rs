use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::Encodings;
use crate::HttpSettings;
use crate::inflate::Encoding;
use crate::rejection::Cause;

fn of(encodings: &Encodings, name: &'static str) -> Result<Option<Encoding>, Cause> {
    let headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(name))]);
    encodings.of(&headers).map_err(|rejection| rejection.cause)
}

/// Every encoding of the Collector's clients is known, in any case; several at once are not.
#[test]
fn encodings_are_known() {
    let encodings = Encodings::new(&HttpSettings::default().compression_algorithms);
    for (name, encoding) in [
        ("", None),
        ("identity", None),
        ("gzip", Some(Encoding::Gzip)),
        ("GZIP", Some(Encoding::Gzip)),
        ("x-gzip", Some(Encoding::Gzip)),
        ("zstd", Some(Encoding::Zstd)),
        ("deflate", Some(Encoding::Zlib)),
        ("zlib", Some(Encoding::Zlib)),
        ("snappy", Some(Encoding::Snappy)),
        ("lz4", Some(Encoding::Lz4)),
    ] {
        assert_eq!(of(&encodings, name), Ok(encoding), "{name}");
    }
    for name in ["br", "gzip, zstd", "lzma", "gzipp"] {
        assert_eq!(of(&encodings, name), Err(Cause::UnknownEncoding), "{name}");
    }
    assert_eq!(encodings.of(&HeaderMap::new()), Ok(None));
}

/// What `compression_algorithms` does not name is refused, a body as it is included.
#[test]
fn only_what_is_configured_is_taken() {
    let encodings = Encodings::new(&["zstd".to_owned()]);
    assert_eq!(of(&encodings, "zstd"), Ok(Some(Encoding::Zstd)));
    for name in ["", "identity", "gzip", "x-gzip"] {
        assert_eq!(of(&encodings, name), Err(Cause::UnknownEncoding), "{name}");
    }
    assert_eq!(encodings.header(), "zstd");
}

proptest! {
    /// Whatever a client writes there is one of the names or a refusal that repeats what it can show of it.
    #[test]
    fn any_value_is_answered(noise in prop::collection::vec(any::<u8>(), 0..40)) {
        let Ok(value) = HeaderValue::from_bytes(&noise) else { return Ok(()) };
        let encodings = Encodings::new(&HttpSettings::default().compression_algorithms);
        let answer = encodings.of(&HeaderMap::from_iter([(CONTENT_ENCODING, value)]));
        if let Err(rejection) = answer {
            prop_assert_eq!(rejection.cause, Cause::UnknownEncoding);
            let shown = String::from_utf8_lossy(noise.trim_ascii()).into_owned();
            prop_assert!(rejection.message.contains(&shown), "{}", rejection.message);
        }
    }
}
