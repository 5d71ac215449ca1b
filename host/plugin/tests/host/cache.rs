//! Compiled code on disk, through the host.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sluice_otlp::Signal;
use sluice_plugin::{Cache, HostSettings};

use crate::fixture::{Fixture, patient};
use crate::requests::spans;

fn start(cache: &Path) -> Fixture {
    let settings = HostSettings {
        cache: Cache::Directory(cache.to_owned()),
        limits: patient(),
        ..HostSettings::default()
    };
    Fixture::with(settings, |_| {})
}

/// Loads a plugin and has it make a key.
fn use_it(fixture: &Fixture) {
    let keys = fixture.key("traceID", Signal::Traces).keys(&spans(3, &[]), 1);
    assert_eq!(keys.key(2), Some(crate::requests::trace_id(2).as_slice()));
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "cwasm")).collect()
}

/// The number of the file behind a path: another one after it was replaced.
fn inode(path: &Path) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap())
}

/// Guarantees: a second start takes the compiled code as it lies there, and writes nothing.
#[test]
fn a_second_start_does_not_compile() {
    let root = tempfile::tempdir().unwrap();
    let cache = root.path().join("cache");
    use_it(&start(&cache));
    let first = entries(&cache);
    assert_eq!(first.len(), 1);
    let written = inode(&first[0]);
    use_it(&start(&cache));
    assert_eq!((entries(&cache), inode(&first[0])), (first.clone(), written));
}

/// Guarantees: code that somebody changed is never run; it is compiled again, and replaced.
#[test]
fn tampered_code_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    let cache = root.path().join("cache");
    use_it(&start(&cache));
    let entry = entries(&cache).remove(0);
    let good = fs::read(&entry).unwrap();
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    bad[middle..middle + 64].fill(0x90);
    fs::write(&entry, &bad).unwrap();
    let tampered = inode(&entry);
    use_it(&start(&cache));
    assert_ne!(inode(&entry), tampered);
    assert_ne!(fs::read(&entry).unwrap(), bad);
}

/// Guarantees: a directory that others can write to is left alone; plugins run, uncached.
#[test]
fn an_open_directory_is_not_used() {
    let root = tempfile::tempdir().unwrap();
    let cache = root.path().join("cache");
    fs::create_dir(&cache).unwrap();
    fs::set_permissions(&cache, Permissions::from_mode(0o777)).unwrap();
    use_it(&start(&cache));
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 0);
}

/// Guarantees: nothing is written where nothing is to be kept.
#[test]
fn off_is_off() {
    let settings = HostSettings { cache: Cache::Off, limits: patient(), ..HostSettings::default() };
    let fixture = Fixture::with(settings, |_| {});
    use_it(&fixture);
    assert_eq!(fs::read_dir(&fixture.directory).unwrap().count(), 0);
}
