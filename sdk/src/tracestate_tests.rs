use proptest::{prop_assert_eq, proptest};

use super::{OpenTelemetry, member};
use crate::policy::{Randomness, Threshold};

/// Members are found by their whole key, with and without space around them.
#[test]
fn members_are_found() {
    assert_eq!(member("a=1,b=2", "b"), Some("2"));
    assert_eq!(member(" a=1 ,\tb=x y:z;- ", "b"), Some("x y:z;-"));
    assert_eq!(member(",, a=1 ,,", "a"), Some("1"));
    assert_eq!(member("t1@v=1,0t@v-2=3", "0t@v-2"), Some("3"));
    assert_eq!(member("a=1", "b"), None);
    assert_eq!(member("ab=1", "b"), None);
    assert_eq!(member("", "b"), None);
}

/// A tracestate that breaks the rules anywhere has no members.
#[test]
fn malformed_tracestates_have_none() {
    let long = "v".repeat(257);
    for wrong in [
        "=",
        "b",
        "b=",
        "B=1",
        "b=1=2",
        "b=\u{e9}",
        "1b=1",
        "b c=1",
        "@v=1",
        "t@=1",
        "t@V=1",
        &format!("b={long}"),
    ] {
        assert_eq!(member(&format!("a=1,{wrong}"), "a"), None, "{wrong}");
    }
    assert_eq!(member("a=1,a=2", "a"), None);
    let members = |count: usize| (0..count).map(|n| format!("k{n}=1")).collect::<Vec<_>>().join(",");
    assert_eq!(member(&members(32), "k0"), Some("1"));
    assert_eq!(member(&members(33), "k0"), None);
}

/// Very long ones are given up soon.
#[test]
fn long_tracestates_do_no_harm() {
    assert_eq!(member(&"a=1,".repeat(1_000_000), "a"), None);
    assert_eq!(member(&",".repeat(1_000_000), "a"), None);
    assert_eq!(member(&"k".repeat(1_000_000), "a"), None);
}

/// The section's numbers are read, and others in it are passed over.
#[test]
fn the_section_is_read() {
    let found = |text| OpenTelemetry::find(text).map(|found| (found.randomness, found.threshold));
    let random = Some(Randomness::new(0x0001_2345_6789_abcd));
    assert_eq!(found("a=b,ot=rv:0123456789abcd;th:8"), Some((random, Some(Threshold::of_share(0.5)))));
    assert_eq!(found("ot=xx:1._-A;th:0"), Some((None, Some(Threshold::ALWAYS))));
    assert_eq!(found("ot=th:ffffffffffffff"), Some((None, Some(Threshold::new((1 << 56) - 1)))));
    assert_eq!(found("ot=p:8"), Some((None, None)));
    assert_eq!(found("a=b"), None);
    assert_eq!(found("a=ot,not=rv:0123456789abcd"), None);
}

/// A section that is wrong anywhere says nothing.
#[test]
fn malformed_sections_say_nothing() {
    let wrong = [
        "rv:",
        "rv:123",
        "rv:0123456789abcdef",
        "rv:0123456789abcg",
        "th:",
        "th:x",
        "th:123456789012345",
        "th",
        "th:8;",
        ";th:8",
        "Th:8",
        "th:8;rv:1",
        "th:+8",
        "th:8;x:a b",
    ];
    for section in wrong {
        assert_eq!(OpenTelemetry::find(&format!("ot={section}")), None, "{section}");
    }
}

proptest! {
    /// No text is too strange, and a member that is found is one that is there.
    #[test]
    fn any_text_is_read(text in "(ot=|rv:|th:|[a-z0-9@=,;: ]|\\PC){0,40}") {
        if let Some(value) = member(&text, "ot") {
            let written = format!("ot={value}");
            assert!(text.contains(&written));
        }
        let _ = OpenTelemetry::find(&text);
    }

    /// What is written into a section comes out of it, whatever lies around it.
    #[test]
    fn what_is_written_is_read(bits in 0u64..1 << 56, before in "([a-c]=[a-z0-9]{1,9},){0,3}") {
        let found = OpenTelemetry::find(&format!("{before}ot=rv:{bits:014x};th:{bits:014x},z=1"));
        let duplicate = (b'a'..=b'c').any(|key| before.matches(&format!("{}=", key as char)).count() > 1);
        let section =
            OpenTelemetry { randomness: Some(Randomness::new(bits)), threshold: Some(Threshold::new(bits)) };
        prop_assert_eq!(found, (!duplicate).then_some(section));
    }
}
