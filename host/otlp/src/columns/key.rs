/// The key of an attribute that is wanted, prepared for comparing.
///
/// Keys of one vocabulary share their beginnings (`http.request.method`, `http.request.size`), so that
/// length and last bytes tell them apart faster than a comparison from the front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    text: Box<[u8]>,
    tail: u64,
}

impl Key {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.as_bytes().into(), tail: tail(text.as_bytes()) }
    }

    /// Whether this is `key`, whose [`tail`] is `tail`.
    #[inline]
    pub(super) fn is(&self, key: &[u8], tail: u64) -> bool {
        self.text.len() == key.len() && self.tail == tail && (key.len() <= 8 || *self.text == *key)
    }
}

/// The last eight bytes of a key, or all of a shorter one.
#[inline]
pub(super) fn tail(key: &[u8]) -> u64 {
    match key.last_chunk() {
        Some(last) => u64::from_le_bytes(*last),
        None => key.iter().fold(0, |tail, byte| tail << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
