use hashbrown::HashTable;

/// The number of a header that is held.
pub(crate) type HeaderId = u32;

/// Bytes that a header costs beside its own.
const OVERHEAD: usize = 40;

/// Headers of resources and scopes, each held once for all spans below it, as long as there are any.
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
        let hash = self.hash(bytes);
        let found = self.by_bytes.find(hash, |id| *self.entries[*id as usize].bytes == *bytes).copied();
        let id = found.unwrap_or_else(|| self.add(bytes, hash));
        self.entries[id as usize].users += 1;
        id
    }

    /// One more user of a header that is held.
    pub(crate) fn hold_again(&mut self, id: HeaderId) {
        self.entries[id as usize].users += 1;
    }

    /// One user less; the last one takes the header along.
    pub(crate) fn release(&mut self, id: HeaderId) {
        let entry = &mut self.entries[id as usize];
        entry.users -= 1;
        if entry.users > 0 {
            return;
        }
        let bytes = std::mem::take(&mut entry.bytes);
        self.bytes -= bytes.len() + OVERHEAD;
        if let Ok(found) = self.by_bytes.find_entry(self.hash(&bytes), |other| *other == id) {
            found.remove();
        }
        self.free.push(id);
    }

    /// A header that is held.
    pub(crate) fn get(&self, id: HeaderId) -> &[u8] {
        &self.entries[id as usize].bytes
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

    fn add(&mut self, bytes: &[u8], hash: u64) -> HeaderId {
        self.bytes += bytes.len() + OVERHEAD;
        let entry = Entry { bytes: bytes.into(), users: 0 };
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
        self.by_bytes.insert_unique(hash, id, |id| hash_of(hasher, &entries[*id as usize].bytes));
        id
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        hash_of(&self.hasher, bytes)
    }
}

fn hash_of(hasher: &foldhash::fast::RandomState, bytes: &[u8]) -> u64 {
    std::hash::BuildHasher::hash_one(hasher, bytes)
}

#[cfg(test)]
#[path = "intern_tests.rs"]
mod tests;
