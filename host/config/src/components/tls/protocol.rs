use crate::decode::{Fields, Key, Node, Read};
use crate::findings::nearest::nearest;

/// What of TLS is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsProtocol {
    /// The least version.
    pub min_version: TlsVersion,
    /// The highest version.
    pub max_version: TlsVersion,
    /// The suites of TLS 1.2; all when empty.
    pub cipher_suites: Vec<CipherSuite>,
    /// Curves for the key exchange, the preferred one first; all when empty.
    pub curve_preferences: Vec<Curve>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

/// A cipher suite of TLS 1.2: ECDHE with this signature and this cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CipherSuite {
    /// ECDSA, AES-128-GCM.
    EcdsaAes128,
    /// ECDSA, AES-256-GCM.
    EcdsaAes256,
    /// ECDSA, ChaCha20-Poly1305.
    EcdsaChaCha20,
    /// RSA, AES-128-GCM.
    RsaAes128,
    /// RSA, AES-256-GCM.
    RsaAes256,
    /// RSA, ChaCha20-Poly1305.
    RsaChaCha20,
}

/// A curve for the key exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// Curve25519.
    X25519,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
}

/// The names of the Collector, which are those of Go.
const SUITES: [(&str, CipherSuite); 6] = [
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", CipherSuite::EcdsaAes128),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", CipherSuite::EcdsaAes256),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", CipherSuite::EcdsaChaCha20),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", CipherSuite::RsaAes128),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", CipherSuite::RsaAes256),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", CipherSuite::RsaChaCha20),
];

/// As in Go, these are always spoken when TLS 1.3 is, and naming them changes nothing.
const SUITES_OF_1_3: [&str; 3] =
    ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

const CURVES: [(&str, Curve); 3] = [("X25519", Curve::X25519), ("P256", Curve::P256), ("P384", Curve::P384)];

/// Curves of the Collector that our TLS library has not.
const OTHER_CURVES: [&str; 2] = ["P521", "X25519MLKEM768"];

pub(super) const MIN_KEY: Key = Key::new("min_version", "`1.2` or `1.3`", "\"1.2\"", "the least version");
pub(super) const MAX_KEY: Key =
    Key::new("max_version", "`1.2` or `1.3`", "(the highest)", "the highest version");
pub(super) const SUITES_KEY: Key = Key::new("cipher_suites", "list of names", "[]", "of TLS 1.2; none: all");
pub(super) const CURVES_KEY: Key =
    Key::new("curve_preferences", "`X25519`, `P256`, `P384`", "[]", "for the key exchange; none: all");

impl Default for TlsProtocol {
    fn default() -> Self {
        Self {
            min_version: TlsVersion::V1_2,
            max_version: TlsVersion::V1_3,
            cipher_suites: Vec::new(),
            curve_preferences: Vec::new(),
        }
    }
}

impl TlsProtocol {
    pub(super) fn fill(&mut self, fields: &Fields<'_>) {
        if let Some(node) = fields.get("min_version") {
            match version(node) {
                Some(Some(version)) => self.min_version = version,
                Some(None) => node.warning("TLS 1.0 and 1.1 are not spoken; the least is 1.2"),
                None => {}
            }
        }
        if let Some(node) = fields.get("max_version") {
            match version(node) {
                Some(Some(version)) => self.max_version = version,
                Some(None) => node.error("TLS 1.0 and 1.1 are not spoken; 1.2 is the least"),
                None => {}
            }
        }
        if self.min_version > self.max_version {
            fields.error("min_version", "is higher than max_version");
        }
        if let Some(node) = fields.get("cipher_suites") {
            self.cipher_suites = node.items().iter().filter_map(suite).collect();
            self.check_suites(node);
        }
        if let Some(node) = fields.get("curve_preferences") {
            self.curve_preferences = node.items().iter().filter_map(curve).collect();
        }
    }

    fn check_suites(&self, node: &Node<'_>) {
        let given = node.items();
        let is_of_1_3 = |item: &Node<'_>| item.as_text().is_some_and(|name| SUITES_OF_1_3.contains(&name));
        if given.is_empty() {
            return;
        }
        if self.min_version == TlsVersion::V1_3 {
            node.warning("changes nothing: with TLS 1.3 alone, its suites cannot be chosen");
        } else if given.iter().all(is_of_1_3) {
            node.error(
                "has none of TLS 1.2, whose suites alone can be chosen; for TLS 1.3 alone write `min_version: \"1.3\"`",
            );
        }
    }
}

/// `Some(None)`: a version that there is, and that is not spoken.
fn version(node: &Node<'_>) -> Option<Option<TlsVersion>> {
    let mut written = String::new();
    written.read(node);
    match written.as_str() {
        // Nothing, or something that is noted already.
        "" => None,
        "1.0" | "1.1" => Some(None),
        "1.2" => Some(Some(TlsVersion::V1_2)),
        "1.3" => Some(Some(TlsVersion::V1_3)),
        other => {
            let known = ["1.2", "1.3"];
            node.error_with(format!("`{other}` is none of: {}", known.join(", ")), nearest(other, known));
            None
        }
    }
}

fn suite(node: &Node<'_>) -> Option<CipherSuite> {
    let name = word(node)?;
    if let Some((_, suite)) = SUITES.iter().find(|(known, _)| *known == name) {
        return Some(*suite);
    }
    if SUITES_OF_1_3.contains(&name.as_str()) {
        return None;
    }
    if name.starts_with("TLS_") && ["_CBC_", "_RC4_", "TLS_RSA_"].iter().any(|weak| name.contains(weak)) {
        node.error(format!("`{name}` is not served: no CBC, no RC4, and nothing without forward secrecy"));
        return None;
    }
    let known = SUITES.iter().map(|(known, _)| *known).chain(SUITES_OF_1_3);
    node.error_with(format!("unknown cipher suite `{name}`"), nearest(&name, known));
    None
}

fn curve(node: &Node<'_>) -> Option<Curve> {
    let name = word(node)?;
    if let Some((_, curve)) = CURVES.iter().find(|(known, _)| *known == name) {
        return Some(*curve);
    }
    let served = CURVES.map(|(known, _)| known);
    let list = served.join(", ");
    if OTHER_CURVES.contains(&name.as_str()) {
        node.error(format!("`{name}` is not served; served are: {list}"));
    } else {
        node.error_with(format!("`{name}` is none of: {list}"), nearest(&name, served));
    }
    None
}

fn word(node: &Node<'_>) -> Option<String> {
    let mut word = None;
    word.read(node);
    word
}
