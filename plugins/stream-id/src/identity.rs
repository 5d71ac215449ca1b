//! The running identity of a resource, scope, metric or stream: FNV-1a, 64 bits.

use std::fmt;

use sluice_sdk::Attributes;

use crate::map_hash::MapHasher;

/// FNV's offset basis and prime for 64 bits. Source: the IETF draft of FNV, section 5.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The types of metrics whose points only ever grow: histogram and exponential histogram.
const ALWAYS_MONOTONIC: [u8; 2] = [3, 4];

/// An identity that can be gone on with: that of a scope begins with that of its resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity(u64);

impl Default for Identity {
    fn default() -> Self {
        Self(OFFSET)
    }
}

impl Identity {
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(PRIME)))
    }

    pub(crate) fn text(self, text: Option<&[u8]>) -> Self {
        self.bytes(text.unwrap_or_default())
    }

    pub(crate) fn map(self, hasher: &mut MapHasher, map: Option<Attributes<'_>>) -> Self {
        self.bytes(&map.map_or([0; 16], |map| hasher.hash(map)))
    }
}

impl fmt::LowerHex for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.0, f)
    }
}

/// What the identity takes for monotonic: a sum's own word, and every histogram.
pub(crate) fn monotonic(metric_type: u8, flag: u8) -> u8 {
    if ALWAYS_MONOTONIC.contains(&metric_type) { 1 } else { flag }
}
