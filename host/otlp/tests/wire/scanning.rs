use proptest::collection::vec;
use proptest::prelude::*;

use crate::cases;
use crate::checks::{Source, check_scan, signal, unusual, valid};

proptest! {
    #![proptest_config(cases(2000))]

    /// A scan accepts what a generated encoder writes, and finds the leaves and ids that a decoder finds.
    #[test]
    fn a_valid_request_is_accepted(kind in 0..3_u8, decisions in vec(any::<u8>(), 0..1500)) {
        let body = valid(signal(kind), &mut Source::new(&decisions));
        prop_assert!(sluice_otlp::Index::scan(signal(kind), &body).is_ok());
        check_scan(signal(kind), &body);
    }

    /// Unknown fields and repeated ones change nothing about that.
    #[test]
    fn an_unusual_request_is_accepted(kind in 0..3_u8, decisions in vec(any::<u8>(), 0..1500)) {
        let body = unusual(signal(kind), &mut Source::new(&decisions));
        prop_assert!(sluice_otlp::Index::scan(signal(kind), &body).is_ok());
        check_scan(signal(kind), &body);
    }

    /// A damaged request is refused where a decoder refuses it, and only there.
    #[test]
    fn a_damaged_request_is_judged_as_by_a_decoder(
        kind in 0..3_u8,
        decisions in vec(any::<u8>(), 0..600),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut body = unusual(signal(kind), &mut Source::new(&decisions));
        for (place, byte) in damage {
            if let Some(place) = body.len().checked_sub(1).map(|last| place.index(last + 1)) {
                body[place] = byte;
            }
        }
        check_scan(signal(kind), &body);
    }

    /// A request that was cut off is judged as by a decoder: it is whole only where a resource ends.
    #[test]
    fn a_truncated_request_is_judged_as_by_a_decoder(
        kind in 0..3_u8,
        decisions in vec(any::<u8>(), 0..300),
        end in any::<prop::sample::Index>(),
    ) {
        let body = unusual(signal(kind), &mut Source::new(&decisions));
        check_scan(signal(kind), &body[..end.index(body.len() + 1)]);
    }

    /// The wrong signal's messages are no reason to panic, nor to differ from a decoder.
    #[test]
    fn another_signals_request_is_judged_as_by_a_decoder(kind in 0..3_u8, decisions in vec(any::<u8>(), 0..600)) {
        let body = valid(signal(kind), &mut Source::new(&decisions));
        check_scan(signal(kind + 1), &body);
    }
}
