use std::fs;

use super::{Guest, copy_all};

fn guest(folder: &std::path::Path, name: &str, content: &str) -> Guest {
    let artifact = folder.join(format!("artifact_{name}.wasm"));
    fs::write(&artifact, content).unwrap();
    Guest { name: name.to_owned(), test_only: false, artifact }
}

/// A plugin that did not change is not written again, so that nothing is built anew for its sake.
#[test]
fn only_changed_plugins_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let plugins = folder.path().join("plugins");
    let guests = [guest(folder.path(), "same", "1"), guest(folder.path(), "changed", "1")];
    copy_all(&guests, &plugins).unwrap();
    let written = |name: &str| fs::metadata(plugins.join(name)).unwrap().modified().unwrap();
    let (same, changed) = (written("same.wasm"), written("changed.wasm"));

    // Files have times of some granularity: write until a later one shows.
    while written("changed.wasm") == changed {
        fs::write(plugins.join("changed.wasm"), "2").unwrap();
        copy_all(&guests, &plugins).unwrap();
    }
    assert_eq!(written("same.wasm"), same);
    assert_eq!(fs::read(plugins.join("changed.wasm")).unwrap(), b"1");
}

/// A plugin that was renamed or given up does not stay behind to be embedded.
#[test]
fn plugins_that_are_none_any_more_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let plugins = folder.path().join("plugins");
    let guests = [guest(folder.path(), "old", "1"), guest(folder.path(), "new", "1")];
    copy_all(&guests, &plugins).unwrap();
    let copied = copy_all(&guests[1..], &plugins).unwrap();
    assert_eq!(copied, [plugins.join("new.wasm")]);
    assert!(!plugins.join("old.wasm").exists());
}
