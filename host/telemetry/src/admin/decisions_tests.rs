use super::*;

/// Guarantees: what is asked is read, and what cannot be is refused in words.
#[test]
fn questions_are_read() {
    let usual = Question { trace_id: None, last: 20, dropped: false };
    assert_eq!(Question::parse(""), Ok(usual.clone()));
    assert_eq!(
        Question::parse("last=5&dropped=true&trace_id=000000000000000000000000000000ff"),
        Ok(Question { trace_id: Some(255_u128.to_be_bytes()), last: 5, dropped: true })
    );
    assert_eq!(Question::parse("last=99999999").map(|question| question.last), Ok(MOST));
    for (query, words) in [
        ("trace_id=ff", "32 hexadecimal digits"),
        ("trace_id=+00000000000000000000000000000ff", "32 hexadecimal digits"),
        ("last=-1", "no number"),
        ("dropped=yes", "true or false"),
        ("first=1", "known are trace_id, last and dropped"),
    ] {
        let refused = Question::parse(query).expect_err("must be refused");
        assert!(refused.contains(words), "{query}: {refused}");
    }
}
