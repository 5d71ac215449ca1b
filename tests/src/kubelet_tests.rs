use std::time::Duration;

use serde_json::json;

use super::{Action, Probe, Prober, Purpose};

fn probe(delay: u64, period: u64) -> Probe {
    let probe = json!({
        "httpGet": {"path": "/health", "port": 13133, "scheme": "HTTP"}, "initialDelaySeconds": delay,
        "periodSeconds": period, "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3,
    });
    serde_json::from_value(probe).unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Answers each time that it asks, 10 ms later, until so many answers are given; the actions, and the seconds of each.
fn actions(prober: &mut Prober, answers: &[Option<u16>]) -> Vec<(Action, u64)> {
    let mut actions = Vec::new();
    for answer in answers {
        let now = prober.due() + Duration::from_millis(10);
        actions.extend(prober.answered(*answer, now).map(|action| (action, now.as_secs())));
    }
    actions
}

/// The guide's liveness probe asks every 15 s, first when its 10 s are over.
#[test]
fn it_asks_every_period_after_the_delay() {
    let mut prober = Prober::new(probe(10, 15), Purpose::Liveness, seconds(100));
    let mut asked = Vec::new();
    for _ in 0..3 {
        asked.push(prober.due().as_secs());
        assert_eq!(prober.answered(Some(200), prober.due()), None);
    }
    assert_eq!(asked, [115, 130, 145]);
    assert_eq!(Prober::new(probe(0, 15), Purpose::Liveness, seconds(100)).due(), seconds(100));
    assert_eq!(Prober::new(probe(15, 15), Purpose::Liveness, seconds(100)).due(), seconds(115));
    assert_eq!(Prober::new(probe(16, 15), Purpose::Liveness, seconds(100)).due(), seconds(130));
}

/// An answer that takes longer than the period leaves out a tick, and is not made up for.
#[test]
fn ticks_that_are_missed_are_left_out() {
    let mut prober = Prober::new(probe(0, 1), Purpose::Liveness, seconds(0));
    assert_eq!(prober.answered(Some(200), Duration::from_millis(2_500)), None);
    assert_eq!(prober.due(), seconds(3));
}

/// Three failures in a row restart a container, two do not; nor do four with an answer among them. A container that was
/// started again has its delay again, and its failures are forgotten.
#[test]
fn three_failures_in_a_row_restart() {
    let mut prober = Prober::new(probe(10, 15), Purpose::Liveness, seconds(0));
    assert_eq!(actions(&mut prober, &[None, None, Some(200), None, Some(503)]), []);
    assert_eq!(actions(&mut prober, &[Some(404)]), [(Action::Restart, 90)]);
    assert_eq!(prober.due().as_secs(), 105);
    assert_eq!(actions(&mut prober, &[None, None]), []);
    assert_eq!(actions(&mut prober, &[None]), [(Action::Restart, 135)]);
}

/// A container is not ready before its first answer, is by one, and no longer by three failures; a redirection is an
/// answer.
#[test]
fn readiness_comes_at_once_and_goes_late() {
    let mut prober = Prober::new(probe(5, 10), Purpose::Readiness, seconds(0));
    let answers =
        [None, Some(302), Some(200), Some(500), Some(500), Some(200), None, None, None, None, Some(200)];
    let expected = [(Action::Ready, 20), (Action::Unready, 90), (Action::Ready, 110)];
    assert_eq!(actions(&mut prober, &answers), expected);
}
