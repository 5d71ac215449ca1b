use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use crate::yaml::MAX_BYTES;

/// Where a configuration comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// A text, and the name by which findings refer to it.
    Text {
        /// The name.
        name: String,
        /// The YAML.
        text: String,
    },
}

impl Source {
    /// What findings call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text { name, .. } => name.clone(),
        }
    }

    /// Its text, if it can be had and is not too large.
    pub(crate) fn text(&self) -> Result<String, String> {
        let bytes = match self {
            Self::Text { text, .. } => text.clone().into_bytes(),
            Self::File(path) => {
                let mut bytes = Vec::new();
                let limit = MAX_BYTES as u64 + 1;
                File::open(path)
                    .and_then(|file| file.take(limit).read_to_end(&mut bytes))
                    .map_err(|error| format!("cannot be read: {error}"))?;
                bytes
            }
        };
        if bytes.len() > MAX_BYTES {
            return Err(format!("is larger than {} KiB, the most for a configuration", MAX_BYTES / 1024));
        }
        String::from_utf8(bytes)
            .map_err(|error| format!("is not UTF-8: byte {} does not fit", error.utf8_error().valid_up_to()))
    }
}
