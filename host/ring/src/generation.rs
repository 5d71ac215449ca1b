use std::fmt;
use std::str::FromStr;

/// Which ring to build: a version of the Collector's, or Sluice's own. All members of a tier must use the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Generation {
    /// Contrib up to about v0.130: 36,000 slots, 100 points an endpoint, a taken slot loses the point.
    One,
    /// Contrib from about v0.131: 36,000 slots, 100 points an endpoint, linear probing.
    Two,
    /// The current one (contrib #49585): 131,071 slots, 200 points an endpoint, placed in the order of
    /// their hashes.
    #[default]
    Three,
    /// Sluice's own, by rendezvous hashing: every endpoint has the same share of keys. Collectors do not know it.
    Balanced,
}

/// A word that names no ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownGeneration(String);

impl fmt::Display for UnknownGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no ring {:?}: it is 3 (the Collector's current one), 2, 1 or balanced", self.0)
    }
}

impl std::error::Error for UnknownGeneration {}

impl FromStr for Generation {
    type Err = UnknownGeneration;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1" => Ok(Self::One),
            "2" => Ok(Self::Two),
            "3" => Ok(Self::Three),
            "balanced" => Ok(Self::Balanced),
            _ => Err(UnknownGeneration(text.to_owned())),
        }
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
            Self::Balanced => "balanced",
        })
    }
}
