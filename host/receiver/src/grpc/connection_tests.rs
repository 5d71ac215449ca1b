use super::HTTP1_ANSWER;

/// The answer's length is what its header says.
#[test]
fn the_answer_has_the_length_that_it_says() {
    let text = std::str::from_utf8(HTTP1_ANSWER).expect("ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
}
