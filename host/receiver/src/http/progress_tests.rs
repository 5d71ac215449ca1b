use std::time::Duration;

use tokio::time::timeout;

use super::Progress;

/// Long enough for any machine.
const SOON: Duration = Duration::from_secs(60);

/// A head that stays incomplete is late; one that is completed in time, or has not begun, is not.
#[tokio::test]
async fn only_an_incomplete_head_is_late() {
    let limit = Duration::from_millis(20);
    let progress = Progress::new();
    assert!(timeout(limit * 5, progress.head_is_late(limit)).await.is_err(), "nothing has begun");
    progress.head_bytes();
    progress.head_done();
    assert!(timeout(limit * 5, progress.head_is_late(limit)).await.is_err(), "it is complete");
    progress.head_bytes();
    timeout(SOON, progress.head_is_late(limit)).await.expect("late");
}

/// The time of a head runs from its first byte, however many follow.
#[tokio::test]
async fn further_bytes_win_no_time() {
    let limit = Duration::from_millis(50);
    let progress = Progress::new();
    progress.head_bytes();
    let drip = async {
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            progress.head_bytes();
        }
    };
    tokio::select! {
        () = drip => {}
        late = timeout(SOON, progress.head_is_late(limit)) => late.expect("late"),
    }
}
