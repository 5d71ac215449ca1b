use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use crate::{LEFT_OUT, Payload, Request, RequestMetadata, ScanError, split};

/// Parts a payload by what `key` makes of the requests that it is made of, so that each payload has requests of one
/// key only. One key, which is the rule, means that the payload is passed on as it is.
///
/// Which rows a resource without leaves belongs to is not kept exactly: where the rows of a key no longer fit its
/// payload, the first of them stands for all.
///
/// # Errors
/// Never for a payload that was scanned; what a split makes of it can be scanned, too.
pub fn partition<K: Clone + Eq + Hash>(
    payload: Payload,
    key: impl Fn(&RequestMetadata) -> K,
) -> Result<Vec<(K, Payload)>, ScanError> {
    let mut numbers = HashMap::new();
    let mut keys = Vec::new();
    let groups: Vec<u32> = payload
        .metadata
        .iter()
        .map(|row| match numbers.entry(key(row)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                keys.push(new.key().clone());
                *new.insert(keys.len() as u32 - 1)
            }
        })
        .collect();
    if keys.len() < 2 {
        let key = keys.pop().unwrap_or_else(|| key(&RequestMetadata::default()));
        return Ok(vec![(key, payload)]);
    }
    let buckets = buckets(&payload, &groups);
    let mut parted = Vec::with_capacity(keys.len());
    for part in split(&payload.request, &buckets, keys.len(), usize::MAX).parts {
        let Some(key) = keys.get(part.bucket as usize) else { continue };
        let request = Request::scan(part.signal, part.body)?;
        let rows = payload.metadata.iter().zip(&groups);
        let rows = rows.filter(|(_, group)| **group == part.bucket).map(|(row, _)| row.clone());
        let metadata = fitting(rows.collect(), request.index().resources.len());
        parted
            .push((key.clone(), Payload { request, metadata: metadata.into(), deadline: payload.deadline }));
    }
    Ok(parted)
}

/// The group of each leaf.
fn buckets(payload: &Payload, groups: &[u32]) -> Vec<u32> {
    let index = payload.request.index();
    let mut buckets = vec![LEFT_OUT; index.leaves.len()];
    let mut resources = index.resources.iter();
    for (row, group) in payload.metadata.iter().zip(groups) {
        for resource in resources.by_ref().take(row.resources as usize) {
            for leaf in index.leaves_of_resource(resource) {
                if let Some(bucket) = buckets.get_mut(leaf as usize) {
                    *bucket = *group;
                }
            }
        }
    }
    buckets
}

fn fitting(mut rows: Vec<RequestMetadata>, resources: usize) -> Vec<RequestMetadata> {
    let told: usize = rows.iter().map(|row| row.resources as usize).sum();
    if told != resources {
        rows.truncate(1);
        if let Some(row) = rows.first_mut() {
            row.resources = u32::try_from(resources).unwrap_or(u32::MAX);
        }
    }
    rows
}

#[cfg(test)]
#[path = "partition_tests.rs"]
mod tests;
