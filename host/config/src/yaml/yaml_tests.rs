use super::layout::Place;
use super::parse;
use super::value::Value;

fn value(text: &str) -> Value {
    parse(text, 0).unwrap_or_else(|flaws| panic!("{}", flaws[0].message)).value
}

fn json(text: &str) -> serde_json::Value {
    value(text).to_json()
}

/// Words, numbers and truth values are what the Collector's YAML takes them for.
#[test]
fn plain_values_have_their_types() {
    let text = "
text: word
quoted: '5'
number: 5
negative: -5
hexadecimal: 0x10
large: 18446744073709551615
decimal: 1.5
yes: yes
off: off
true: true
nothing:
tilde: ~
list: [1, a]
";
    let expected = serde_json::json!({
        "text": "word", "quoted": "5", "number": 5, "negative": -5, "hexadecimal": 16,
        "large": 18_446_744_073_709_551_615_u64, "decimal": 1.5, "yes": "yes", "off": "off", "true": true,
        "nothing": null, "tilde": null, "list": [1, "a"],
    });
    assert_eq!(json(text), expected);
}

/// Anchors, aliases and merge keys: what a block says itself wins, then the first of the merged blocks.
#[test]
fn merge_keys_are_applied() {
    let text = "
one: &one {a: 1, b: 1}
two: &two {b: 2, c: 2}
all: {<<: [*one, *two], c: 3}
alias: *two
";
    let expected = serde_json::json!({"a": 1, "b": 1, "c": 3});
    assert_eq!(json(text)["all"], expected);
    assert_eq!(json(text)["alias"], serde_json::json!({"b": 2, "c": 2}));
}

/// Every value knows its line; what an alias or a merge key brings in has the line where it is brought in.
#[test]
fn values_know_their_lines() {
    let text = "\u{feff}# a comment
a:
  b:
    - x
    -
      c: 1
  d: &d
    e: 1
f: *d
g:
  <<: *d
";
    let document = parse(text, 0).unwrap_or_else(|flaws| panic!("{}", flaws[0].message));
    let root = Place::root(&document.layout);
    let lines = [
        (root.key("a"), 2),
        (root.key("a").key("b"), 3),
        (root.key("a").key("b").item(0), 4),
        (root.key("a").key("b").item(1).key("c"), 6),
        (root.key("a").key("d").key("e"), 8),
        (root.key("f").key("e"), 9),
        (root.key("g").key("e"), 10),
        (root.key("a").key("not there"), 2),
    ];
    for (place, line) in lines {
        assert_eq!(place.line, Some(line), "{}", place.path);
    }
    assert_eq!(root.key("a").key("b").item(1).key("c").path, "a::b[1]::c");
}

/// Both parsers agree on where a document begins and what an empty one is.
#[test]
fn an_empty_document_is_nothing() {
    for text in ["", "\n", "# nothing", "---\n", "~", "---\n...\n"] {
        assert!(value(text) == Value::Null, "{text:?}");
    }
}
