use std::time::{Duration, Instant};

use super::{Answer, Token};

fn token(lifetime: Option<u64>, buffer: u64, now: Instant) -> Token {
    let answer = Answer {
        access_token: "abc".to_owned(),
        scheme: "Bearer".to_owned(),
        expires_in: lifetime.map(Duration::from_secs),
    };
    Token::new(&answer, now, Duration::from_secs(buffer)).unwrap()
}

/// The next token is fetched in time; one that lives shorter than the buffer is used for half its time.
#[test]
fn a_token_is_due_before_it_is_over() {
    let now = Instant::now();
    for (lifetime, buffer, due) in [(3_600, 300, 3_300), (60, 300, 30), (3_600, 0, 3_600)] {
        let token = token(Some(lifetime), buffer, now);
        let at = |seconds| now + Duration::from_secs(seconds);
        assert!(!token.is_due(at(due - 1)) && token.is_due(at(due)), "{lifetime} {buffer}");
        assert!(!token.is_over(at(lifetime - 1)) && token.is_over(at(lifetime)));
    }
    let forever = token(None, 300, now);
    assert!(!forever.is_due(now + Duration::from_secs(1 << 30)));
}

/// A token that cannot be sent is refused, and nobody sees it in debug output.
#[test]
fn a_token_is_kept_out_of_sight() {
    let now = Instant::now();
    assert!(token(None, 0, now).shown().is_sensitive());
    let answer = Answer { access_token: "a\nb".to_owned(), scheme: "Bearer".to_owned(), expires_in: None };
    assert!(Token::new(&answer, now, Duration::ZERO).is_err_and(|error| !error.to_string().contains('\n')));
}
