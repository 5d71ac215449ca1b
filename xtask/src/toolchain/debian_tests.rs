use super::major_and_minor;

/// Versions are compared as numbers, whatever follows them.
#[test]
fn versions_are_numbers() {
    assert_eq!(major_and_minor("1.96.0"), Some((1, 96)));
    assert!(major_and_minor("1.100.0-nightly") > major_and_minor("1.95"));
    assert_eq!(major_and_minor("unknown"), None);
}
