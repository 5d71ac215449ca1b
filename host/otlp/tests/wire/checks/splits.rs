//! Splits, compared with what the parts should be by a slow reader of bytes and by the generated decoder.

use std::collections::{BTreeMap, HashMap};

use sluice_otlp::{LEFT_OUT, Oversize, Part, Request, Split, cut, halve, split};

use super::decoded;
use super::raw::{RawPiece, RawRequest};
use super::source::Source;

/// A bucket for each leaf.
pub(crate) struct Routing {
    pub(crate) buckets: Vec<u32>,
    pub(crate) bucket_count: usize,
}

impl Routing {
    /// Some buckets are more common than others, and a few leaves are left out.
    pub(crate) fn drawn(source: &mut Source<'_>, leaves: usize, bucket_count: usize) -> Self {
        let buckets = (0..leaves).map(|_| match source.byte() {
            255 => LEFT_OUT,
            drawn => (u32::from(drawn) / 2) % bucket_count as u32,
        });
        Self { buckets: buckets.collect(), bucket_count }
    }
}

/// Whatever the routing: the parts hold each leaf once, with its headers, byte for byte and in order.
pub(crate) fn check_split(request: &Request, routing: &Routing, max_bytes: usize) {
    let parts = split(request, &routing.buckets, routing.bucket_count, max_bytes);
    check_parts(request, &routing.buckets, max_bytes, &parts);
}

/// The same for a request that is cut for its size alone.
pub(crate) fn check_cut(request: &Request, max_bytes: usize) {
    check_parts(request, &vec![0; request.items()], max_bytes, &cut(request, max_bytes));
}

/// The halves of a request are the request, and neither is empty.
pub(crate) fn check_halves(request: &Request) {
    let halves = halve(request.signal(), request.body());
    assert_eq!(halves.is_some(), request.items() > 1);
    let Some((first, second)) = halves else { return };
    assert!(first.items > 0 && second.items > 0);
    let mut buckets = vec![0; request.items()];
    buckets[first.items as usize..].fill(1);
    let parts = vec![first, Part { bucket: 1, ..second }];
    check_parts(request, &buckets, usize::MAX, &Split { parts, oversize: Vec::new() });
}

fn check_parts(request: &Request, buckets: &[u32], max_bytes: usize, split: &Split) {
    let source = RawRequest::read(request.signal(), request.body()).unwrap();
    assert_eq!(source.leaves.len(), request.items());
    let routed = |leaf: &usize| buckets[*leaf] != LEFT_OUT;
    if !(0..buckets.len()).any(|leaf| routed(&leaf)) {
        assert!(split.parts.is_empty() && split.oversize.is_empty(), "nothing is routed, nothing is sent");
        return;
    }
    let (fitting, oversize): (Vec<_>, Vec<_>) =
        (0..buckets.len()).filter(routed).partition(|leaf| source.leaves[*leaf].size_alone() <= max_bytes);
    check_oversize(&source, buckets, &oversize, &split.oversize);

    let mut expected: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for leaf in fitting {
        expected.entry(buckets[leaf]).or_default().push(leaf);
    }
    let mut leafless = Vec::new();
    let mut found: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for part in &split.parts {
        assert!(part.body.len() <= max_bytes, "{} bytes in a part of at most {max_bytes}", part.body.len());
        let view = RawRequest::read(part.signal, &part.body).unwrap();
        assert_eq!(view.leaves.len(), part.items as usize);
        let list = found.entry(part.bucket).or_default();
        let wanted = expected.get(&part.bucket).map_or(&[][..], |wanted| &wanted[list.len()..]);
        let wanted = &wanted[..view.leaves.len()];
        check_leaves(&source, wanted, &view.leaves);
        list.extend(wanted);
        leafless.extend(view.leafless.into_iter().flat_map(|leafless| leafless.childless));
    }
    found.retain(|_, leaves| !leaves.is_empty());
    assert_eq!(found, expected, "the leaves of each bucket");
    check_leafless(&source, max_bytes, leafless);
    check_packing(split, max_bytes);
    check_decoded(request, &found, split);
}

/// The leaves of a part are those of the source, and share resources, scopes and metrics as there.
fn check_leaves(source: &RawRequest, wanted: &[usize], found: &[RawPiece]) {
    let mut nodes = HashMap::new();
    for (wanted, found) in wanted.iter().map(|leaf| &source.leaves[*leaf]).zip(found) {
        assert_eq!(wanted.unplaced(), found.unplaced());
        for (there, here) in wanted.nodes.iter().zip(&found.nodes) {
            assert_eq!(nodes.entry(there).or_insert(here), &here, "one header for all leaves that share it");
        }
    }
}

fn check_oversize(source: &RawRequest, buckets: &[u32], leaves: &[usize], found: &[Oversize]) {
    let mut expected: Vec<_> = leaves
        .iter()
        .map(|leaf| Oversize { bucket: buckets[*leaf], bytes: source.leaves[*leaf].size_alone(), items: 1 })
        .collect();
    expected.sort_by_key(|oversize| oversize.bucket);
    let found: Vec<_> = found.iter().copied().filter(|oversize| oversize.items > 0).collect();
    assert_eq!(found, expected);
}

/// What has no leaves is there once, with the headers around it.
fn check_leafless(source: &RawRequest, max_bytes: usize, mut found: Vec<RawPiece>) {
    let fits = source.leafless.iter().filter(|leafless| leafless.whole.size_alone() <= max_bytes);
    let mut expected: Vec<_> = fits.flat_map(|leafless| leafless.childless.clone()).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

/// A bucket gets another part only where the next piece did not fit into the one before.
fn check_packing(split: &Split, max_bytes: usize) {
    for pair in split.parts.windows(2) {
        assert!(pair[0].bucket <= pair[1].bucket);
        let both = pair[0].body.len() + pair[1].body.len();
        assert!(pair[0].bucket < pair[1].bucket || both > max_bytes, "two parts where one would do");
    }
}

/// The generated decoder sees in the parts what it sees in the request.
fn check_decoded(request: &Request, found: &BTreeMap<u32, Vec<usize>>, split: &Split) {
    let Ok(source) = decoded::leaves(request.signal(), request.body()) else { return };
    let mut parts: BTreeMap<u32, Vec<_>> = BTreeMap::new();
    for part in &split.parts {
        parts.entry(part.bucket).or_default().extend(decoded::leaves(part.signal, &part.body).unwrap());
    }
    for (bucket, leaves) in found {
        let expected: Vec<_> = leaves.iter().map(|leaf| source[*leaf].clone()).collect();
        assert_eq!(parts[bucket], expected);
    }
}
