//! What fuzz targets call: whatever the servers read of a request's headers.

use std::time::Instant;

use ::http::HeaderMap;

use crate::grpc::deadline;
use crate::http::{Encodings, Form};

/// Reads what any server reads of a request's headers: its form and encoding over HTTP, its deadline over gRPC.
///
/// # Panics
/// When a client's headers can make a server panic, which none must.
pub fn read_headers(headers: &HeaderMap) {
    let names = ["", "gzip", "zstd", "zlib", "deflate", "snappy", "lz4"].map(str::to_owned);
    if let Err(rejection) = Form::of(headers) {
        assert!(!rejection.message.is_empty(), "a refusal says why");
    }
    if let Err(rejection) = Encodings::new(&names).of(headers) {
        assert!(!rejection.message.is_empty(), "a refusal says why");
    }
    let now = Instant::now();
    assert!(deadline(headers, now).is_none_or(|deadline| deadline >= now), "a deadline lies ahead");
}
