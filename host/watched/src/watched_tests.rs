use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Watch, Watched, read_file};

fn number(watch: &Watch) -> Result<Arc<Watched<u32>>, String> {
    let file = watch.files[0].clone();
    Watched::start(watch.clone(), move || {
        let bytes = read_file(&file).map_err(|error| error.to_string())?;
        String::from_utf8_lossy(&bytes).trim().parse().map_err(|_| "not a number".to_owned())
    })
}

async fn until(watched: &Watched<u32>, value: u32) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while *watched.current() != value {
        assert!(Instant::now() < deadline, "waited in vain for {value}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A changed file is taken up; one that cannot be used, or is gone, leaves the value as it is until it is mended.
#[tokio::test]
async fn a_change_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("number");
    std::fs::write(&file, "1").unwrap();
    let watch = Watch {
        component: "test".to_owned(),
        what: "numbers",
        interval: Duration::from_millis(1),
        files: vec![file.clone()],
    };
    let watched = number(&watch).unwrap();
    assert_eq!(*watched.current(), 1);
    std::fs::write(&file, "2").unwrap();
    until(&watched, 2).await;
    std::fs::write(&file, "x").unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    std::fs::remove_file(&file).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(*watched.current(), 2);
    std::fs::write(&file, "3").unwrap();
    until(&watched, 3).await;
}

/// What cannot be made at the start is the starter's to report.
#[tokio::test]
async fn the_start_can_fail() {
    let watch = Watch {
        component: "test".to_owned(),
        what: "numbers",
        interval: Duration::ZERO,
        files: vec!["/nonexistent/number".into()],
    };
    assert!(number(&watch).unwrap_err().contains("No such file"));
}
