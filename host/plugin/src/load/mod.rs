//! From bytes to a plugin that can be instantiated: wrapped, compiled or taken from the cache, checked.

mod contract;
mod wrap;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use std::{fs, io};

use blake3::Hash;
use wasmtime::component::Component;

use crate::bindings::RoutingKeyPre;
use crate::bindings::policy::PolicyPre;
use crate::cache::CacheDirectory;
use crate::engine::Runtime;
use crate::error::LoadFault;
use crate::instance::{Maker, Pre, Voice};
use crate::{Limits, Source, text};

/// What a plugin is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Says where items go.
    RoutingKey,
    /// Votes on traces.
    Policy,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::RoutingKey => "routing key",
            Self::Policy => "sampling policy",
        })
    }
}

/// A plugin that was loaded and has said who it is.
pub(crate) struct Plugin {
    pub(crate) name: Arc<str>,
    pub(crate) source: Source,
    /// Of the file's bytes, as they came.
    pub(crate) hash: Hash,
    pub(crate) kind: Kind,
    /// The version of the contract that it was built for.
    pub(crate) contract: &'static str,
    pub(crate) version: String,
    pub(crate) summary: String,
    /// Which load under this name it is, from 1.
    pub(crate) epoch: u64,
    pub(crate) maker: Maker,
}

/// What it takes to load plugins.
pub(crate) struct Loader {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) limits: Limits,
    pub(crate) cache: Option<CacheDirectory>,
}

/// What is to be loaded.
pub(crate) struct Candidate<'a> {
    pub(crate) name: Arc<str>,
    pub(crate) source: Source,
    pub(crate) bytes: &'a [u8],
    pub(crate) epoch: u64,
    pub(crate) voice: Arc<Voice>,
}

impl Loader {
    /// Loads a plugin, down to asking it who it is. Takes from microseconds (cached) to seconds.
    pub(crate) fn load(&self, candidate: Candidate<'_>) -> Result<Plugin, LoadFault> {
        let hash = blake3::hash(candidate.bytes);
        let component = self.component(&candidate.name, candidate.bytes, &hash)?;
        let kind = contract::check(&self.runtime.engine, &component)?;
        let pre = self.runtime.linker.instantiate_pre(&component).map_err(|fault| link_fault(&fault))?;
        let pre = match kind {
            Kind::RoutingKey => RoutingKeyPre::new(pre).map(Pre::RoutingKey),
            Kind::Policy => PolicyPre::new(pre).map(Pre::Policy),
        };
        let pre = pre.map_err(|fault| link_fault(&fault))?;
        let maker = Maker {
            runtime: Arc::clone(&self.runtime),
            limits: self.limits.clone(),
            pre,
            voice: candidate.voice,
        };
        let mut instance = maker.make().map_err(LoadFault::Describe)?;
        let description = maker.describe(&mut instance).map_err(LoadFault::Describe)?;
        warn_of_other_name(&candidate.name, &description.name);
        Ok(Plugin {
            name: candidate.name,
            source: candidate.source,
            hash,
            kind,
            contract: contract::SERVED,
            version: text::for_people(&description.version),
            summary: text::for_people(&description.summary),
            epoch: candidate.epoch,
            maker,
        })
    }

    /// The compiled code, from the cache where it is there.
    fn component(&self, name: &str, bytes: &[u8], hash: &Hash) -> Result<Component, LoadFault> {
        if let Some(cached) = self.cache.as_ref().and_then(|cache| cache.load(&self.runtime.engine, hash)) {
            return Ok(cached);
        }
        let started = Instant::now();
        let component = self.compile(bytes)?;
        tracing::debug!(plugin = name, milliseconds = started.elapsed().as_millis(), "compiled a plugin");
        if let Some(cache) = &self.cache {
            cache.store(&self.runtime.engine, hash, &component);
        }
        Ok(component)
    }

    /// Compilers work on whatever a stranger's file says: should one panic, that file is refused.
    fn compile(&self, bytes: &[u8]) -> Result<Component, LoadFault> {
        let compile = || {
            let component = wrap::component(bytes)?;
            Component::new(&self.runtime.engine, &component)
                .map_err(|fault| LoadFault::Compile(format!("{fault:#}")))
        };
        catch_unwind(AssertUnwindSafe(compile))
            .unwrap_or_else(|_| Err(LoadFault::Compile("the compiler failed on it".to_owned())))
    }
}

/// Reads a plugin's file, but no more of it than is allowed.
pub(crate) fn read(path: &Path, max: u64) -> Result<Vec<u8>, LoadFault> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(fs::File::open(path)?, max.saturating_add(1)), &mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|source| LoadFault::Read { path: path.to_owned(), source })?;
    if bytes.len() as u64 > max { Err(LoadFault::TooLarge { max }) } else { Ok(bytes) }
}

fn link_fault(fault: &wasmtime::Error) -> LoadFault {
    LoadFault::Export(format!("it does not fit the contract {}: {fault:#}", contract::SERVED))
}

fn warn_of_other_name(name: &str, described: &str) {
    if name != described {
        let described = text::for_people(described);
        tracing::warn!(plugin = name, described, "the plugin calls itself otherwise; its file's name counts");
    }
}
