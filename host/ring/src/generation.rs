use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which version of the Collector's ring to build. All members of a tier must use the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Generation {
    /// Contrib up to about v0.130: 36,000 slots, 100 points an endpoint, a taken slot loses the point.
    One,
    /// Contrib from about v0.131: 36,000 slots, 100 points an endpoint, linear probing.
    Two,
    /// The current one (contrib #49585): 131,071 slots, 200 points an endpoint, placed in the order of
    /// their hashes.
    #[default]
    Three,
}

/// A number that names no generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownGeneration(String);

impl fmt::Display for UnknownGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no ring generation {:?}: it is 3 (the Collector's current one), 2 or 1", self.0)
    }
}

impl std::error::Error for UnknownGeneration {}

impl TryFrom<u8> for Generation {
    type Error = UnknownGeneration;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            _ => Err(UnknownGeneration(number.to_string())),
        }
    }
}

impl From<Generation> for u8 {
    fn from(generation: Generation) -> Self {
        match generation {
            Generation::One => 1,
            Generation::Two => 2,
            Generation::Three => 3,
        }
    }
}

impl FromStr for Generation {
    type Err = UnknownGeneration;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.parse::<u8>().map_err(|_| UnknownGeneration(text.to_owned()))?;
        Self::try_from(number)
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        u8::from(*self).fmt(f)
    }
}
