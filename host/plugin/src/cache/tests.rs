use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::*;

/// A component that does nothing.
const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

fn compiled(engine: &Engine) -> (Hash, Component) {
    (blake3::hash(EMPTY), Component::new(engine, EMPTY).unwrap())
}

fn stored(directory: &Path, engine: &Engine) -> (CacheDirectory, Hash, PathBuf) {
    let cache = CacheDirectory::open(directory).unwrap();
    let (source, component) = compiled(engine);
    cache.store(engine, &source, &component);
    let entry = cache.path.join(Identity::new(engine, &source).file_name());
    (cache, source, entry)
}

fn private_directory() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap()
}

/// Guarantees: what was kept is found again, by a later start too.
#[test]
fn an_entry_is_found_by_the_next_start() {
    let directory = private_directory();
    let engine = Engine::default();
    let (cache, source, _) = stored(directory.path(), &engine);
    assert!(cache.load(&engine, &source).is_some());
    let next = CacheDirectory::open(directory.path()).unwrap();
    assert!(next.load(&engine, &source).is_some());
    assert!(next.load(&engine, &blake3::hash(b"another plugin")).is_none());
}

/// Guarantees: no altered byte of an entry, and no shortened one, is ever loaded.
#[test]
fn a_tampered_entry_is_a_miss_and_is_replaced() {
    let directory = private_directory();
    let engine = Engine::default();
    let (cache, source, entry) = stored(directory.path(), &engine);
    let good = fs::read(&entry).unwrap();
    for at in [0, 31, 32, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&entry, &bad).unwrap();
        assert!(cache.load(&engine, &source).is_none(), "byte {at}");
    }
    for length in [0, 16, 32, good.len() - 1] {
        fs::write(&entry, &good[..length]).unwrap();
        assert!(cache.load(&engine, &source).is_none(), "{length} bytes");
    }
    cache.store(&engine, &source, &compiled(&engine).1);
    assert!(cache.load(&engine, &source).is_some());
}

/// Guarantees: an entry that is in order cannot stand in for another plugin's.
#[test]
fn an_entry_under_another_name_is_a_miss() {
    let directory = private_directory();
    let engine = Engine::default();
    let (cache, _, entry) = stored(directory.path(), &engine);
    let other = blake3::hash(b"another plugin");
    fs::copy(entry, cache.path.join(Identity::new(&engine, &other).file_name())).unwrap();
    assert!(cache.load(&engine, &other).is_none());
}

/// Guarantees: entries of another installation are not trusted, well made as they are.
#[test]
fn an_entry_of_another_installation_is_a_miss() {
    let (ours, theirs) = (private_directory(), private_directory());
    let engine = Engine::default();
    let (_, source, entry) = stored(theirs.path(), &engine);
    let cache = CacheDirectory::open(ours.path()).unwrap();
    fs::copy(&entry, ours.path().join(entry.file_name().unwrap())).unwrap();
    assert!(cache.load(&engine, &source).is_none());
}

/// Guarantees: a directory that others can look into or write to is refused, and its mode is named.
#[test]
fn an_open_directory_is_refused() {
    for mode in [0o755, 0o770, 0o701, 0o1777] {
        let directory = private_directory();
        fs::set_permissions(directory.path(), Permissions::from_mode(mode)).unwrap();
        let fault = CacheDirectory::open(directory.path()).unwrap_err();
        assert!(matches!(fault, CacheFault::Open { mode: found, .. } if found == mode), "{fault}");
    }
}

/// Guarantees: a directory that another user made for us is refused, closed as it may be.
#[test]
fn a_foreign_directory_is_refused() {
    let directory = private_directory();
    if std::os::unix::fs::chown(directory.path(), Some(12345), None).is_err() {
        return; // Only root can give a directory away; others cannot even enter a foreign closed one.
    }
    let fault = CacheDirectory::open(directory.path()).unwrap_err();
    assert!(matches!(fault, CacheFault::Foreign { owner: 12345, .. }), "{fault}");
}

/// Guarantees: what we make is closed, and so is the key.
#[test]
fn directory_and_key_are_closed() {
    let parent = private_directory();
    let path = parent.path().join("a/cache");
    CacheDirectory::open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(path.join("key")).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Guarantees: a key that others can read proves nothing, and one of another length is none.
#[test]
fn a_bad_key_is_refused() {
    let directory = private_directory();
    let key = directory.path().join("key");
    CacheDirectory::open(directory.path()).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(CacheDirectory::open(directory.path()), Err(CacheFault::Open { .. })));
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    fs::write(&key, b"short").unwrap();
    assert!(matches!(CacheDirectory::open(directory.path()), Err(CacheFault::Key { .. })));
}

/// Guarantees: the directory does not grow without bound; what was used last stays.
#[test]
fn the_oldest_entries_go() {
    let directory = private_directory();
    let engine = Engine::default();
    let (cache, source, entry) = stored(directory.path(), &engine);
    for number in 0..100_u32 {
        let path = cache.path.join(format!("{number}.cwasm"));
        let age = Duration::from_secs(u64::from(number) + 60);
        fs::File::create(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
    }
    cache.store(&engine, &source, &compiled(&engine).1);
    assert_eq!(fs::read_dir(&cache.path).unwrap().count(), 64 + 1);
    assert!(entry.exists());
    assert!(cache.path.join("0.cwasm").exists());
    assert!(!cache.path.join("99.cwasm").exists());
}
