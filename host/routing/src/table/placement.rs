use std::collections::HashMap;

use sluice_otlp::LEFT_OUT;
use sluice_plugin::Keys;
use sluice_resolver::dial_address;
use sluice_ring::{Generation, Ring};

/// Which backend has which key: the ring, and the backends that its endpoints dial.
///
/// The ring hashes exactly the texts that the resolver yields. `a` and `a:4317` are two endpoints on it,
/// and one backend, since they dial one address. Pure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    ring: Ring,
    /// For each endpoint of the ring, its backend's number.
    backends: Vec<u32>,
    /// For each backend, what it dials.
    addresses: Vec<String>,
}

impl Placement {
    /// The placement over these endpoints, as the resolver yields them.
    #[must_use]
    pub fn new(generation: Generation, endpoints: &[impl AsRef<str>]) -> Self {
        let ring = Ring::new(generation, endpoints);
        let mut addresses = Vec::new();
        let mut numbers = HashMap::new();
        let backends = ring
            .endpoints()
            .iter()
            .map(|endpoint| {
                let address = dial_address(endpoint);
                *numbers.entry(address.clone()).or_insert_with(|| {
                    addresses.push(address);
                    (addresses.len() - 1) as u32
                })
            })
            .collect();
        Self { ring, backends, addresses }
    }

    /// The ring itself.
    #[must_use]
    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// What each backend dials, by its number.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Each backend's share of all keys, by its number.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.addresses.len()];
        for (share, &backend) in self.ring.shares().into_iter().zip(&self.backends) {
            shares[backend as usize] += share;
        }
        shares
    }

    /// The backend of every leaf, as [`split`](sluice_otlp::split) takes it; [`LEFT_OUT`] for a leaf that
    /// the plugin rejected, and for all of them when there is no backend.
    ///
    /// Every distinct key is hashed once; the vector of the keys' rows is turned into the answer in place.
    #[must_use]
    pub fn buckets(&self, keys: Keys) -> Vec<u32> {
        let owners: Vec<u32> = keys
            .keys
            .offsets
            .windows(2)
            .map(|bounds| self.backend_of(&keys.keys.data[bounds[0] as usize..bounds[1] as usize]))
            .collect();
        let mut buckets = keys.of_leaf;
        for bucket in &mut buckets {
            // No key has the row number that stands for a rejected leaf.
            *bucket = owners.get(*bucket as usize).copied().unwrap_or(LEFT_OUT);
        }
        buckets
    }

    fn backend_of(&self, key: &[u8]) -> u32 {
        self.ring.locate(key).map_or(LEFT_OUT, |endpoint| self.backends[endpoint])
    }
}

#[cfg(test)]
#[path = "placement_tests.rs"]
mod tests;
