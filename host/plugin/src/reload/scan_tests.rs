use std::os::unix::fs::symlink;

use super::*;

const MAX_BYTES: u64 = 100;

fn take(directories: &[PathBuf]) -> Snapshot {
    Snapshot::take(directories, &Snapshot::default(), MAX_BYTES)
}

fn names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.files.keys().map(String::as_str).collect()
}

/// Guarantees: `.wasm` files are plugins; what is something else by its name is no matter for a warning.
#[test]
fn files_are_found_by_name() {
    let root = tempfile::tempdir().unwrap();
    for name in ["tenant.wasm", "README.md", ".hidden.wasm", "vip-2.wasm"] {
        fs::write(root.path().join(name), b"x").unwrap();
    }
    let snapshot = take(&[root.path().to_owned()]);
    assert_eq!(names(&snapshot), ["tenant", "vip-2"]);
    assert!(snapshot.ignored.is_empty());
}

/// Guarantees: what looks like a plugin but cannot be one is not taken, for a reason.
#[test]
fn what_cannot_be_a_plugin_is_ignored_with_a_reason() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    fs::create_dir(at("folder.wasm")).unwrap();
    fs::write(at("large.wasm"), [0; 101]).unwrap();
    fs::write(at("a b.wasm"), b"x").unwrap();
    symlink("nowhere", at("dangling.wasm")).unwrap();
    let snapshot = take(&[root.path().to_owned()]);
    assert!(snapshot.files.is_empty());
    assert!(snapshot.ignored[&at("folder.wasm")].contains("not a file"));
    assert!(snapshot.ignored[&at("large.wasm")].contains("101 bytes"));
    assert!(snapshot.ignored[&at("a b.wasm")].contains("letters"));
    assert!(snapshot.ignored.contains_key(&at("dangling.wasm")));
}

/// Guarantees: of two files of a name that in the first directory counts.
#[test]
fn the_first_directory_counts() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(first.path().join("tenant.wasm"), b"x").unwrap();
    fs::write(second.path().join("tenant.wasm"), b"x").unwrap();
    let snapshot = take(&[first.path().to_owned(), second.path().to_owned()]);
    assert_eq!(snapshot.files["tenant"].path, first.path().join("tenant.wasm"));
    assert!(snapshot.ignored[&second.path().join("tenant.wasm")].contains("comes before"));
}

/// Guarantees: a link that is set to another target is a change, be the file the same in all but its place.
#[test]
fn a_link_to_elsewhere_is_a_change() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    for version in ["v1", "v2"] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("tenant.wasm"), b"x").unwrap();
    }
    symlink("v1", at("current")).unwrap();
    let directories = [at("current")];
    let before = take(&directories);
    assert_eq!(before.files, take(&directories).files);
    symlink("v2", at("next")).unwrap();
    fs::rename(at("next"), at("current")).unwrap();
    assert_ne!(before.files, take(&directories).files);
}

/// Guarantees: a directory that is away for a moment removes no plugins.
#[test]
fn a_directory_that_is_away_keeps_its_plugins() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("plugins");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("tenant.wasm"), b"x").unwrap();
    let directories = [directory.clone()];
    let before = take(&directories);
    fs::remove_dir_all(&directory).unwrap();
    let away = Snapshot::take(&directories, &before, MAX_BYTES);
    assert_eq!(away.files, before.files);
    fs::create_dir(&directory).unwrap();
    assert!(Snapshot::take(&directories, &away, MAX_BYTES).files.is_empty());
}
