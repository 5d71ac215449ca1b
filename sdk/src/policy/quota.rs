//! Token buckets.

/// A token bucket that the host keeps, declared with [`Inputs::quota`](super::Inputs::quota).
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    number: u32,
}

impl Quota {
    pub(super) fn new(number: u32) -> Self {
        Self { number }
    }

    /// How many whole tokens there are now. Other shards may take them meanwhile.
    #[must_use]
    pub fn available(&self) -> u64 {
        #[cfg(target_arch = "wasm32")]
        return crate::bindings::policy::sluice::plugin::quota::available(self.number);
        #[cfg(all(not(target_arch = "wasm32"), feature = "testing"))]
        return crate::testing::buckets::available(self.number);
        #[cfg(all(not(target_arch = "wasm32"), not(feature = "testing")))]
        return nothing_of(self.number);
    }

    /// Takes so many tokens; or none, and answers false, where there are fewer.
    #[must_use]
    pub fn take(&self, amount: u64) -> bool {
        #[cfg(target_arch = "wasm32")]
        return crate::bindings::policy::sluice::plugin::quota::take(self.number, amount);
        #[cfg(all(not(target_arch = "wasm32"), feature = "testing"))]
        return crate::testing::buckets::take(self.number, amount);
        #[cfg(all(not(target_arch = "wasm32"), not(feature = "testing")))]
        return amount <= nothing_of(self.number);
    }
}

/// Natively, and without the harness, there is no host that would keep a bucket.
#[cfg(all(not(target_arch = "wasm32"), not(feature = "testing")))]
fn nothing_of(_number: u32) -> u64 {
    0
}
