use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::yaml::MAX_BYTES;

/// Where a configuration, or a part of one, comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// An environment variable that holds YAML.
    Variable(String),
    /// A text, and the name by which findings refer to it.
    Text {
        /// The name.
        name: String,
        /// The YAML.
        text: String,
    },
    /// A few words of YAML on the command line: findings name the argument, and no line.
    Argument {
        /// The argument, without what may be secret.
        name: String,
        /// The YAML.
        text: String,
    },
    /// The Collector's feature gates, as `--feature-gates` lists them: `gate`, `+gate` or `-gate`.
    FeatureGates(Vec<String>),
}

impl Source {
    /// Reads what `--config` takes: a path, or `file:PATH`, `env:NAME` or `yaml:TEXT`.
    ///
    /// # Errors
    /// A sentence on what is wrong with it.
    pub fn parse(written: &str) -> Result<Self, String> {
        if written.is_empty() {
            return Err(
                "is empty; give a file, or `file:`, `env:` or `yaml:` and what stands there".to_owned()
            );
        }
        match written.split_once(':') {
            Some(("file", path)) => Ok(Self::File(PathBuf::from(path))),
            Some(("env", name)) => Ok(Self::Variable(name.to_owned())),
            Some(("yaml", text)) => {
                let name = text.split(": ").next().unwrap_or_default().trim();
                let is_path = name.len() < text.len()
                    && name.chars().all(|c| c.is_alphanumeric() || "_:/.-".contains(c));
                let name =
                    if is_path { format!("--config yaml:{name}") } else { "--config yaml:".to_owned() };
                Ok(Self::Argument { name, text: text.to_owned() })
            }
            Some(("http" | "https", _)) => {
                Err("Sluice fetches no configuration from the network; fetch it first, and give the file"
                    .to_owned())
            }
            Some((scheme, _)) if is_scheme(scheme) && !Path::new(written).exists() => Err(format!(
                "`{scheme}:` is none of `file:`, `env:` and `yaml:`; a file whose name has a colon is `file:{written}`"
            )),
            _ => Ok(Self::File(PathBuf::from(written))),
        }
    }

    /// Reads what `--set` takes: `processors.batch.timeout=2s`, the key's path with dots, and its value in YAML.
    ///
    /// # Errors
    /// A sentence on what is wrong with it.
    pub fn set(written: &str) -> Result<Self, String> {
        let (path, value) =
            written.split_once('=').ok_or("has no `=`; write for example `processors.batch.timeout=2s`")?;
        let (path, value) = (path.trim(), value.trim());
        if path.is_empty() {
            return Err("has no key before `=`; write for example `processors.batch.timeout=2s`".to_owned());
        }
        let text = format!("{}: {value}", path.replace('.', "::"));
        Ok(Self::Argument { name: format!("--set {path}"), text })
    }

    /// What findings call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Variable(name) => format!("env:{name}"),
            Self::Text { name, .. } | Self::Argument { name, .. } => name.clone(),
            Self::FeatureGates(_) => "--feature-gates".to_owned(),
        }
    }

    /// Whether a line in it says anything.
    pub(crate) fn has_lines(&self) -> bool {
        !matches!(self, Self::Argument { .. } | Self::FeatureGates(_))
    }

    /// Its text, if it can be had and is not too large. Feature gates have none.
    pub(crate) fn text(&self, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
        let bytes = match self {
            Self::File(path) => return read_file(path),
            Self::Variable(name) => {
                environment(name).ok_or_else(|| format!("environment variable `{name}` is not set"))?
            }
            Self::Text { text, .. } | Self::Argument { text, .. } => text.clone(),
            Self::FeatureGates(_) => String::new(),
        };
        checked(bytes.into_bytes())
    }
}

/// Reads a text file that is not too large.
pub(crate) fn read_file(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot be read: {error}"))?;
    checked(bytes)
}

fn checked(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("is larger than {} KiB, the most for a configuration", MAX_BYTES / 1024));
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("is not UTF-8: byte {} does not fit", error.utf8_error().valid_up_to()))
}

/// What the Collector takes for the scheme of a source.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
