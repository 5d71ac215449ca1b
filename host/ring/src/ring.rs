use crate::Generation;
use crate::placing::{Shape, count_listed};
use crate::points::Points;
use crate::rendezvous::Rendezvous;

/// Which endpoint has which key. Immutable: another list of endpoints is another ring.
#[derive(Clone, Debug)]
pub struct Ring {
    endpoints: Vec<String>,
    owners: Owners,
}

/// How a key finds its endpoint.
#[derive(Clone, Debug)]
enum Owners {
    /// On one of the Collector's rings.
    Points { shape: Shape, points: Points },
    /// On Sluice's own.
    Scores(Rendezvous),
}

impl Ring {
    /// The ring of these endpoints.
    ///
    /// Their texts are hashed exactly as they are: `host` and `host:4317` make different rings. Their
    /// order does not matter. One that is listed twice gets double the points, as with the Collector, but
    /// hardly more keys: each second point stands right behind the first.
    /// On the balanced ring it counts once.
    #[must_use]
    pub fn new(generation: Generation, endpoints: &[impl AsRef<str>]) -> Self {
        if let Some(shape) = Shape::of(generation) {
            return Self::with_shape(shape, endpoints);
        }
        let (distinct, _) = count_listed(endpoints);
        Self { owners: Owners::Scores(Rendezvous::new(&distinct)), endpoints: distinct }
    }

    pub(crate) fn with_shape(shape: Shape, endpoints: &[impl AsRef<str>]) -> Self {
        let (distinct, listed) = count_listed(endpoints);
        let points = Points::new(&shape.place(&distinct, &listed));
        Self { owners: Owners::Points { shape, points }, endpoints: distinct }
    }

    /// The endpoint that has `key`, as a position in [`endpoints`](Self::endpoints). `None` when the ring
    /// is empty.
    #[inline]
    #[must_use]
    pub fn locate(&self, key: &[u8]) -> Option<usize> {
        let endpoint = match &self.owners {
            Owners::Points { shape, points } => points.owner(slot(*shape, key)),
            Owners::Scores(scores) => scores.owner(key),
        };
        endpoint.map(|endpoint| endpoint as usize)
    }

    /// The slot that `key` falls on: its CRC-32 (IEEE) modulo the number of slots. `None` for the balanced ring,
    /// which has none.
    #[must_use]
    pub fn position(&self, key: &[u8]) -> Option<u32> {
        match &self.owners {
            Owners::Points { shape, .. } => Some(slot(*shape, key)),
            Owners::Scores(_) => None,
        }
    }

    /// The distinct endpoints, in the order in which they were first listed.
    #[must_use]
    pub fn endpoints(&self) -> &[String] {
        &self.endpoints
    }

    /// Whether there is nobody to have a key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.endpoints.is_empty()
    }

    /// Slot and endpoint of every point, in ascending order of slots; none for the balanced ring.
    pub fn items(&self) -> impl Iterator<Item = (u32, &str)> {
        let points = match &self.owners {
            Owners::Points { points, .. } => Some(points),
            Owners::Scores(_) => None,
        };
        let items = points.into_iter().flat_map(Points::iter);
        items.map(|(slot, endpoint)| (slot, self.endpoints[endpoint as usize].as_str()))
    }

    /// The share of all keys that each endpoint has, in the order of [`endpoints`](Self::endpoints). They add up to 1,
    /// unless the ring is empty.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        let count = self.endpoints.len();
        match &self.owners {
            Owners::Points { shape, points } => points.shares(shape.slots, count),
            Owners::Scores(_) => vec![1.0 / count as f64; count],
        }
    }

    /// A number that is the same for equal rings, on any machine and in any release: what operators
    /// compare to see whether all of a tier agree.
    ///
    /// It is FNV-1a (64 bits), all integers little endian: over the number of slots, then slot and FNV-1a of the
    /// endpoint's text for every point in order; for the balanced ring over the XXH64 of the endpoints' texts, in
    /// the order of these.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let (shape, points) = match &self.owners {
            Owners::Points { shape, points } => (shape, points),
            Owners::Scores(scores) => {
                let seeds = scores.seeds().iter();
                return seeds.fold(FNV_OFFSET, |hash, seed| fnv1a(hash, &seed.to_le_bytes()));
            }
        };
        let texts: Vec<u64> = self.endpoints.iter().map(|text| fnv1a(FNV_OFFSET, text.as_bytes())).collect();
        let start = fnv1a(FNV_OFFSET, &shape.slots.to_le_bytes());
        points.iter().fold(start, |hash, (slot, endpoint)| {
            let hash = fnv1a(hash, &slot.to_le_bytes());
            fnv1a(hash, &texts[endpoint as usize].to_le_bytes())
        })
    }
}

/// The slot that `key` falls on.
#[inline]
fn slot(shape: Shape, key: &[u8]) -> u32 {
    shape.slot(crc32fast::hash(key))
}

/// Rings are equal when they put every key at the same endpoint.
impl PartialEq for Ring {
    fn eq(&self, other: &Self) -> bool {
        match (&self.owners, &other.owners) {
            (Owners::Points { shape, .. }, Owners::Points { shape: others, .. }) => {
                shape.slots == others.slots && self.items().eq(other.items())
            }
            (Owners::Scores(scores), Owners::Scores(others)) => scores.seeds() == others.seeds(),
            _ => false,
        }
    }
}

impl Eq for Ring {}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

fn fnv1a(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME))
}
