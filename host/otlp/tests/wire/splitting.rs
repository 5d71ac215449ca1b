use proptest::collection::vec;
use proptest::prelude::*;
use sluice_otlp::{Request, split};

use crate::cases;
use crate::checks::{Routing, Source, check_cut, check_halves, check_split, scanned, signal, unusual, valid};

proptest! {
    #![proptest_config(cases(2000))]

    /// A valid request, split over any buckets, gives parts whose union is the request.
    #[test]
    fn parts_are_the_request(
        kind in 0..3_u8,
        decisions in vec(any::<u8>(), 0..2000),
        bucket_count in 1..20_usize,
        drawn in vec(any::<u8>(), 60),
    ) {
        let request = scanned(signal(kind), valid(signal(kind), &mut Source::new(&decisions)));
        let routing = Routing::drawn(&mut Source::new(&drawn), request.items(), bucket_count);
        check_split(&request, &routing, usize::MAX);
    }

    /// So do parts of bounded size, of requests with unknown and repeated fields.
    #[test]
    fn bounded_parts_are_the_request(
        kind in 0..3_u8,
        decisions in vec(any::<u8>(), 0..2000),
        bucket_count in 1..4_usize,
        drawn in vec(any::<u8>(), 60),
        bound in 0.0..1.1_f64,
    ) {
        let request = scanned(signal(kind), unusual(signal(kind), &mut Source::new(&decisions)));
        let routing = Routing::drawn(&mut Source::new(&drawn), request.items(), bucket_count);
        check_split(&request, &routing, bounded(&request, bound));
    }

    /// A request that is cut for its size, or in two, is still the request.
    #[test]
    fn cut_parts_are_the_request(kind in 0..3_u8, decisions in vec(any::<u8>(), 0..2000), bound in 0.0..1.1_f64) {
        let request = scanned(signal(kind), unusual(signal(kind), &mut Source::new(&decisions)));
        check_cut(&request, bounded(&request, bound));
        check_halves(&request);
    }

    /// Where each resource goes to one bucket, what leaves is no larger than what came in.
    #[test]
    fn routing_by_resource_adds_no_bytes(
        kind in 0..3_u8,
        decisions in vec(any::<u8>(), 0..3000),
        drawn in vec(0..5_u32, 10),
    ) {
        let request = scanned(signal(kind), unusual(signal(kind), &mut Source::new(&decisions)));
        let index = request.index();
        let mut buckets = vec![0; request.items()];
        for (resource, bucket) in index.resources.iter().zip(drawn.iter().cycle()) {
            let leaves = index.leaves_of_resource(resource);
            buckets[leaves.start as usize..leaves.end as usize].fill(*bucket);
        }
        let parts = split(&request, &buckets, 5, usize::MAX).parts;
        let bytes: usize = parts.iter().map(|part| part.body.len()).sum();
        prop_assert!(bytes <= request.body().len(), "{bytes} of {}", request.body().len());
    }
}

fn bounded(request: &Request, bound: f64) -> usize {
    ((request.body().len() + 50) as f64 * bound) as usize
}
