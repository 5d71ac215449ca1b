use hashbrown::HashTable;

/// The number of a header that is held.
pub(crate) type HeaderId = u32;

/// In place of a header that is not there.
pub(crate) const NOTHING: HeaderId = HeaderId::MAX;

/// Bytes that a header costs beside its own.
const OVERHEAD: usize = 40;

/// Headers, of resources for example, each held once for all that stands below it, as long as there is anything.
#[derive(Debug)]
pub(crate) struct Headers {
    entries: Vec<Entry>,
    free: Vec<HeaderId>,
    by_bytes: HashTable<HeaderId>,
    hasher: foldhash::fast::RandomState,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    bytes: Box<[u8]>,
    users: u32,
    /// The header that it stands below, of another table.
    above: HeaderId,
}

impl Headers {
    pub(crate) fn new() -> Self {
        Self {
            entries: Vec::new(),
            free: Vec::new(),
            by_bytes: HashTable::new(),
            hasher: foldhash::fast::RandomState::default(),
            bytes: 0,
        }
    }

    /// The id of a header, for one more user.
    pub(crate) fn hold(&mut self, bytes: &[u8]) -> HeaderId {
        self.hold_below(NOTHING, bytes).0
    }

    /// The same for a header below one of another table; those below different ones are not equal. Answers with
    /// whether it is new: then the one above has one more user.
    pub(crate) fn hold_below(&mut self, above: HeaderId, bytes: &[u8]) -> (HeaderId, bool) {
        let hash = hash_of(&self.hasher, above, bytes);
        let is_it = |id: &HeaderId| {
            let entry = &self.entries[*id as usize];
            entry.above == above && *entry.bytes == *bytes
        };
        let found = self.by_bytes.find(hash, is_it).copied();
        let id = found.unwrap_or_else(|| self.add(above, bytes, hash));
        self.entries[id as usize].users += 1;
        (id, found.is_none())
    }

    /// One more user of a header that is held.
    pub(crate) fn hold_again(&mut self, id: HeaderId) {
        self.entries[id as usize].users += 1;
    }

    /// One user less; the last one takes the header along. Answers with the one above, where that has one user less
    /// now.
    pub(crate) fn release(&mut self, id: HeaderId) -> Option<HeaderId> {
        let entry = &mut self.entries[id as usize];
        entry.users -= 1;
        if entry.users > 0 {
            return None;
        }
        let (bytes, above) = (std::mem::take(&mut entry.bytes), entry.above);
        self.bytes -= bytes.len() + OVERHEAD;
        let hash = hash_of(&self.hasher, above, &bytes);
        if let Ok(found) = self.by_bytes.find_entry(hash, |other| *other == id) {
            found.remove();
        }
        self.free.push(id);
        (above != NOTHING).then_some(above)
    }

    /// A header that is held.
    pub(crate) fn get(&self, id: HeaderId) -> &[u8] {
        &self.entries[id as usize].bytes
    }

    /// The header that one stands below, of another table.
    pub(crate) fn above(&self, id: HeaderId) -> HeaderId {
        self.entries[id as usize].above
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_bytes.is_empty()
    }

    /// Bytes that all of them take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.by_bytes.len()
    }

    fn add(&mut self, above: HeaderId, bytes: &[u8], hash: u64) -> HeaderId {
        self.bytes += bytes.len() + OVERHEAD;
        let entry = Entry { bytes: bytes.into(), users: 0, above };
        let id = match self.free.pop() {
            Some(id) => {
                self.entries[id as usize] = entry;
                id
            }
            None => {
                self.entries.push(entry);
                self.entries.len() as HeaderId - 1
            }
        };
        let (entries, hasher) = (&self.entries, &self.hasher);
        let rehash = |id: &HeaderId| {
            let entry = &entries[*id as usize];
            hash_of(hasher, entry.above, &entry.bytes)
        };
        self.by_bytes.insert_unique(hash, id, rehash);
        id
    }
}

fn hash_of(hasher: &foldhash::fast::RandomState, above: HeaderId, bytes: &[u8]) -> u64 {
    std::hash::BuildHasher::hash_one(hasher, (above, bytes))
}

#[cfg(test)]
#[path = "intern_tests.rs"]
mod tests;
