use super::trouble::Trouble;

/// What the trouble is at present, so that it is told of when it begins, changes and ends. Pure.
#[derive(Debug, Default)]
pub(super) struct History {
    current: Option<(u8, u16)>,
    /// Trouble that is told of when it comes again.
    doubted: Option<(u8, u16)>,
    failures: u64,
    /// The current trouble in words.
    words: Option<String>,
}

impl History {
    /// There is trouble; answers whether it is another than before.
    pub(super) fn met(&mut self, trouble: &Trouble) -> bool {
        self.failures += 1;
        let kind = Some(trouble.kind());
        if trouble.may_pass() && self.current != kind && self.doubted != kind {
            self.doubted = kind;
            return false;
        }
        self.doubted = None;
        self.words = Some(trouble.to_string());
        std::mem::replace(&mut self.current, kind) != kind
    }

    /// There is none; answers how often there was, if it has just ended.
    pub(super) fn is_over(&mut self) -> Option<u64> {
        self.doubted = None;
        self.words = None;
        self.current.take().map(|_| std::mem::take(&mut self.failures))
    }

    /// The trouble, in words.
    pub(super) fn words(&self) -> Option<&str> {
        self.words.as_deref()
    }

    /// Whether there is trouble.
    pub(super) fn is_troubled(&self) -> bool {
        self.current.is_some()
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
