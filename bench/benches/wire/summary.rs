//! One table at the end: what a span costs, and how often that goes into what it costs with prost.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sluice_otlp::{Index, Signal};

use crate::regroup::{by_decoding, by_slices};
use crate::{BUCKETS, SHAPES, body, spans};

/// Prints the table. The two ways take turns, so that a busy machine slows both; each row is the round
/// that was disturbed the least.
pub(crate) fn print() {
    println!(
        "\nns per span, best of {ROUNDS} rounds in turns; ratio = prost / sluice (target: at least 10)\n"
    );
    println!("spans  bytes/span  buckets    scan  scan+split  prost decode+regroup+encode  ratio");
    for shape in SHAPES {
        let body = body(shape);
        for buckets in BUCKETS {
            let row = Row::measure(&body, spans(shape), buckets);
            println!(
                "{:5}  {:10}  {buckets:7}  {:6.1}  {:10.1}  {:27.1}  {:5.1}",
                spans(shape),
                body.len() / spans(shape),
                row.scan,
                row.slices,
                row.decoding,
                row.decoding / row.slices,
            );
        }
    }
}

const ROUNDS: u32 = 30;

/// ns per span.
struct Row {
    scan: f64,
    slices: f64,
    decoding: f64,
}

impl Row {
    fn measure(body: &Bytes, spans: usize, buckets: u32) -> Self {
        // Enough of them that a round takes some milliseconds.
        let times = 8_192_usize.div_ceil(spans);
        let mut best = [Duration::MAX; 3];
        for _ in 0..ROUNDS {
            best[0] = best[0].min(time(times, || Index::scan(Signal::Traces, body)));
            best[1] = best[1].min(time(times, || by_slices(body, buckets)));
            best[2] = best[2].min(time(times, || by_decoding(body, buckets)));
        }
        let [scan, slices, decoding] = best.map(|time| time.as_nanos() as f64 / (times * spans) as f64);
        Self { scan, slices, decoding }
    }
}

/// How long so many runs take, what they make being dropped included.
fn time<T>(times: usize, run: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        drop(black_box(run()));
    }
    start.elapsed()
}
