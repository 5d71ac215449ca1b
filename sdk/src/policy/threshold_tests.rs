use super::Threshold;
use crate::policy::Randomness;

/// Shares become what the specification's own encoding says.
#[test]
fn shares_become_thresholds() {
    assert_eq!(Threshold::of_share(0.5).value(), 0x0080_0000_0000_0000);
    assert_eq!(Threshold::of_share(0.1).value(), 0x00e6_6666_6666_6666);
    assert_eq!(Threshold::of_share(0.001).value(), 0x00ff_be76_c8b4_3958);
    for all in [1.0, 2.0, f64::INFINITY] {
        assert_eq!(Threshold::of_share(all), Threshold::ALWAYS);
    }
    for none in [0.0, -1.0, f64::NAN, 1.0 / (1u64 << 57) as f64] {
        assert_eq!(Threshold::of_share(none), Threshold::NEVER);
    }
    assert_eq!(Threshold::of_share(1.0 / (1u64 << 56) as f64).value(), Threshold::NEVER.value() - 1);
}

/// The ends of both scales meet as they should.
#[test]
fn the_ends_meet() {
    let none = Randomness::default();
    assert!(Threshold::ALWAYS.admits(none) && !Threshold::NEVER.admits(Randomness::MAX));
    assert_eq!(Threshold::above(Randomness::MAX), Threshold::NEVER);
    assert!(!Threshold::above(none).admits(none) && Threshold::above(none).admits(Randomness::new(1)));
    assert_eq!(Threshold::new(u64::MAX), Threshold::NEVER);
}

/// The last seven bytes of an id are its randomness.
#[test]
fn ids_have_randomness() {
    let id = 0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10u128.to_be_bytes();
    assert_eq!(Randomness::of_trace_id(&id).value(), 0x000a_0b0c_0d0e_0f10);
    assert_eq!(Randomness::of_trace_id(&[0xff; 16]), Randomness::MAX);
}
