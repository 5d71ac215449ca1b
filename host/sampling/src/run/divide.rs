use std::ops::Range;

use sluice_otlp::Request;

use crate::shard::{shard_of, trace_id};

/// The leaves of a request that fall to each of so many shards, as ascending stretches.
pub(super) fn divide(request: &Request, shards: usize) -> Vec<Vec<Range<u32>>> {
    let (body, index) = (request.body(), request.index());
    let all = 0..index.leaves.len() as u32;
    if shards == 1 {
        return vec![if all.is_empty() { Vec::new() } else { vec![all] }];
    }
    let mut stretches = vec![Vec::<Range<u32>>::new(); shards];
    for (number, leaf) in all.zip(&index.leaves) {
        let of_shard = &mut stretches[shard_of(&trace_id(body, leaf), shards)];
        match of_shard.last_mut() {
            Some(last) if last.end == number => last.end = number + 1,
            _ => of_shard.push(number..number + 1),
        }
    }
    stretches
}
