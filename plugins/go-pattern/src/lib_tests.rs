//! What patterns match, as Go's `regexp` has it.

use super::compile;

fn matches(pattern: &str, text: &str) -> bool {
    compile(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}")).is_match(text)
}

/// What is written as for Go matches as in Go, where the crate alone would differ.
#[test]
fn go_has_its_own_words() {
    let yes = [
        (r"v[0-9]+.HealthCheck$", "grpc.health.v1.HealthCheck"),
        (r"^/users/{id}$", "/users/{id}"),
        (r"^a{2,3}$", "aaa"),
        (r"^x{,2}$", "x{,2}"),
        (r"^[[]$", "["),
        (r"^[]a]+$", "]a"),
        (r"^[^]]$", "a"),
        (r"^[a&&b]+$", "a&b"),
        (r"^[[:alpha:]]+$", "ab"),
        (r"^[\w.-]+$", "a_b.c-d"),
        (r"^\Qa.b\E+$", "a.bbb"),
        (r"^\Q(", "("),
        (r"^\<b\>$", "<b>"),
        (r"(?i)ERROR", "an error"),
        (r"^\pL+$", "\u{e4}\u{3b1}"),
        (r"\bfoo\b", "\u{e9}foo"),
        (r"^(?P<name>a)$", "a"),
    ];
    for (pattern, text) in yes {
        assert!(matches(pattern, text), "{pattern} on {text}");
    }
    let no = [
        (r"v[a-z]+.HealthCheck$", "grpc.health.v1.HealthCheck"),
        (r"^\d$", "\u{663}"),
        (r"^\w$", "\u{e4}"),
        (r"^\s$", "\u{a0}"),
        (r"^[\d]$", "\u{663}"),
        (r"^.$", "\n"),
        (r"a$", "a\n"),
    ];
    for (pattern, text) in no {
        assert!(!matches(pattern, text), "{pattern} on {text}");
    }
}

/// A pattern that is wrong, or too large, is refused in one line.
#[test]
fn mistakes_are_named() {
    assert_eq!(compile("(").unwrap_err(), "unclosed group");
    assert!(compile(r"(a)\1").unwrap_err().contains("backreferences are not supported"));
    assert!(compile("(?:a{1000}){1000}").unwrap_err().contains("compiles to more than"));
    for wrong in ["[", "a**b(", "\\", "(?<", "[a"] {
        assert!(compile(wrong).unwrap_err().lines().count() == 1, "{wrong}");
    }
}
