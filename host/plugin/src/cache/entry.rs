use std::hash::{Hash as _, Hasher};

use blake3::Hash;
use wasmtime::Engine;

use super::directory::Key;

/// The length of the MAC that begins an entry.
const MAC: usize = blake3::OUT_LEN;

/// What an entry is of: a plugin's bytes, and all that decides how they are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    source: Hash,
    compiler: Hash,
}

impl Identity {
    pub(super) fn new(engine: &Engine, source: &Hash) -> Self {
        let mut compiler = Blake3Hasher(blake3::Hasher::new());
        engine.precompile_compatibility_hash().hash(&mut compiler);
        // Wrapping and the layout of entries are ours.
        env!("CARGO_PKG_VERSION").hash(&mut compiler);
        Self { source: *source, compiler: compiler.0.finalize() }
    }

    pub(super) fn file_name(&self) -> String {
        format!("{}-{}.cwasm", &self.source.to_hex()[..32], &self.compiler.to_hex()[..32])
    }
}

/// Feeds `Hash` into a hash function that an adversary cannot collide.
struct Blake3Hasher(blake3::Hasher);

impl Hasher for Blake3Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.finalize();
        digest.as_bytes().iter().take(8).fold(0, |all, &byte| all << 8 | u64::from(byte))
    }
}

/// Makes and checks entries: MAC, then code. The MAC covers the identity, so that one entry cannot
/// stand in for another.
#[derive(Debug)]
pub(super) struct Sealer {
    key: Key,
}

/// Compiled code whose MAC was checked: we ourselves wrote these bytes, for this very identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Authentic<'a> {
    code: &'a [u8],
}

impl<'a> Authentic<'a> {
    pub(super) fn code(self) -> &'a [u8] {
        self.code
    }
}

impl Sealer {
    pub(super) fn new(key: Key) -> Self {
        Self { key }
    }

    pub(super) fn seal(&self, identity: &Identity, code: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(MAC + code.len());
        sealed.extend_from_slice(self.mac(identity, code).as_bytes());
        sealed.extend_from_slice(code);
        sealed
    }

    pub(super) fn open<'a>(&self, identity: &Identity, sealed: &'a [u8]) -> Option<Authentic<'a>> {
        let (mac, code) = sealed.split_first_chunk::<MAC>()?;
        // `Hash` compares in constant time.
        (self.mac(identity, code) == Hash::from_bytes(*mac)).then_some(Authentic { code })
    }

    fn mac(&self, identity: &Identity, code: &[u8]) -> Hash {
        let mut mac = blake3::Hasher::new_keyed(&self.key);
        mac.update(identity.source.as_bytes()).update(identity.compiler.as_bytes()).update(code);
        mac.finalize()
    }
}
