use super::History;
use crate::k8s::refusal::Refusal;
use crate::k8s::trouble::Trouble;

/// Trouble is told of when it begins and when it becomes another, not again for other words; its end is told of once.
#[test]
fn trouble_is_told_of_when_it_changes() {
    let unreachable = |reason: &str| Trouble::Unreachable(reason.to_owned());
    let mut history = History::default();
    assert_eq!(history.is_over(), None);
    assert!(history.met(&unreachable("refused")));
    assert!(!history.met(&unreachable("reset")));
    assert!(history.met(&Trouble::Unauthorized));
    assert!(history.is_troubled());
    assert_eq!(history.words().map(str::to_owned), Some(Trouble::Unauthorized.to_string()));
    assert_eq!(history.is_over(), Some(3));
    assert_eq!(history.words(), None);
    assert_eq!(history.is_over(), None);
    assert!(history.met(&unreachable("refused")));
}

/// One refusal may come of a server that has just started; the second in a row is told of.
#[test]
fn a_single_refusal_is_not_told_of() {
    let refused = || Trouble::Forbidden(Refusal::read("list", "otel", ""));
    let mut history = History::default();
    assert!(!history.met(&refused()));
    assert_eq!(history.is_over(), None);
    assert!(!history.met(&refused()));
    assert!(history.met(&refused()));
    assert!(!history.met(&refused()));
    assert_eq!(history.is_over(), Some(4));
}
