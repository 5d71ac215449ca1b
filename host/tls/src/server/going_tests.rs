use std::time::Duration;

use tokio::time::timeout;

use super::Going;

/// The oldest makes room for the newest, and only it.
#[tokio::test]
async fn the_oldest_makes_room() {
    let going = Going::new(2);
    let (first, second) = (going.begin(), going.begin());
    assert!(timeout(Duration::ZERO, first.ended()).await.is_err(), "there is room");
    let third = going.begin();
    first.ended().await;
    for other in [&second, &third] {
        assert!(timeout(Duration::ZERO, other.ended()).await.is_err());
    }
}

/// One that is over has left its room.
#[tokio::test]
async fn one_that_is_over_leaves_room() {
    let going = Going::new(2);
    let first = going.begin();
    drop(going.begin());
    let _third = going.begin();
    assert!(timeout(Duration::ZERO, first.ended()).await.is_err());
}
