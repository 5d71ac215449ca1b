use super::super::layout::Place;
use super::super::{Document, parse};

fn document(text: &str, source: usize) -> Document {
    parse(text, source).unwrap_or_else(|flaws| panic!("{}", flaws[0].message)).with_paths_opened()
}

fn merged(texts: &[&str]) -> Document {
    let mut all = document(texts[0], 0);
    for (source, text) in texts.iter().enumerate().skip(1) {
        all.merge(document(text, source));
    }
    all
}

fn json(texts: &[&str]) -> serde_json::Value {
    merged(texts).value.to_json()
}

/// Blocks are joined at every depth; lists, words and empty keys of the later document replace.
#[test]
fn the_later_document_wins() {
    let base = "a: {b: {c: 1, d: 2}, list: [1, 2], word: x, block: {k: v}}\nz: 1\n";
    let later = "a: {b: {d: 3, e: 4}, list: [3], word: {now: block}, block: }\n";
    let expected = serde_json::json!({
        "a": {"b": {"c": 1, "d": 3, "e": 4}, "list": [3], "word": {"now": "block"}, "block": null},
        "z": 1,
    });
    assert_eq!(json(&[base, later]), expected);
    assert_eq!(json(&[base, ""]), json(&[base]), "an empty document changes nothing");
    assert_eq!(json(&["# nothing", base]), json(&[base]));
    assert_eq!(json(&["a: 1", "a: 2", "a: 3"]), serde_json::json!({"a": 3}));
}

/// A key at the top can be a path; several paths into one block are joined.
#[test]
fn keys_at_the_top_can_be_paths() {
    let paths = "exporters::debug::verbosity: detailed\nexporters::nop: \nservice: {x::y: 1}\n";
    let expected = serde_json::json!({
        "exporters": {"debug": {"verbosity": "detailed"}, "nop": null}, "service": {"x::y": 1},
    });
    assert_eq!(json(&[paths]), expected);
    let base = "exporters: {debug: {verbosity: basic, other: 1}}";
    let expected = serde_json::json!({"exporters": {"debug": {"verbosity": "detailed", "other": 1}}});
    assert_eq!(json(&[base, "exporters::debug::verbosity: detailed"]), expected);
}

/// A path is no way to nest deeper than brackets could.
#[test]
fn paths_are_bounded() {
    let mut value = &json(&[&format!("{}: 1", ["a"; 300].join("::"))]);
    let mut depth = 0;
    while let Some((_, inner)) = value.as_object().and_then(|entries| entries.iter().next()) {
        (value, depth) = (inner, depth + 1);
    }
    assert_eq!(depth, super::MAX_DEPTH);
}

/// Every value knows the source and the line that it comes from, behind aliases and paths too.
#[test]
fn values_know_their_sources() {
    let base = "defaults: &d {x: 1,\n  y: 2}\na:\n  b: {<<: *d, z: 3}\n  c: *d\n  list: [1, 2]\n";
    let later = "a:\n\n  b: {y: 5}\n  c: {w: 1}\n\n  list:\n  - 3\nnew: 1\n";
    let document = merged(&[base, later, "a::b::z: 9"]);
    let place = |path: &[&str]| {
        let place = path.iter().fold(Place::root(&document.layout), |place, key| place.key(key));
        (place.source, place.line)
    };
    assert_eq!(place(&["defaults", "y"]), (0, Some(2)));
    assert_eq!(place(&["a"]), (0, Some(3)));
    assert_eq!(place(&["a", "b", "x"]), (0, Some(4)), "brought in by `<<`");
    assert_eq!(place(&["a", "b", "y"]), (1, Some(3)));
    assert_eq!(place(&["a", "b", "z"]), (2, Some(1)));
    assert_eq!(place(&["a", "c", "x"]), (0, Some(5)), "behind an alias");
    assert_eq!(place(&["a", "c", "w"]), (1, Some(4)));
    assert_eq!(place(&["new"]), (1, Some(8)));
    let list = Place::root(&document.layout).key("a").key("list").item(0);
    assert_eq!((list.source, list.line), (1, Some(7)));
}
