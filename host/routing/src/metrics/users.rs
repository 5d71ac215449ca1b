use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How often each name is in use, so that what is kept for it goes with its last user.
#[derive(Debug, Default)]
pub(super) struct Users {
    counts: Mutex<HashMap<String, usize>>,
}

impl Users {
    /// One more uses the name.
    pub(super) fn enter(&self, name: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(name.to_owned()).or_default() += 1;
    }

    /// One less does; answers whether it was the last.
    pub(super) fn leave(&self, name: &str) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = counts.get_mut(name) else { return false };
        *count -= 1;
        if *count == 0 {
            counts.remove(name);
            return true;
        }
        false
    }
}
