//! Which endings count as a death. One test, since the list is the process's.

use sluice_worker::{Alive, dead, died};

/// A task or thread that panics is dead; one that ends, or is taken down by its owner, is not.
#[tokio::test]
async fn only_a_panic_is_a_death() {
    let ends = tokio::spawn(async {
        let _alive = Alive::new("ends");
        tokio::task::yield_now().await;
    });
    ends.await.unwrap();
    let aborted = tokio::spawn(async {
        let _alive = Alive::new("aborted");
        std::future::pending::<()>().await;
    });
    tokio::task::yield_now().await;
    aborted.abort();
    assert!(aborted.await.unwrap_err().is_cancelled());
    assert!(dead().is_empty());

    let panics = tokio::spawn(async {
        let _alive = Alive::new("task");
        tokio::task::yield_now().await;
        panic!("a bug");
    });
    assert!(panics.await.unwrap_err().is_panic());
    let thread = std::thread::spawn(|| {
        let _alive = Alive::new("thread");
        panic!("a bug");
    });
    assert!(thread.join().is_err());
    died("receiver");
    assert_eq!(dead(), ["task", "thread", "receiver"]);
}
