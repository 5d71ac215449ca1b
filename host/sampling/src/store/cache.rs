use std::time::Duration;

/// Ids that share a set, from the one used last.
const WAYS: usize = 16;

/// What is remembered of a decided trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// The policy that decided, by number; [`Remembered::NOBODY`] for none.
    pub(crate) policy: u8,
    /// The threshold that its spans got: 56 bits.
    pub(crate) threshold: u64,
    /// When it was decided: the last 16 bits of the sampler's clock in seconds.
    pub(crate) second: u16,
}

impl Remembered {
    /// In place of a policy.
    pub(crate) const NOBODY: u8 = u8::MAX;

    /// A decision that is nobody's.
    pub(crate) fn nobodys(now: Duration) -> Self {
        Self { policy: Self::NOBODY, threshold: 0, second: second(now) }
    }

    /// How long ago it was decided, in whole seconds as the Collector says it, up to 18 hours.
    pub(crate) fn age(self, now: Duration) -> Duration {
        Duration::from_secs(second(now).wrapping_sub(self.second).into())
    }
}

/// The last 16 bits of a moment in seconds.
pub(crate) fn second(moment: Duration) -> u16 {
    moment.as_secs() as u16
}

/// Decisions by trace id, all 16 bytes of it: the least recently used give way.
///
/// Set-associative, like a processor's cache: an id belongs into one set of 16, ordered by use. It takes 32 bytes an
/// id (26, and 22.5 % more places than ids) and no pointer. Sets fill unevenly: of as many ids as it is for, some 3.5 %
/// give way early.
#[derive(Debug)]
pub(crate) struct DecisionCache {
    /// `WAYS` places a set; the free ones behind the others.
    places: Vec<Place>,
    used: Vec<u8>,
    ways: usize,
    /// Not the fast one: with ids in sequence its upper bits, which choose the set, fill sets unevenly.
    hasher: foldhash::quality::SeedableRandomState,
}

/// Bytes only, so that nothing is lost to alignment.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    id: [u8; 16],
    /// The policy in the upper 8 bits, the threshold below.
    what: [u8; 8],
    second: [u8; 2],
}

impl Place {
    fn new(id: [u8; 16], remembered: Remembered) -> Self {
        let what = u64::from(remembered.policy) << 56 | remembered.threshold & ((1 << 56) - 1);
        Self { id, what: what.to_le_bytes(), second: remembered.second.to_le_bytes() }
    }

    fn remembered(self) -> Remembered {
        let what = u64::from_le_bytes(self.what);
        Remembered {
            policy: (what >> 56) as u8,
            threshold: what & ((1 << 56) - 1),
            second: u16::from_le_bytes(self.second),
        }
    }
}

impl DecisionCache {
    /// For so many ids; 0: it remembers none.
    pub(crate) fn new(ids: usize) -> Self {
        let ways = ids.min(WAYS);
        // A single set is exact.
        let sets = if ids <= WAYS { usize::from(ids > 0) } else { (ids + ids / 40 * 9).div_ceil(WAYS) };
        Self {
            // Zeroed pages come from the system when they are first touched.
            places: vec![Place::default(); sets * ways],
            used: vec![0; sets],
            ways,
            hasher: foldhash::quality::SeedableRandomState::random(),
        }
    }

    /// The same ids give way whenever the same happens, as long as nothing is remembered yet.
    pub(crate) fn without_chance(self) -> Self {
        Self { hasher: foldhash::quality::SeedableRandomState::fixed(), ..self }
    }

    /// Remembers a decision, as the one used last.
    pub(crate) fn put(&mut self, id: [u8; 16], remembered: Remembered) {
        let Some(set) = self.set(&id) else { return };
        let (places, used) = self.places(set);
        let position = places[..usize::from(*used)].iter().position(|place| place.id == id);
        let last = position.unwrap_or_else(|| {
            *used = (usize::from(*used) + 1).min(places.len()) as u8;
            usize::from(*used) - 1
        });
        places[..=last].rotate_right(1);
        places[0] = Place::new(id, remembered);
    }

    /// What is remembered of a trace, which is now the one used last.
    pub(crate) fn get(&mut self, id: &[u8; 16]) -> Option<Remembered> {
        let set = self.set(id)?;
        let (places, used) = self.places(set);
        let position = places[..usize::from(*used)].iter().position(|place| place.id == *id)?;
        places[..=position].rotate_right(1);
        Some(places[0].remembered())
    }

    fn set(&self, id: &[u8; 16]) -> Option<usize> {
        let sets = self.used.len();
        let hash = std::hash::BuildHasher::hash_one(&self.hasher, u128::from_ne_bytes(*id));
        // The upper half of the product is uniform over the sets.
        (sets > 0).then(|| ((u128::from(hash) * sets as u128) >> 64) as usize)
    }

    fn places(&mut self, set: usize) -> (&mut [Place], &mut u8) {
        (&mut self.places[set * self.ways..(set + 1) * self.ways], &mut self.used[set])
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
