use std::os::unix::fs::symlink;

use super::*;

/// Guarantees: of a mounted `ConfigMap` the swap of `..data` is seen, and its real directory followed.
#[test]
fn a_config_map_is_followed() {
    let root = tempfile::tempdir().unwrap();
    let mount = root.path().canonicalize().unwrap();
    std::fs::create_dir(mount.join("..2024_01")).unwrap();
    std::fs::write(mount.join("..2024_01/tenant.wasm"), b"").unwrap();
    symlink("..2024_01", mount.join("..data")).unwrap();
    symlink("..data/tenant.wasm", mount.join("tenant.wasm")).unwrap();
    let points = Points::of(std::slice::from_ref(&mount));
    assert!(points.folders.contains(&mount));
    assert!(points.folders.contains(&mount.join("..2024_01")));
    assert!(points.links.contains(&mount.join("..data")));
}

/// Guarantees: of a checkout behind a link, the link is watched where it lies.
#[test]
fn a_checkout_behind_a_link_is_followed() {
    let root = tempfile::tempdir().unwrap();
    let git = root.path().canonicalize().unwrap();
    std::fs::create_dir_all(git.join("worktrees/abc/plugins")).unwrap();
    symlink("worktrees/abc", git.join("current")).unwrap();
    let points = Points::of(&[git.join("current/plugins")]);
    assert_eq!(points.folders, BTreeSet::from([git.join("worktrees/abc/plugins")]));
    assert_eq!(points.links, BTreeSet::from([git.join("current")]));
    assert!(points.to_watch().contains(git.as_path()));
}

/// Guarantees: links in a circle end the search, and do not end the thread.
#[test]
fn circles_are_left() {
    let root = tempfile::tempdir().unwrap();
    symlink("b", root.path().join("a")).unwrap();
    symlink("a", root.path().join("b")).unwrap();
    assert!(Points::of(&[root.path().join("a")]).folders.is_empty());
}

/// Guarantees: what happens beside a watched link wakes nobody, and neither does reading.
#[test]
fn noise_is_ignored() {
    let points = Points {
        folders: BTreeSet::from([PathBuf::from("/git/abc")]),
        links: BTreeSet::from([PathBuf::from("/git/current")]),
    };
    let event = |kind, path: &str| Event::new(kind).add_path(PathBuf::from(path));
    let any = EventKind::Any;
    assert!(points.concern(&event(any, "/git/current")));
    assert!(points.concern(&event(any, "/git/abc/tenant.wasm")));
    assert!(!points.concern(&event(any, "/git/other")));
    let opened = EventKind::Access(AccessKind::Open(AccessMode::Read));
    assert!(!points.concern(&event(opened, "/git/abc/tenant.wasm")));
    let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
    assert!(points.concern(&event(written, "/git/abc/tenant.wasm")));
}
