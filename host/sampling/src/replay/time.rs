//! When a recorded request arrived.

use sluice_otlp::Request;
use sluice_otlp::wire::{Fields, Value};

/// The numbers of `start_time_unix_nano` and `end_time_unix_nano`.
const START: u32 = 7;
const END: u32 = 8;

/// When a request may have been sent at the earliest, in ns since the Unix epoch: when its latest span ended. A span that has no
/// end counts by its start; `None` where no span has either.
#[must_use]
pub fn arrival(request: &Request) -> Option<u64> {
    let body = request.body();
    let spans = request.index().leaves.iter();
    let span = |leaf: &sluice_otlp::Leaf| body.get(leaf.content as usize..leaf.end as usize);
    spans.filter_map(span).map(ended).max().filter(|latest| *latest > 0)
}

fn ended(span: &[u8]) -> u64 {
    let (mut start, mut end) = (0, 0);
    let mut fields = Fields::new(span);
    while let Ok(Some(field)) = fields.next_field() {
        match (field.number, field.value) {
            (START, Value::Fixed64(time)) => start = time,
            (END, Value::Fixed64(time)) => end = time,
            _ => {}
        }
    }
    if end == 0 { start } else { end }
}
