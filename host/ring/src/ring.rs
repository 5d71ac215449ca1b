use crate::Generation;
use crate::placing::{Shape, count_listed};
use crate::points::Points;

/// Which endpoint has which key. Immutable: another list of endpoints is another ring.
#[derive(Clone, Debug)]
pub struct Ring {
    shape: Shape,
    endpoints: Vec<String>,
    points: Points,
}

impl Ring {
    /// The ring of these endpoints.
    ///
    /// Their texts are hashed exactly as they are: `host` and `host:4317` make different rings. Their
    /// order does not matter. One that is listed twice gets double the points, as with the Collector, but
    /// hardly more keys: each second point stands right behind the first.
    #[must_use]
    pub fn new(generation: Generation, endpoints: &[impl AsRef<str>]) -> Self {
        Self::with_shape(Shape::of(generation), endpoints)
    }

    pub(crate) fn with_shape(shape: Shape, endpoints: &[impl AsRef<str>]) -> Self {
        let (distinct, listed) = count_listed(endpoints);
        let points = Points::new(&shape.place(&distinct, &listed));
        Self { shape, endpoints: distinct, points }
    }

    /// The endpoint that has `key`, as a position in [`endpoints`](Self::endpoints). `None` when the ring
    /// is empty.
    #[inline]
    #[must_use]
    pub fn locate(&self, key: &[u8]) -> Option<usize> {
        self.points.owner(self.position(key)).map(|endpoint| endpoint as usize)
    }

    /// The slot that `key` falls on: its CRC-32 (IEEE) modulo the number of slots.
    #[inline]
    #[must_use]
    pub fn position(&self, key: &[u8]) -> u32 {
        self.shape.slot(crc32fast::hash(key))
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

    /// Slot and endpoint of every point, in ascending order of slots.
    pub fn items(&self) -> impl Iterator<Item = (u32, &str)> {
        self.points.iter().map(|(slot, endpoint)| (slot, self.endpoints[endpoint as usize].as_str()))
    }

    /// The share of all slots whose keys each endpoint has, in the order of
    /// [`endpoints`](Self::endpoints). They add up to 1, unless the ring is empty.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        let mut slots = vec![0_u32; self.endpoints.len()];
        let wrapped = self.points.iter().last().map_or(0, |(last, _)| self.shape.slots - 1 - last);
        let mut next = 0;
        for (slot, endpoint) in self.points.iter() {
            slots[endpoint as usize] += slot + 1 - next;
            next = slot + 1;
        }
        if let Some((_, first)) = self.points.iter().next() {
            slots[first as usize] += wrapped;
        }
        slots.into_iter().map(|slots| f64::from(slots) / f64::from(self.shape.slots)).collect()
    }

    /// A number that is the same for equal rings, on any machine and in any release: what operators
    /// compare to see whether all of a tier agree.
    ///
    /// It is FNV-1a (64 bits) over the number of slots, then slot and FNV-1a of the endpoint's text for
    /// every point in order, all integers little endian.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let texts: Vec<u64> = self.endpoints.iter().map(|text| fnv1a(FNV_OFFSET, text.as_bytes())).collect();
        let start = fnv1a(FNV_OFFSET, &self.shape.slots.to_le_bytes());
        self.points.iter().fold(start, |hash, (slot, endpoint)| {
            let hash = fnv1a(hash, &slot.to_le_bytes());
            fnv1a(hash, &texts[endpoint as usize].to_le_bytes())
        })
    }
}

/// Rings are equal when they put every key at the same endpoint.
impl PartialEq for Ring {
    fn eq(&self, other: &Self) -> bool {
        self.shape.slots == other.shape.slots && self.items().eq(other.items())
    }
}

impl Eq for Ring {}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

fn fnv1a(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME))
}
