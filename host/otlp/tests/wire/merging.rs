use proptest::collection::vec;
use proptest::prelude::*;
use sluice_otlp::{Index, Part, Payload, Request, Signal, merge, split};

use crate::cases;
use crate::checks::{RawPiece, RawRequest, Routing, Source, scanned, signal, unusual};

proptest! {
    #![proptest_config(cases(1000))]

    /// A merged payload has the index that a scan of its bytes finds.
    #[test]
    fn merging_is_scanning_the_concatenation(
        kind in 0..3_u8,
        decisions in vec(vec(any::<u8>(), 0..600), 1..5),
    ) {
        let merged = merge(payloads(signal(kind), &decisions)).unwrap();
        let mut index = Index::scan(signal(kind), merged.request.body()).unwrap();
        // What is adjacent is one stretch to a scan.
        index.unknown.clone_from(&merged.request.index().unknown);
        prop_assert_eq!(merged.request.index(), &index);
        let resources: u32 = merged.metadata.iter().map(|row| row.resources).sum();
        prop_assert_eq!(resources as usize, index.resources.len());
        prop_assert_eq!(merged.metadata.len(), decisions.len());
    }

    /// Each bucket gets the same, whether requests are merged and then split, or split and then merged.
    #[test]
    fn merging_and_splitting_commute(
        kind in 0..3_u8,
        decisions in vec(vec(any::<u8>(), 0..600), 2..4),
        drawn in vec(any::<u8>(), 100),
    ) {
        const BUCKETS: usize = 3;
        let payloads = payloads(signal(kind), &decisions);
        let leaves = payloads.iter().map(Payload::items).sum();
        let routing = Routing::drawn(&mut Source::new(&drawn), leaves, BUCKETS);

        let mut split_first = Vec::new();
        let mut rest = routing.buckets.as_slice();
        for payload in &payloads {
            let (buckets, others) = rest.split_at(payload.items());
            split_first.extend(split(&payload.request, buckets, BUCKETS, usize::MAX).parts);
            rest = others;
        }
        let merged = merge(payloads).unwrap();
        let merged_first = split(&merged.request, &routing.buckets, BUCKETS, usize::MAX).parts;
        for bucket in 0..BUCKETS as u32 {
            prop_assert_eq!(leaves_of(&split_first, bucket), leaves_of(&merged_first, bucket));
        }
    }
}

fn payloads(signal: Signal, decisions: &[Vec<u8>]) -> Vec<Payload> {
    let request =
        |decisions: &Vec<u8>| -> Request { scanned(signal, unusual(signal, &mut Source::new(decisions))) };
    decisions.iter().map(|decisions| Payload::bare(request(decisions))).collect()
}

/// What a bucket gets, from its parts one after the other.
fn leaves_of(parts: &[Part], bucket: u32) -> Vec<RawPiece> {
    let parts = parts.iter().filter(|part| part.bucket == bucket);
    parts
        .flat_map(|part| RawRequest::read(part.signal, &part.body).unwrap().leaves)
        .map(|leaf| leaf.unplaced())
        .collect()
}
