use super::nearest;

const WORDS: [&str; 6] = ["traceID", "service", "streamID", "routing_key", "load_balancing", "dns"];

/// Wrong case, separators, letters that are missing, doubled or swapped: the word is found.
#[test]
fn mistyped_words_are_found() {
    for (written, meant) in [
        ("traceid", "traceID"),
        ("trace_id", "traceID"),
        ("TraceID", "traceID"),
        ("serivce", "service"),
        ("routingkey", "routing_key"),
        ("routing-keys", "routing_key"),
        ("loadbalancer", "load_balancing"),
        ("dsn", "dns"),
    ] {
        assert_eq!(nearest(written, WORDS), Some(meant), "{written}");
    }
}

/// What resembles nothing gets no suggestion.
#[test]
fn other_words_get_no_suggestion() {
    for written in ["", "x", "tenant", "k8s", "randomness"] {
        assert_eq!(nearest(written, WORDS), None, "{written}");
    }
    assert_eq!(nearest("traceID", []), None);
}
