use std::fs;
use std::path::Path;

use super::{MemoryError, field, group_limit, resident_bytes, total_bytes};

fn group(root: &Path, path: &str, file: &str, text: &str) {
    let folder = root.join(path);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(file), text).expect("a file");
}

/// What is measured here is plausible: a test holds some memory, and less than it may.
#[test]
fn this_process_is_measured() {
    let (used, total) = (resident_bytes().expect("Linux"), total_bytes().expect("Linux"));
    assert!(used > 1 << 20, "{used}");
    assert!(used < total, "{used} of {total}");
    let block = vec![1_u8; 64 << 20];
    let more = resident_bytes().expect("Linux");
    assert!(more > used + (32 << 20), "{used}, then {more}");
    drop(block);
}

/// Version 2: the least limit of the group and those above it; `max` is none.
#[test]
fn the_limit_of_a_group_is_found() {
    let root = tempfile::tempdir().expect("a folder");
    group(root.path(), "a/b", "memory.max", "max\n");
    group(root.path(), "a", "memory.max", "1073741824\n");
    assert_eq!(group_limit("0::/a/b\n", root.path()), Some(1 << 30));
    group(root.path(), "a/b", "memory.max", "536870912\n");
    assert_eq!(group_limit("0::/a/b\n", root.path()), Some(1 << 29));
    assert_eq!(group_limit("0::/\n", root.path()), None);
}

/// In a container the path is the host's, and what is mounted at the root is the container's own group.
#[test]
fn a_container_has_its_group_at_the_root() {
    let root = tempfile::tempdir().expect("a folder");
    group(root.path(), "", "memory.max", "1048576\n");
    assert_eq!(group_limit("0::/kubepods/pod1/c1\n", root.path()), Some(1 << 20));
}

/// Version 1, beside other controllers; its way to say that there is no limit is a number that no machine has.
#[test]
fn the_older_version_is_read_too() {
    let root = tempfile::tempdir().expect("a folder");
    group(root.path(), "memory/a", "memory.limit_in_bytes", "2097152\n");
    group(root.path(), "memory", "memory.limit_in_bytes", "9223372036854771712\n");
    let groups = "5:devices:/\n4:cpu,memory:/a\n0::/\n";
    assert_eq!(group_limit(groups, root.path()), Some(2 << 20));
    assert_eq!(
        group_limit("garbage\n4:memory:/a\n", root.path()),
        None,
        "what is no list of groups has no limit"
    );
    assert_eq!(group_limit("", root.path()), None);
}

/// A file that is not there, or says something else, is an error that names it.
#[test]
fn a_file_that_does_not_say_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("status");
    assert!(matches!(field(&path, "VmRSS"), Err(MemoryError::Unreadable { .. })));
    for text in ["", "VmRSS: many kB\n", "VmRSS: 5\n", "XVmRSS: 5 kB\n", "VmRSS: 99999999999999999999 kB\n"] {
        fs::write(&path, text).expect("a file");
        let error = field(&path, "VmRSS").expect_err(text).to_string();
        assert!(error.contains("status") && error.contains("VmRSS"), "{error}");
    }
    fs::write(&path, "VmPeak: 9 kB\nVmRSS:\t   2048 kB\n").expect("a file");
    assert_eq!(field(&path, "VmRSS").expect("a value"), 2 << 20);
}
