//! Certificates made for a test: an authority, and what it signs.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, SanType,
};

/// A certificate authority.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
#[derive(Clone, Debug)]
pub struct Certified {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Authority {
    /// A new one, called `name`.
    ///
    /// # Panics
    /// When rcgen fails.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.distinguished_name = called(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        Self { issuer: CertifiedIssuer::self_signed(params, key).expect("a certificate") }
    }

    /// Its own certificate, in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for servers and clients called `name`, which may be an address, and for 127.0.0.1.
    ///
    /// # Panics
    /// When rcgen fails.
    #[must_use]
    pub fn sign(&self, name: &str) -> Certified {
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        self.signed(name, SystemTime::now() - DAY, SystemTime::now() + year)
    }

    /// The same, but expired a day ago.
    ///
    /// # Panics
    /// When rcgen fails.
    #[must_use]
    pub fn sign_expired(&self, name: &str) -> Certified {
        self.signed(name, SystemTime::now() - 2 * DAY, SystemTime::now() - DAY)
    }

    /// The same, but good for `left` from now on.
    ///
    /// # Panics
    /// When rcgen fails.
    #[must_use]
    pub fn sign_for(&self, name: &str, left: Duration) -> Certified {
        self.signed(name, SystemTime::now() - DAY, SystemTime::now() + left)
    }

    fn signed(&self, name: &str, not_before: SystemTime, not_after: SystemTime) -> Certified {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.distinguished_name = called(name);
        params.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.not_before = not_before.into();
        params.not_after = not_after.into();
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Certified { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Certified {
    /// Writes both into `folder` as `NAME.pem` and `NAME.key.pem`, in place of what is there.
    ///
    /// # Panics
    /// When the files cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        (
            write(folder, &format!("{name}.pem"), &self.certificate),
            write(folder, &format!("{name}.key.pem"), &self.key),
        )
    }
}

/// Writes a file as a whole: nobody sees half of it.
///
/// # Panics
/// When it cannot be written.
pub fn write(folder: &Path, name: &str, content: &str) -> PathBuf {
    let (path, new) = (folder.join(name), folder.join(format!("{name}.new")));
    std::fs::write(&new, content).expect("a file");
    std::fs::rename(&new, &path).expect("a file");
    path
}

fn called(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}
