//! What must hold for a scan and a split of any bytes.
//!
//! The property tests and the fuzz targets (fuzz/) call the same functions. Each panics where
//! something does not hold.

mod columns;
mod decoded;
mod messages;
mod metrics;
mod raw;
mod scanned;
mod source;
mod splits;
mod untidy;

pub(crate) use raw::{RawPiece, RawRequest};
pub(crate) use scanned::check_scan;
pub(crate) use source::Source;
pub(crate) use splits::{Routing, check_cut, check_halves, check_split};

use bytes::Bytes;
use sluice_otlp::{Payload, Request, Signal};

/// A signal, by a number.
pub(crate) fn signal(number: u8) -> Signal {
    Signal::ALL[number as usize % Signal::ALL.len()]
}

/// A valid request, as a generated encoder writes it.
pub(crate) fn valid(signal: Signal, source: &mut Source<'_>) -> Vec<u8> {
    messages::request(signal, source)
}

/// A valid request as no tidy encoder writes it; see [`untidy`](mod@untidy).
pub(crate) fn unusual(signal: Signal, source: &mut Source<'_>) -> Vec<u8> {
    let mut habits = source.fork();
    untidy::untidy(signal, &messages::request(signal, source), &mut habits)
}

/// Scans what is known to be valid.
pub(crate) fn scanned(signal: Signal, body: Vec<u8>) -> Request {
    Request::scan(signal, Bytes::from(body)).unwrap()
}

/// For a fuzzer: the first byte is the signal, the rest a body.
pub(crate) fn scan_bytes(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    check_scan(signal(*first), body);
}

/// For a fuzzer: signal, routing, and a body that is taken as it is where it is valid, and else as the
/// decisions by which a valid one is made.
pub(crate) fn split_bytes(data: &[u8]) {
    let Some((head, rest)) = data.split_at_checked(4) else { return };
    let request = request_of(signal(head[0]), rest);
    let mut source = Source::new(rest);
    let buckets = usize::from(head[1]) % 20 + 1;
    let routing = Routing::drawn(&mut source, request.items(), buckets);
    let max_bytes = limit(&request, u16::from_le_bytes([head[2], head[3]]));
    check_split(&request, &routing, max_bytes);
}

/// For a fuzzer: signal, bound, and a body as for [`split_bytes`].
pub(crate) fn cut_bytes(data: &[u8]) {
    let Some((head, rest)) = data.split_at_checked(3) else { return };
    let request = request_of(signal(head[0]), rest);
    check_cut(&request, limit(&request, u16::from_le_bytes([head[1], head[2]])));
    check_halves(&request);
}

/// For a fuzzer: signal, and a body as for [`split_bytes`], which decides on the plan as well.
pub(crate) fn columns_bytes(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let request = request_of(signal(*first), rest);
    columns::check_columns(&Payload::bare(request), &mut Source::new(rest));
}

fn request_of(signal: Signal, data: &[u8]) -> Request {
    match Request::scan(signal, Bytes::copy_from_slice(data)) {
        Ok(request) => request,
        Err(_) => scanned(signal, unusual(signal, &mut Source::new(data))),
    }
}

/// A bound that is often in the way: up to somewhat more than the request's size.
fn limit(request: &Request, number: u16) -> usize {
    (request.body().len() + 50) * usize::from(number) / usize::from(u16::MAX)
}
