//! What the wire format costs: scan, split, and beside them the same with generated types.
//!
//! `cargo bench -p sluice-bench --bench wire` prints time, items a second and allocations for each
//! benchmark, and then one table of ns per span with the ratios. Counting allocations costs prost's way
//! some 5 % and ours nothing that can be measured; the ratios are to be read with that in mind.
#![allow(clippy::print_stdout, reason = "it is what a benchmark does")]
#![allow(clippy::expect_used, reason = "the requests are our own")]

mod regroup;
mod summary;

use bytes::Bytes;
use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use mimalloc::MiMalloc;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use sluice_bench::requests::{Shape, Template};
use sluice_otlp::{Index, Request, Signal};

use regroup::{NO_LIMIT, buckets_of, by_decoding, by_slices};

/// The gateway's allocator, with counts.
#[global_allocator]
static ALLOCATOR: AllocProfiler<MiMalloc> = AllocProfiler::new(MiMalloc);

const SHAPES: [Shape; 3] = [Shape::S, Shape::M, Shape::L];
const BUCKETS: [u32; 3] = [1, 4, 16];

fn main() {
    divan::main();
    // `cargo test` runs each benchmark once, to see that it works.
    if !std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        summary::print();
    }
}

fn spans(shape: Shape) -> usize {
    shape.dimensions().spans
}

fn body(shape: Shape) -> Bytes {
    let mut random = fastrand::Rng::with_seed(1);
    Template::build(shape.dimensions(), &mut random).expect("prost writes valid requests").stamped(1)
}

/// From bytes to an index.
#[divan::bench(args = SHAPES)]
fn scan(bencher: Bencher<'_, '_>, shape: Shape) {
    let body = body(shape);
    bencher.counter(ItemsCount::new(spans(shape))).bench(|| Index::scan(Signal::Traces, &body));
}

/// From JSON to bytes, as the receiver does.
#[divan::bench(args = SHAPES)]
fn json(bencher: Bencher<'_, '_>, shape: Shape) {
    let json = json_of(shape);
    bencher
        .counter(ItemsCount::new(spans(shape)))
        .bench(|| sluice_json::decode(Signal::Traces, &json, usize::MAX));
}

/// The same by way of generated types.
#[divan::bench(args = SHAPES)]
fn json_by_types(bencher: Bencher<'_, '_>, shape: Shape) {
    let json = json_of(shape);
    bencher.counter(ItemsCount::new(spans(shape))).bench(|| {
        serde_json::from_slice::<ExportTraceServiceRequest>(&json).map(|request| request.encode_to_vec())
    });
}

fn json_of(shape: Shape) -> Vec<u8> {
    sluice_json::encode(Signal::Traces, &body(shape)).expect("prost writes valid requests")
}

/// From an index to parts.
#[divan::bench(args = SHAPES, consts = BUCKETS)]
fn split<const BUCKETS: u32>(bencher: Bencher<'_, '_>, shape: Shape) {
    let request = Request::scan(Signal::Traces, body(shape)).expect("prost writes valid requests");
    let of_leaf = buckets_of(&request, BUCKETS);
    bencher
        .counter(ItemsCount::new(spans(shape)))
        .bench(|| sluice_otlp::split(&request, &of_leaf, BUCKETS as usize, NO_LIMIT));
}

/// From bytes to parts.
#[divan::bench(args = SHAPES, consts = BUCKETS)]
fn scan_and_split<const BUCKETS: u32>(bencher: Bencher<'_, '_>, shape: Shape) {
    let body = body(shape);
    bencher.counter(ItemsCount::new(spans(shape))).bench(|| by_slices(&body, BUCKETS));
}

/// The same with generated types.
#[divan::bench(args = SHAPES, consts = BUCKETS)]
fn prost_decode_regroup_encode<const BUCKETS: u32>(bencher: Bencher<'_, '_>, shape: Shape) {
    let body = body(shape);
    bencher.counter(ItemsCount::new(spans(shape))).bench(|| by_decoding(&body, BUCKETS));
}
