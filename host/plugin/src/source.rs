use std::fmt;
use std::path::PathBuf;

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// Where a plugin comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Out of the binary.
    Embedded,
    /// A file in a plugin directory.
    File(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => f.write_str("embedded"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// The plugins that the binary brings along: name and bytes.
pub(crate) fn built_ins() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    BUILT_IN.iter().copied()
}

/// The bytes of one of them.
pub(crate) fn built_in(name: &str) -> Option<&'static [u8]> {
    built_ins().find(|(known, _)| *known == name).map(|(_, bytes)| bytes)
}
