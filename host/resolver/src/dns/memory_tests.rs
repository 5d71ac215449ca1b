use std::net::IpAddr;

use super::{Answer, Family, Memory, Verdict};

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn some(texts: &[&str]) -> Family {
    Family::Addresses(addresses(texts))
}

fn failed() -> Family {
    Family::Failed("SERVFAIL".to_owned())
}

fn good(texts: &[&str]) -> Verdict {
    Verdict { addresses: Some(addresses(texts)), trouble: None }
}

fn bad(trouble: &str) -> Verdict {
    Verdict { addresses: None, trouble: Some(trouble.to_owned()) }
}

/// Of every pair of answers: what is gone is gone, what failed is kept, and nothing at all changes nothing.
#[test]
fn a_family_that_failed_keeps_its_last_good_addresses() {
    let mut memory = Memory::default();
    let mut judge = |ipv4, ipv6| memory.judge(Answer { ipv4, ipv6 });

    assert_eq!(judge(failed(), Family::Nothing), bad("SERVFAIL"));
    assert_eq!(judge(Family::Nothing, Family::Nothing), bad("the name has no addresses"));
    assert_eq!(judge(some(&["10.0.0.1"]), some(&["::1"])), good(&["10.0.0.1", "::1"]));
    let half =
        Verdict { addresses: Some(addresses(&["10.0.0.1", "::2"])), trouble: Some("SERVFAIL".to_owned()) };
    assert_eq!(judge(failed(), some(&["::2"])), half);
    assert_eq!(judge(Family::Nothing, failed()), bad("SERVFAIL"));
    assert_eq!(judge(Family::Nothing, Family::Nothing), bad("the name has no addresses"));
    assert_eq!(judge(some(&["10.0.0.3"]), Family::Nothing), good(&["10.0.0.3"]));
}

/// A name server that never answers for one family is no trouble as long as the other has addresses.
#[test]
fn a_family_that_never_had_addresses_is_no_trouble() {
    let mut memory = Memory::default();
    let verdict = memory.judge(Answer { ipv4: some(&["10.0.0.1"]), ipv6: failed() });
    assert_eq!(verdict, good(&["10.0.0.1"]));
}
