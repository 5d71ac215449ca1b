use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sluice_tests::certificates::Authority;

use super::{DAY, Expiry, expiries, now};

fn chain(days: u64) -> Vec<CertificateDer<'static>> {
    let left = Duration::from_secs(days * 24 * 60 * 60 + 3_600);
    let certified = Authority::new("authority").sign_for("server.test", left);
    vec![CertificateDer::from_pem_slice(certified.certificate.as_bytes()).unwrap()]
}

/// Each stage is told once, however often it is looked at; a new certificate begins anew.
#[test]
fn each_stage_is_told_once() {
    let expiry = Expiry::watch("stages");
    expiry.renew(&chain(90));
    let now = now();
    let told = |days: i64| expiry.look(now + days * DAY);
    assert!(!told(0) && !told(59));
    assert!(told(61), "a month before");
    assert!(!told(62) && !told(80));
    assert!(told(84), "a week before");
    assert!(!told(85));
    assert!(told(91), "at its end");
    assert!(!told(100));
    expiry.renew(&chain(120));
    assert!(!told(1));
    assert!(told(100));
}

/// What is told of a chain is what of it expires first; who is gone is not listed.
#[test]
fn the_first_to_expire_counts() {
    let expiry = Expiry::watch("chain");
    assert!(!expiries().contains_key("chain"), "nothing is loaded yet");
    expiry.renew(&[chain(90), chain(20), chain(50)].concat());
    let days = (expiries()["chain"] - now()) / DAY;
    assert_eq!(days, 20);
    let other = Expiry::watch("chain");
    other.renew(&chain(5));
    assert_eq!((expiries()["chain"] - now()) / DAY, 5);
    drop((expiry, other));
    assert!(!expiries().contains_key("chain"));
}

/// What cannot be read is never told of, and is no reason to fail.
#[test]
fn noise_is_no_certificate() {
    let expiry = Expiry::watch("noise");
    expiry.renew(&[CertificateDer::from(&b"noise"[..])]);
    assert!(!expiry.look(now() + 1_000_000 * DAY));
    assert!(!expiries().contains_key("noise"));
}
