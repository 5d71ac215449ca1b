use super::*;

/// Guarantees: shares are read as people write them, and nothing else is.
#[test]
fn shares_are_read() {
    for (text, percent) in [("5%", 5.0), ("+10%", 10.0), ("0", 0.0), ("0.5", 0.5), ("250%", 250.0)] {
        assert_eq!(text.parse(), Ok(Percent(percent)), "{text}");
    }
    for text in ["", "%", "-1%", "-0", "five", "inf", "NaN%", "5%%"] {
        assert!(text.parse::<Percent>().is_err(), "{text}");
    }
}

/// Guarantees: a share of nothing is none.
#[test]
fn there_is_no_share_of_nothing() {
    assert_eq!(percent(1, 4), Some(25.0));
    assert_eq!(percent(3, 0), None);
}
