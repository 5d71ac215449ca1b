//! Which shard a trace belongs to.

/// The shard of a trace id, as contrib's tailsamplingprocessor places it, so that both can be compared.
///
/// splitmix64's finalizer over the xor of the id's halves, read as little-endian numbers.
#[inline]
pub(crate) fn shard_of(id: &[u8; 16], shards: usize) -> usize {
    (mix(id) % shards.max(1) as u64) as usize
}

#[inline]
fn mix(id: &[u8; 16]) -> u64 {
    let id = u128::from_le_bytes(*id);
    let mut mixed = (id as u64) ^ ((id >> 64) as u64);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
