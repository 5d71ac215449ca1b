use super::*;

/// Guarantees: there is something to check with, whatever the scanner learns to refuse.
#[test]
fn samples_are_well_formed() {
    for signal in Signal::ALL {
        assert_eq!(payload(signal).map(|payload| payload.items()), Some(3), "{signal}");
    }
}
